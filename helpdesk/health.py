"""What a load balancer, a supervisor and `doctor` ask: are we up, and is everything there that we need?"""

from collections.abc import Callable

import redis
from celery.exceptions import OperationalError as CeleryUnavailable
from django.db import Error as DatabaseError
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from kombu.exceptions import OperationalError as BrokerUnavailable
from psycopg_pool import PoolTimeout

from helpdesk import heartbeat
from helpdesk.celery import app

AWAY = (DatabaseError, PoolTimeout, redis.RedisError, BrokerUnavailable, CeleryUnavailable, OSError)


def database_answers() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return ""


def broker_answers() -> str:
    with app.connection_for_write(connect_timeout=2) as broker:
        broker.ensure_connection(max_retries=1, timeout=2)
    return ""


def process_lives(process: str) -> Callable[[], str]:
    return lambda: "silent" if process in heartbeat.silent_processes() else ""


CHECKS: dict[str, Callable[[], str]] = {
    "database": database_answers,
    "broker": broker_answers,
    **{process: process_lives(process) for process in heartbeat.PROCESSES},
}


def problems() -> dict[str, str]:
    """Each check's name with what is wrong, in few words; an empty string where all is well."""
    found: dict[str, str] = {}
    for name, check in CHECKS.items():
        try:
            found[name] = check()
        except AWAY as error:
            found[name] = str(error).strip().split("\n")[0] or type(error).__name__
    return found


class HealthMiddleware:
    """Answers the two addresses before anything else looks at the request: a probe knows no host name of ours."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        answer = ADDRESSES.get(request.path, self.get_response)
        return answer(request)


def healthz(_request: HttpRequest) -> HttpResponse:
    """This process is up; says nothing about what it needs."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(_request: HttpRequest) -> JsonResponse:
    """Everything needed to serve is there: 200, or 503 with the names of what is missing.

    The reasons stay in the log: an address or account name is nobody's business outside.
    """
    states = {name: "away" if problem else "ok" for name, problem in problems().items()}
    ready = set(states.values()) == {"ok"}
    answer = JsonResponse(
        {"ready": ready, **states}, status=200 if ready else 503, headers={"Cache-Control": "no-store"}
    )
    answer._has_been_logged = True  # type: ignore[attr-defined]  # Django would log each 503 as an error of ours
    return answer


ADDRESSES: dict[str, Callable[[HttpRequest], HttpResponse]] = {"/healthz": healthz, "/readyz": readyz}
