"""`manage.py doctor`: is this installation sound? In plain words, with what to do about it."""

import secrets
import shutil
from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.mail import get_connection
from django.core.management.base import BaseCommand, CommandError
from django.db import Error as DatabaseError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from channels_app.models import HookState, ProviderAccount
from channels_app.setup.health import health_of
from helpdesk import health
from helpdesk.accounts.models import Role, User
from helpdesk.lib import clamav
from helpdesk.lib.sealing import CannotOpen

LEAST_DISK_BYTES = 1024**3
LEAST_POSTGRES = 160000  # builtin locales and much of what the searches use came with 16
LOCAL = {"localhost", "127.0.0.1", "[::1]"}


class Command(BaseCommand):
    help = "Checks the installation and says in plain words what is wrong; exit status 1 if anything is."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = 0
        for subject, check in CHECKS.items():
            try:
                complaints = list(check())
            except (DatabaseError, OSError) as error:
                complaints = [str(error).strip().splitlines()[0]]
            wrong += len(complaints)
            for complaint in complaints:
                self.stdout.write(f"  ✗ {subject}: {complaint}")
            if not complaints:
                self.stdout.write(f"  ✓ {subject}")
        if wrong:
            raise CommandError(f"{wrong} thing{'s' if wrong > 1 else ''} to put right")
        self.stdout.write("Everything is in order.")


def processes() -> Iterator[str]:
    """What /readyz asks, with the reasons."""
    advice = {
        "database": "check DATABASE_URL and that the server runs",
        "broker": "check REDIS_URL and that the server runs",
        "worker": "start `manage.py up` or a Celery worker",
        "beat": "start `manage.py up` or Celery beat",
    }
    for name, problem in health.problems().items():
        if problem:
            yield f"{name}: {problem}; {advice[name]}"


def database() -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int, current_setting('server_version')")
        number, version = cursor.fetchone()
        cursor.execute("SELECT current_setting('fsync'), current_setting('synchronous_commit')")
        durability = cursor.fetchone()
    if number < LEAST_POSTGRES:
        yield f"PostgreSQL {version} is too old; 18 is what we test with, 16 the oldest that works"
    if "off" in durability:
        yield "fsync or synchronous_commit is off: a power cut would lose mail that we have acknowledged"


def migrations() -> Iterator[str]:
    executor = MigrationExecutor(connection)
    if missing := executor.migration_plan(executor.loader.graph.leaf_nodes()):
        yield f"{len(missing)} migrations are not applied; run `manage.py migrate`"


def disk() -> Iterator[str]:
    free = shutil.disk_usage(settings.VAR).free
    if free < LEAST_DISK_BYTES:
        yield f"only {free // 1024**2} MiB free below {settings.VAR}; make room before mail is refused"
    probe = settings.VAR / ".doctor"
    probe.write_bytes(b"")
    probe.unlink()


def front_end() -> Iterator[str]:
    if not (settings.STATIC_ROOT / "manifest.json").exists():
        yield "scripts and styles are not built; run `make setup`"


def address() -> Iterator[str]:
    if settings.INSTANCE_DOMAIN in LOCAL and not settings.DEMO and settings.HOST not in LOCAL:
        yield "PUBLIC_URL is not set, so links in mail lead to localhost"
    if settings.DEBUG and settings.HOST not in LOCAL:
        yield "DEBUG is on and the port is open to others: error pages show secrets"


def staff() -> Iterator[str]:
    if not User.objects.filter(role=Role.ADMIN, is_active=True).exists():
        yield f"nobody is admin yet; open {settings.PUBLIC_URL}/ and make the first account"
    if not settings.DEMO and User.objects.filter(email__endswith="@demo.test", is_active=True).exists():
        yield "accounts of the demo company exist, and their password is known to everybody"


def outgoing_mail() -> Iterator[str]:
    if settings.DEMO:
        return  # mail is kept in files
    mail = get_connection(fail_silently=False)
    try:
        mail.open()
        mail.close()
    except (OSError, ValueError) as error:
        yield f"cannot hand over mail ({error}); set EMAIL_URL, as in smtp+tls://user:password@mail.example.com:587"


def file_storage() -> Iterator[str]:
    """A file goes in, comes back and goes away again."""
    name = f"doctor-{secrets.token_hex(8)}"
    try:
        name = default_storage.save(name, ContentFile(b"well?"))
        with default_storage.open(name) as stored:
            if stored.read() != b"well?":
                yield "a file came back with other content than it was stored with"
        default_storage.delete(name)
    except OSError as error:
        yield f"files cannot be stored ({str(error).strip()}); check ATTACHMENT_STORAGE or {settings.MEDIA_ROOT}"


def malware_scanner() -> Iterator[str]:
    if not settings.CLAMD_URL:
        return
    try:
        clamav.ping(settings.CLAMD_URL)
    except clamav.ScannerAway as error:
        yield f"does not answer ({error}), so files wait; check CLAMD_URL and that clamd runs"


def accounts_elsewhere() -> Iterator[str]:
    """Of every messenger, number and page: what keeps messages from coming in or going out."""
    for account in ProviderAccount.objects.filter(is_active=True):
        named = f"{account.get_kind_display()} “{account}”"
        try:
            has_secrets = bool(account.secrets)
        except CannotOpen:
            yield f"the secrets of {named} can't be opened: SECRET_KEY has changed; enter them again in the settings"
            continue
        fares = health_of(account)
        if not has_secrets:
            yield f"{named} has no secrets, so everything that comes is refused; enter them in the settings"
        elif fares.tone == "red":
            yield f"{named}: {fares.sentence}"
        if failed := account.payloads.filter(state=HookState.FAILED).count():
            yield f"{failed} calls of {named} could not be read; see Settings → Channels"


CHECKS: dict[str, Callable[[], Iterator[str]]] = {
    "Processes": processes,
    "Database": database,
    "Migrations": migrations,
    "Disk": disk,
    "Front end": front_end,
    "Address": address,
    "Staff": staff,
    "Outgoing mail": outgoing_mail,
    "File storage": file_storage,
    "Malware scanner": malware_scanner,
    "Messengers and numbers": accounts_elsewhere,
}
