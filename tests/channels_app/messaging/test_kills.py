"""A real worker is killed with SIGKILL while the provider has the call: it is uncertain, and never sent twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.utils import timezone
from pytest_django.fixtures import Settings

from channels_app.messaging import sending
from channels_app.models import Conversation, ProviderAccount, ProviderKind, ProviderMessage
from channels_app.resending import retry
from customers.actors import Actor
from customers.identify import identify
from customers.models import Customer, IdentityKind
from helpdesk.accounts.models import User
from helpdesk.demo.stand_ins.base import Answered, Asked, StandIn
from helpdesk.embedded import BASE_DIR, database_url, redis_url
from tests.channels_app.messaging.conftest import NUMBER
from tests.channels_app.serving import serving
from tests.stack import wait_until
from tickets.models import Channel, DeliveryState, Inbox, Message
from tickets.services import add_reply, open_ticket

pytestmark = pytest.mark.django_db(transaction=True)

WORKER = "import django; django.setup(); from channels_app.tasks_parts import send_part; send_part({pk})"


class Slow(StandIn):
    """Takes a text and lets its sender wait for the answer until the test allows it."""

    def __init__(self) -> None:
        super().__init__()
        self.may_answer = False

    def behave(self, asked: Asked) -> Answered:
        wait_until(lambda: self.may_answer, seconds=60)
        return Answered.of({"sid": f"SM{len(self.calls):032}", "status": "queued", "num_segments": "1"}, 201)


@pytest.fixture
def message(ada: Customer, grace: User, support: Inbox, settings: Settings) -> Message:
    account = ProviderAccount(kind=ProviderKind.TWILIO_SMS, name="Texts", inbox=support, external_id="+15005550006")
    account.options = {"account_sid": "AC" + "0" * 32}
    account.set_secrets(auth_token="token")
    account.save()
    identity = identify(IdentityKind.PHONE, NUMBER)
    ticket = open_ticket(identity.customer, "Rattles", inbox=support, channel=Channel.SMS, actor=Actor.agent(grace))
    Conversation.objects.create(account=account, thread_key=NUMBER, identity=identity, ticket=ticket)
    settings.UNDO_SEND_SECONDS = 0
    return add_reply(ticket, "<p>Oil it.</p>", actor=Actor.agent(grace))


def started(part: ProviderMessage, address: str) -> subprocess.Popen[bytes]:
    surroundings = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "helpdesk.settings",
        "DATABASE_URL": database_url().replace("/helpdesk?", f"/{connection.settings_dict['NAME']}?"),
        "REDIS_URL": redis_url(),
        "SECRET_KEY": django_settings.SECRET_KEY,
        "TWILIO_API_URL": address,
    }
    return subprocess.Popen([sys.executable, "-c", WORKER.format(pk=part.pk)], cwd=BASE_DIR, env=surroundings)


def test_killed_after_the_call_it_is_uncertain_and_never_sent_twice(message: Message, grace: User) -> None:
    part, provider = ProviderMessage.objects.get(message=message), Slow()
    with serving(provider) as address:
        worker = started(part, address)
        try:
            wait_until(lambda: len(provider.calls) == 1, seconds=60)
        finally:
            worker.send_signal(signal.SIGKILL)
            assert worker.wait(timeout=10) == -signal.SIGKILL, "it ended before the point where it was to be killed"
        provider.may_answer = True
        ProviderMessage.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
        assert sending.sweep()
        message.refresh_from_db()
        assert message.delivery_state == DeliveryState.UNKNOWN
        assert not sending.sweep(now=timezone.now() + timedelta(hours=5))
        assert len(provider.calls) == 1
        retry(message, actor=Actor.agent(grace), now=timezone.now())
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(django_settings.PROVIDER_URLS, "twilio", address)
            assert sending.deliver(part.pk)
        message.refresh_from_db()
        assert (message.delivery_state, len(provider.calls)) == (DeliveryState.SENT, 2)
