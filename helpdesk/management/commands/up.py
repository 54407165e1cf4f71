"""`manage.py up`: everything a helpdesk needs, in the foreground, until Ctrl-C or SIGTERM."""

from typing import Any

import psycopg
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import Error as DatabaseError

from helpdesk import embedded
from helpdesk.processes import PROCESSES
from helpdesk.running import CannotRun, Plan, only_supervisor_of
from helpdesk.supervisor import stop_leftovers

CONNECT_SECONDS = 5
DEMO_PEOPLE = ("admin", "lead", "agent", "light", "sales")


class Command(BaseCommand):
    help = "Runs web, worker, beat and the SMTP receiver, after starting the embedded engines and migrating."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        var = embedded.var_directory()
        plan = Plan(
            processes={name: command() for name, command in PROCESSES.items()},
            web=(settings.HOST, settings.PORT),
            smtp=(settings.SMTP_HOST, settings.SMTP_PORT),
            host_name=settings.INSTANCE_DOMAIN,
            banner=banner(),
        )
        try:
            with only_supervisor_of(var):
                if found := stop_leftovers(var):
                    self.stdout.write(f"Stopped {found} processes that a killed supervisor had left.")
                plan.ensure_ports_are_free()
                self.prepare_database()
                plan.run()
        except CannotRun as error:
            raise CommandError(str(error)) from error

    def prepare_database(self) -> None:
        try:
            psycopg.connect(embedded.database_url(), connect_timeout=CONNECT_SECONDS).close()  # the pool tries longer
            call_command("migrate", verbosity=0, interactive=False)
        except (DatabaseError, psycopg.Error) as error:
            raise CommandError(f"the database cannot be used: {str(error).strip().splitlines()[0]}") from error
        if settings.DEMO and not get_user_model().objects.exists():
            self.stdout.write("Inventing the demo company …")
            call_command("seed_demo")


def banner() -> str:
    lines = [f"Onethread is ready: {settings.PUBLIC_URL}/agent/", f"Mail goes in at port {settings.SMTP_PORT}."]
    if settings.DEMO:
        people = ", ".join(f"{person}@demo.test" for person in DEMO_PEOPLE)
        lines += [f"Sign in as {people} with the password demo.", f"Mail out is kept in {settings.OUTBOX_DIR}."]
    return "\n".join(f"  {line}" for line in [*lines, "Ctrl-C stops everything."])
