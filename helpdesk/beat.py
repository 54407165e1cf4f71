"""The Celery application of beat alone: it sends names on time, so it loads the settings but none of the apps."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")

from helpdesk import embedded, heartbeat

embedded.start_or_exit()
app = Celery("helpdesk", fixups=[])
app.config_from_object("django.conf:settings", namespace="CELERY")
heartbeat.watch_beat()
