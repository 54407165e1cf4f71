from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings

from customers.identify import identify
from customers.models import Customer
from tests.integrations.receiver import Receiver, receiving


@pytest.fixture
def receiver(settings: LazySettings) -> Iterator[Receiver]:
    with receiving() as standing:
        settings.WEBHOOK_PRIVATE_HOSTS = [standing.place]
        yield standing


@pytest.fixture(autouse=True)
def storage(settings: LazySettings, tmp_path: Path) -> Path:
    """A storage of the test's own, so that what is left in it can be looked at."""
    settings.MEDIA_ROOT = str(tmp_path / "media")
    return tmp_path / "media"


@pytest.fixture
def other(db: None) -> Customer:
    return identify("email", "other@example.net", name="Other Person").customer
