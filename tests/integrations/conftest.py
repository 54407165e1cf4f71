from collections.abc import Iterator

import pytest
from django.conf import LazySettings

from helpdesk.accounts.models import User
from helpdesk.integrations.models import WebhookEndpoint
from helpdesk.integrations.webhooks import endpoints
from tests.integrations.receiver import Receiver, receiving


@pytest.fixture
def receiver(settings: LazySettings) -> Iterator[Receiver]:
    with receiving() as standing:
        settings.WEBHOOK_PRIVATE_HOSTS = [standing.place]
        yield standing


@pytest.fixture
def endpoint(receiver: Receiver, radia: User) -> WebhookEndpoint:
    return endpoints.create_endpoint(radia, name="Warehouse", url=receiver.url, kinds=["status.changed"])
