"""`python -m helpdesk.probe KIND WHAT`: a container's health check. Says nothing and exits 0 or 1.

KIND is `http` (the port answers /healthz), `smtp` (the port greets) or `process` (worker or beat gives signs of life).
It loads neither Django's settings nor its apps, because it runs every few seconds.
"""

import http.client
import os
import smtplib
import sys

import redis

from helpdesk.heartbeat import key

TIMEOUT_SECONDS = 4


def is_well(kind: str, what: str) -> bool:
    """Raises `OSError`, `HTTPException` or `RedisError` where nobody answers at all."""
    if kind == "http":
        connection = http.client.HTTPConnection("127.0.0.1", int(what), timeout=TIMEOUT_SECONDS)
        connection.request("GET", "/healthz", headers={"Host": "localhost"})
        return connection.getresponse().status == http.client.OK
    if kind == "smtp":
        with smtplib.SMTP("127.0.0.1", int(what), timeout=TIMEOUT_SECONDS) as server:
            return server.noop()[0] == 250
    with redis.Redis.from_url(os.environ["REDIS_URL"], socket_timeout=TIMEOUT_SECONDS) as client:
        return bool(client.exists(key(what)))


if __name__ == "__main__":
    try:
        sys.exit(not is_well(*sys.argv[1:3]))
    except (OSError, http.client.HTTPException, redis.RedisError) as problem:
        sys.exit(str(problem))
