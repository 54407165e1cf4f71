"""The measurements in their order. Django is set up by now."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from tests.bench import (
    articles,
    assignment,
    browsing,
    bulk,
    chat,
    customers,
    help_centre,
    imports,
    mail,
    memory,
    pages,
    replay,
    reports,
    search,
    sla,
    sockets,
    timeline,
    triggers,
    views,
    widget,
)
from tests.bench.results import Results, machine
from tests.bench.stack import Sink, Stack
from tickets.models import Message, Ticket


def run(stack: Stack, sink: Sink, options: argparse.Namespace) -> None:
    size = f"{Ticket.objects.count():,} tickets, {Message.objects.count():,} messages"
    print(f"{machine()}\n{size}\n", flush=True)
    results = Results()
    stack.start("web", "worker", "beat", "smtp")
    measurements: dict[str, Callable[[], None]] = {
        "list": lambda: pages.bench_list(stack, results, options.seconds),
        "ticket": lambda: pages.bench_ticket(stack, results, options.seconds),
        "search": lambda: search.bench_search(stack, results, options.seconds),
        "customers": lambda: customers.bench_customers(stack, results, options.seconds),
        "memory": lambda: memory.bench_memory(stack, results),
        "statements": lambda: pages.bench_statements(results),
        "api": lambda: pages.bench_api(stack.port, results, options.seconds),
        "browser": lambda: browsing.bench_browser(stack, pages.sign_in("agent@demo.test"), results),
        "sockets": lambda: sockets.bench_fan_out(stack, results),
        "agents": lambda: sockets.bench_agents(stack, results, 3 * options.seconds),
        "out": lambda: mail.bench_mail_out(stack.port, sink, results),
        "reply": lambda: pages.bench_reply(stack.port, results, options.seconds),
        "triggers": lambda: triggers.bench_triggers(stack, results),
        "sla": lambda: sla.bench_sla(stack, results),
        "assignment": lambda: assignment.bench_assignment(stack, results),
        "bulk": lambda: bulk.bench_bulk(stack, results),
        "imports": lambda: imports.bench_imports(stack, results),
        "replay": lambda: replay.bench_replay(stack, results),
        "views": lambda: views.bench_counts(stack, results, options.seconds),
        "timeline": lambda: timeline.bench_timeline(stack, results, options.seconds),
        "help": lambda: help_centre.bench_help(stack, results, options.seconds),
        "articles": lambda: articles.bench_articles(stack, results, options.seconds),
        "chat": lambda: chat.bench_chat(stack, results, options.seconds),
        "chaos": lambda: chat.bench_chaos(stack, results),
        "widget": lambda: widget.bench_widget(stack, results),
        "reports": lambda: reports.bench_reports(stack, results, options.seconds),
        "in": lambda: mail.bench_mail_in(stack, results, options.mails),
    }
    for name, measurement in measurements.items():
        if name in options.only:
            measurement()
            mail.drained()
    print(f"\n{results.table()}\n\n{machine()}; {size}")
