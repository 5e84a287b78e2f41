"""When: rhythms become dated sessions, and sessions become feeds. Knows booking, never sms."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CalendarsConfig(AppConfig):
    name = "calendars"
    verbose_name = _("Calendars")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from booking import journal
        from calendars import own, rhythms

        journal.written.connect(rhythms.follow, dispatch_uid="calendars.rhythms")
        journal.written.connect(own.follow, dispatch_uid="calendars.own")
