"""`manage.py seed_demo`: the demo company, once; with numbers, as large as wanted."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from customers.models import Customer
from helpdesk.demo.bulk import grow
from helpdesk.demo.seed import is_seeded, seed
from helpdesk.management.demo_reports import lay_out_reports
from metrics.facts.everything import tell_everything
from tickets.models import Ticket

TICKETS = 300  # told one by one; what is more is copied from them


class Command(BaseCommand):
    help = "Invents the demo company with 300 tickets over the last 90 days, or with as many as asked for."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tickets", type=int, default=TICKETS, metavar="N", help=f"in all ({TICKETS})")
        parser.add_argument("--customers", type=int, metavar="N", help="in all (60, or a fifth of the tickets)")

    def handle(self, *args: Any, tickets: int, customers: int | None, **options: Any) -> None:
        if tickets < 1:
            raise CommandError("--tickets must be at least 1")
        began, now = time.monotonic(), timezone.now()
        if not is_seeded():
            seed(min(tickets, TICKETS), now=now)
        elif Ticket.objects.count() >= tickets:
            self.stdout.write("The demo company is there already.")
            return
        if tickets > TICKETS:
            grow(tickets, customers or tickets // 5, now=now, say=lambda line: self.stdout.write(f"  {line}"))
        tell_everything(now=now)
        lay_out_reports(now=now)
        self.stdout.write(
            f"{Ticket.objects.count():,} tickets of {Customer.objects.count():,} customers"
            f" in {time.monotonic() - began:.0f} s."
        )
