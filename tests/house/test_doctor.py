"""`manage.py doctor` says in plain words what is wrong."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from helpdesk.accounts.models import Role, User
from helpdesk.heartbeat import PROCESSES, connection, key
from tests.cast import staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def sound(settings: Settings) -> User:
    """An installation without a fault, but for the durability that tests do without."""
    with connection() as valkey:
        for process in PROCESSES:
            valkey.set(key(process), 1, ex=30)
    settings.DEMO = False
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    return staff("margaret@onethread.test", "Margaret Hamilton", Role.ADMIN)


def complaints() -> list[str]:
    said = StringIO()
    with pytest.raises(CommandError):
        call_command("doctor", stdout=said)
    return [line.strip(" ✗") for line in said.getvalue().splitlines() if "✗" in line]


NOT_DURABLE = "Database: fsync or synchronous_commit is off: a power cut would lose mail that we have acknowledged"


def test_a_sound_installation_has_no_other_complaint(sound: User) -> None:
    assert complaints() == [NOT_DURABLE]


def test_what_is_wrong_is_named_with_its_remedy(sound: User, settings: Settings) -> None:
    with connection() as valkey:
        valkey.delete(key("beat"))
    sound.delete()
    staff("admin@demo.test", "Demo", Role.AGENT)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    settings.STATIC_ROOT = settings.VAR / "nothing"
    settings.HOST = "0.0.0.0"
    settings.CLAMD_URL = "tcp://127.0.0.1:1"
    settings.MEDIA_ROOT = "/proc/nothing"
    said = "\n".join(complaints())
    for words in (
        "Processes: beat: silent; start `manage.py up` or Celery beat",
        "Front end: scripts and styles are not built; run `make setup`",
        "Address: PUBLIC_URL is not set",
        "Staff: nobody is admin yet",
        "Staff: accounts of the demo company exist",
        "Outgoing mail: cannot hand over mail",
        "File storage: files cannot be stored",
        "Malware scanner: does not answer",
    ):
        assert words in said
