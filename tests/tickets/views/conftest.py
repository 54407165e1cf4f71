from __future__ import annotations

import pytest
from django.test import Client

from helpdesk.accounts.models import User


@pytest.fixture
def graces_browser(grace: User) -> Client:
    client = Client()
    client.force_login(grace)
    return client


@pytest.fixture
def radias_browser(radia: User) -> Client:
    client = Client()
    client.force_login(radia)
    return client
