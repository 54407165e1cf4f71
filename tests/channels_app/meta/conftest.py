from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from channels_app.models import ProviderAccount
from helpdesk.demo.stand_ins.graph import GraphStandIn
from tests.channels_app.meta.accounts import account_of
from tests.channels_app.serving import serving


@pytest.fixture
def graph(settings: Any) -> Iterator[GraphStandIn]:
    stand_in = GraphStandIn()
    with serving(stand_in) as address:
        settings.PROVIDER_URLS = {**settings.PROVIDER_URLS, "graph": address, "instagram": address}
        yield stand_in


@pytest.fixture
def number(graph: GraphStandIn) -> ProviderAccount:
    return account_of(graph)
