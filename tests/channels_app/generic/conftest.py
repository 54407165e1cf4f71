from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django.fixtures import Settings

from channels_app.models import ProviderAccount
from helpdesk.demo.stand_ins.network import KEY, Network
from tests.channels_app.serving import serving
from tickets.models import Inbox


@pytest.fixture
def account(support: Inbox) -> ProviderAccount:
    made = ProviderAccount(kind="generic", name="Mastodon", inbox=support)
    made.set_secrets(key=KEY)
    made.save()
    return made


@pytest.fixture
def network(account: ProviderAccount, settings: Settings) -> Iterator[Network]:
    """The other side, where our answers go."""
    settings.UNDO_SEND_SECONDS = 0
    stand_in = Network()
    with serving(stand_in) as address:
        settings.PROVIDER_URLS = {**settings.PROVIDER_URLS, "network": address}
        account.options = {"send_url": f"{address}/in"}
        account.save()
        yield stand_in
