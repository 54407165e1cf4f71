from collections.abc import Iterator

import pytest
from django.conf import LazySettings

from helpdesk.accounts.models import User
from helpdesk.integrations.models import SlackWorkspace, WebhookEndpoint
from helpdesk.integrations.slack.workspaces import install
from helpdesk.integrations.webhooks import endpoints
from tests.integrations.receiver import Receiver, receiving
from tests.integrations.slack_stand_in import SECRET, TOKEN, Slack, standing_in


@pytest.fixture
def receiver(settings: LazySettings) -> Iterator[Receiver]:
    with receiving() as standing:
        settings.WEBHOOK_PRIVATE_HOSTS = [standing.place]
        yield standing


@pytest.fixture
def endpoint(receiver: Receiver, radia: User) -> WebhookEndpoint:
    return endpoints.create_endpoint(radia, name="Warehouse", url=receiver.url, kinds=["status.changed"])


@pytest.fixture
def slack(settings: LazySettings) -> Iterator[Slack]:
    with standing_in() as standing:
        settings.SLACK_API_URL = standing.url
        yield standing


@pytest.fixture
def workspace(slack: Slack, radia: User) -> SlackWorkspace:
    return install(radia, TOKEN, SECRET)
