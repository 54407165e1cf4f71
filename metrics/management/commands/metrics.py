"""`manage.py metrics`: tell the facts of reports anew, hold them against the timelines, or say how far they are."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from metrics.facts import catching_up
from metrics.facts.claiming import kept
from metrics.facts.everything import tell_everything
from metrics.facts.verifying import verify
from metrics.models import DirtyDay, Fact
from metrics.reporting import make_reader
from tickets.models import Ticket


class Command(BaseCommand):
    help = "Facts of reports: rebuild them from the timelines, verify that they are true, or say how far they are."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["rebuild", "verify", "status", "reader"])
        parser.add_argument("--name", default="reporting_reader", help="of the role for BI tools (reporting_reader)")
        parser.add_argument("--processes", type=int, default=2, metavar="N", help="that rebuild, side by side (2)")

    def handle(self, *args: Any, what: str, processes: int, name: str, **options: Any) -> None:
        if what == "rebuild":
            self._rebuild(max(1, processes))
        elif what == "reader":
            self._reader(name)
        else:
            {"verify": self._verify, "status": self._status}[what]()

    def _rebuild(self, processes: int) -> None:
        began, shown = time.monotonic(), 0

        def say(told: int) -> None:
            nonlocal shown
            if told - shown >= 20_000:
                shown = told
                self.stdout.write(f"  {told:,} tickets")

        told = tell_everything(now=timezone.now(), processes=processes, say=say)
        self.stdout.write(f"{told:,} tickets told in {time.monotonic() - began:.1f} s.")

    def _reader(self, name: str) -> None:
        """Docs: docs/bi.md."""
        try:
            password = make_reader(name)
        except ValueError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"Role: {name}\nPassword, shown only now: {password}\nSchema: reporting, see docs/bi.md")

    def _verify(self) -> None:
        checked = wrong = 0
        for number, differences in verify():
            checked, wrong = number, wrong + len(differences)
            for difference in differences:
                self.stderr.write(str(difference))
        if wrong:
            raise CommandError(f"{wrong:,} of {checked:,} tickets are told differently than they are kept.")
        self.stdout.write(f"What is kept of {checked:,} tickets is what their timelines tell.")

    def _status(self) -> None:
        state = kept(catching_up.NAME)
        self.stdout.write(f"{Fact.objects.count():,} of {Ticket.objects.count():,} tickets told.")
        if state.get("anew") is not None:
            self.stdout.write(f"All are being told anew, up to number {state['anew']} so far.")
        self.stdout.write(f"{DirtyDay.objects.count():,} days to be added up.")
