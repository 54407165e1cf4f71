"""The Celery application. Tasks carry ids only: whatever the broker loses, a sweeper finds again in PostgreSQL."""

import gc
import os
import warnings
from typing import Any

from celery import Celery
from celery.signals import worker_init

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


@worker_init.connect
def share_memory(**_: Any) -> None:
    """What is loaded before the worker forks stays shared for as long as the collector leaves it alone."""
    gc.collect()
    gc.freeze()


@app.task(name=heartbeat.HEARTBEAT_TASK, ignore_result=True, expires=heartbeat.EVERY_SECONDS)
def beat_heartbeat() -> None:
    """Sent by beat alone; that it is sent is the proof of life."""


heartbeat.watch_worker()
