import django_stubs_ext
from django.apps import AppConfig

# So that Django's generic classes can be written as ModelForm[Inbox]. Here and not in the settings, because beat
# reads those and needs no forms.
django_stubs_ext.monkeypatch()


class HelpdeskConfig(AppConfig):
    name = "helpdesk"

    def ready(self) -> None:
        """Make the Celery application current, so that every `shared_task` of the apps belongs to it."""
        from helpdesk import celery  # noqa: F401
        from helpdesk.lib.moments import read_quickly

        read_quickly()
