"""The Celery application. Tasks carry ids only: whatever the broker loses, a sweeper finds again in PostgreSQL."""

import os
import warnings
from typing import Any

from celery import Celery
from celery.signals import beat_init, before_task_publish, heartbeat_sent, worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")

from helpdesk import embedded, heartbeat

# Celery warns root because pickled messages could run code as root; ours are JSON.
warnings.filterwarnings("ignore", message="You're running the worker with superuser privileges")

app = Celery("helpdesk")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@app.on_after_configure.connect
def keep_engines(**_: Any) -> None:
    """A worker or beat started by hand needs the engines as much as one that `up` started."""
    embedded.start_or_exit()


@app.task(name="helpdesk.beat_heartbeat", ignore_result=True, expires=heartbeat.EVERY_SECONDS)
def beat_heartbeat() -> None:
    """Sent by beat alone; publishing it is the proof of life, see `beat_is_alive`."""


@beat_init.connect
@before_task_publish.connect(sender="helpdesk.beat_heartbeat")
def beat_is_alive(**_: Any) -> None:
    heartbeat.beat("beat")


@worker_ready.connect
@heartbeat_sent.connect
def worker_is_alive(**_: Any) -> None:
    heartbeat.beat("worker")
