"""`manage.py seed_demo`: the demo company, once; with numbers, as large as wanted."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from customers.models import Customer
from helpdesk.demo.seed import is_seeded, seed
from tickets.models import Ticket

TICKETS, CUSTOMERS = 300, 60


class Command(BaseCommand):
    help = "Invents the demo company with 300 tickets over the last 90 days, or with as many as asked for."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tickets", type=int, default=TICKETS, metavar="N", help=f"in all ({TICKETS})")
        parser.add_argument("--customers", type=int, default=CUSTOMERS, metavar="N", help=f"in all ({CUSTOMERS})")

    def handle(self, *args: Any, tickets: int, customers: int, **options: Any) -> None:
        if tickets < 1 or customers < CUSTOMERS:
            raise CommandError(f"the demo company has at least 1 ticket and {CUSTOMERS} customers")
        if is_seeded():
            self.stdout.write("The demo company is there already.")
            return
        began = time.monotonic()
        seed(min(tickets, TICKETS), now=timezone.now())
        self.stdout.write(
            f"{Ticket.objects.count():,} tickets of {Customer.objects.count():,} customers"
            f" in {time.monotonic() - began:.0f} s."
        )
