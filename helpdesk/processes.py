"""The processes of the product and their command lines, for `up` and for tests that start them one by one."""

from collections.abc import Callable

from django.conf import settings


def web() -> list[str]:
    return ["-m", "helpdesk.web"]


def worker() -> list[str]:
    return [
        "-m", "celery", "--quiet", "-A", "helpdesk.celery", "worker", "--concurrency", str(settings.TASK_WORKERS),
        "--without-gossip", "--without-mingle", "--loglevel", "INFO",
    ]  # fmt: skip


def beat() -> list[str]:
    """The schedule is kept in memory: every periodic task claims its rows, so none is missed by a restart."""
    return [
        "-m", "celery", "--quiet", "-A", "helpdesk.beat", "beat",
        "--scheduler", "celery.beat:Scheduler", "--pidfile=",
    ]  # fmt: skip


def smtp() -> list[str]:
    return [str(settings.BASE_DIR / "manage.py"), "receive_smtp"]


PROCESSES: dict[str, Callable[[], list[str]]] = {"web": web, "worker": worker, "beat": beat, "smtp": smtp}
