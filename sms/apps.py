"""The texts app: what leaves the building, when, and in which words. Knows no calendar."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SmsConfig(AppConfig):
    name = "sms"
    verbose_name = _("Texts")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from booking import journal
        from sms.following import follow

        journal.written.connect(follow, dispatch_uid="sms.following")
