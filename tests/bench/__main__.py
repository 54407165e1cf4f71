"""`make bench`: the rows of docs/performance.md, measured on the running product with 100,000 tickets.

The data is seeded once, below `var/bench`, and used again. Client and product share the cores.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys

from tests.bench.stack import ROOT, Sink, Stack, free_port

PARTS = (
    "list", "ticket", "search", "customers", "memory", "statements", "api", "browser", "sockets",
    "agents", "out", "reply", "triggers", "sla", "assignment", "bulk", "imports", "replay", "views", "timeline",
    "help", "articles", "chat", "chaos", "widget", "reports",
    "in",
)  # fmt: skip


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--tickets", type=int, default=100_000, metavar="N", help="how many to seed (100,000)")
    parser.add_argument("--seconds", type=float, default=8.0, metavar="S", help="how long each measurement runs (8)")
    parser.add_argument("--mails", type=int, default=600, metavar="N", help="how many mails come in (600)")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, metavar="PART", help=", ".join(PARTS))
    return parser.parse_args()


def prepare(tickets: int) -> tuple[Stack, Sink]:
    """An environment of its own for this process and all it starts, and data of the size asked for."""
    name = "bench" if tickets == 100_000 else f"bench-{tickets}"
    stack, sink = Stack(free_port(), free_port()), Sink()
    os.environ.update(
        HELPDESK_VAR=os.environ.get("BENCH_VAR") or str(ROOT / "var" / name),
        PORT=str(stack.port),
        SMTP_PORT=str(stack.smtp_port),
        EMAIL_URL=f"smtp://127.0.0.1:{sink.port}",
        DJANGO_SETTINGS_MODULE="helpdesk.settings",
        DJANGO_ALLOW_ASYNC_UNSAFE="1",  # the ORM is used beside Playwright's event loop
        LOG_LEVEL="WARNING",
    )
    from helpdesk import embedded

    embedded.start_or_exit()
    os.environ.update(DATABASE_URL=embedded.database_url(), REDIS_URL=embedded.redis_url())
    for command in (["migrate", "-v0"], ["seed_demo", "--tickets", str(tickets)]):
        subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, check=True)
    return stack, sink


def main() -> None:
    options = arguments()
    stack, sink = prepare(options.tickets)
    import django

    django.setup()
    from tests.bench.run import run

    sink.start()
    try:
        run(stack, sink, options)
    finally:
        stack.stop()
        sink.stop()


if __name__ == "__main__":
    main()
