from django.apps import AppConfig


class HelpdeskConfig(AppConfig):
    name = "helpdesk"

    def ready(self) -> None:
        """Make the Celery application current, so that every `shared_task` of the apps belongs to it."""
        from helpdesk import celery  # noqa: F401
