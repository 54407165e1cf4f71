"""`flush` of the tests: Django calls it after each test that commits. It takes the place of Django's own."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.db import connections

from tests.emptying import empty


class Command(BaseCommand):
    """Tells nobody that a migration has ended, as Django's does: what that would make again was never removed."""

    help = "Removes every row of the test database."
    stealth_options = ("interactive", "database", "reset_sequences", "allow_cascade", "inhibit_post_migrate")
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        with connections[options["database"]].cursor() as cursor:
            empty(cursor, restart=bool(options["reset_sequences"]))
