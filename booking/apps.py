"""The core app: who sits where. Knows neither texts nor calendars."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class BookingConfig(AppConfig):
    name = "booking"
    verbose_name = _("Booking")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from booking import guards

        # SQLite loses its triggers each time a later migration rebuilds the table, so they are
        # put back after every migration, not once in one migration.
        post_migrate.connect(guards.after_migrate, sender=self)
        pre_migrate.connect(guards.before_migrate, sender=self)
