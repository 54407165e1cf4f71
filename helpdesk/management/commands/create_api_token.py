"""`manage.py create_api_token EMAIL [--scope read|write|orders]`: prints a token of the API, once."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from helpdesk.accounts.models import User
from helpdesk.accounts.tokens import Scope, create_token


class Command(BaseCommand):
    help = "Creates an API token that acts for the person with this address. It is shown once and can't be told again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument(
            "--scope",
            action="append",
            choices=Scope.values,
            help="what it may do; may be given several times (default: write, which includes the others)",
        )
        parser.add_argument("--name", default="", help="what the token is for, as the settings show it")

    def handle(self, *args: Any, **options: Any) -> None:
        address = User.objects.normalize_email(options["email"])
        user = User.objects.filter(email=address).first()
        if user is None:
            raise CommandError(f"nobody here has the address {address}")
        if not user.is_active:
            raise CommandError(f"{address} is not active")
        scopes = set(options["scope"] or [Scope.WRITE])
        _row, token = create_token(user.pk, name=options["name"] or "Command line", scopes=scopes)
        self.stdout.write(token)
