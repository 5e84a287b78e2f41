from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "portal"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Here, so that each process of a cluster that is forked later has it.
        from portal.tasks import listen

        listen()
