"""Whatever providers tell, in whatever order and however often, leaves the same messages, states and reactions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from channels_app.base import Happening, MediaRef, MessageIn, Person, SeenUpTo, StatusTold, Withdrawn
from channels_app.models import Conversation, PartState, ProviderAccount, ProviderMessage
from customers.actors import Actor
from customers.identify import identify
from helpdesk.accounts.models import Role
from tests.cast import staff
from tests.channels_app.messaging.telling import ADA, after, echo, edited, reacted, said, shown, tell
from tickets.models import Inbox, Message, Ticket
from tickets.services import add_reply, open_ticket

pytestmark = pytest.mark.django_db

BOB = Person("u2", name="Bob")
PICTURE = MediaRef({"url": "https://files.test/1.jpg"}, "1.jpg", "image/jpeg")

moments = st.integers(min_value=0, max_value=600)
texts = st.sampled_from(["", "It rattles.", "Loudly.", "Still.", "😀"])
theirs, ours = st.sampled_from(["m1", "m2", "m3"]), st.sampled_from(["e1", "e2"])
sent = st.sampled_from(["p1", "p2"])
anything = st.one_of(theirs, ours)


def happenings() -> st.SearchStrategy[Happening]:
    """About messages that may have come, in a conversation with our own: what changes them, and states of those."""
    return st.one_of(
        st.builds(
            lambda named, at, text, number: edited(named, at, text, number), anything, moments, texts, st.integers(1, 4)
        ),
        st.builds(lambda named, at: Withdrawn(after(at), named), anything, moments),
        st.builds(
            lambda named, at, emoji, who: reacted(named, at, emoji, who),
            st.one_of(anything, sent), moments, st.sampled_from(["", "👍", "👎"]), st.sampled_from([ADA, BOB]),
        ),
        st.builds(
            lambda named, at, state: StatusTold(after(at), named, state, code="7", error="Left."),
            sent, moments, st.sampled_from(["queued", "sent", "delivered", "read", "failed", "odd"]),
        ),
        st.builds(
            lambda at, state: SeenUpTo(after(at), "t1", state), moments, st.sampled_from(["delivered", "read"])
        ),
    )  # fmt: skip


@st.composite
def messages(draw: st.DrawFn) -> list[MessageIn]:
    """Each of their and our messages at most once: a provider doesn't give one id to two.

    Each at a moment of its own: two of the same second stand in the order in which they came.
    """
    named = draw(st.lists(st.sampled_from(sorted(KINDS)), unique=True, max_size=len(KINDS)))
    at = draw(st.lists(moments, unique=True, min_size=len(named), max_size=len(named)))
    return [KINDS[one](one, moment, draw(texts)) for one, moment in zip(named, at, strict=True)]


KINDS: dict[str, Callable[[str, int, str], MessageIn]] = {
    "m1": lambda named, at, text: said(named, at, text),
    "m2": lambda named, at, text: said(named, at, text, reply_to="m1"),
    "m3": lambda named, at, text: said(named, at, text, sender=BOB, files=[PICTURE]),
    "a1": lambda named, at, text: said(named, at, text, album="a"),
    "a2": lambda named, at, text: said(named, at, text, album="a"),
    "e1": lambda named, at, text: echo(named, at, text),
    "e2": lambda named, at, text: echo(named, at, text, reply_to="m2"),
}


@st.composite
def tellings(draw: st.DrawFn) -> tuple[Sequence[Happening], Sequence[Happening]]:
    told: list[Happening] = [*draw(messages()), *draw(st.lists(happenings(), max_size=8))]
    again = draw(st.lists(st.sampled_from(told), max_size=4)) if told else []
    return told, draw(st.permutations([*told, *again]))


def outcome(inbox: Inbox, told: Sequence[Happening]) -> dict[str, Any]:
    """What is there in the end, of a house in which nothing else has happened; then it is undone."""
    with transaction.atomic():
        account = ProviderAccount.objects.create(kind="generic", name="Mastodon", inbox=inbox)
        _talk(account)
        tell(account, *told)
        found = {
            **shown(account),
            "waits": list(Ticket.objects.values_list("waiting_since", "status", "reply_count", "preview")),
            "reach": list(Conversation.objects.values_list("last_inbound_at", "unreachable")),
        }
        transaction.set_rollback(True)
    return found


def _talk(account: ProviderAccount) -> None:
    """Ada's conversation, with two answers of ours that have been sent."""
    identity = identify("external", f"generic:{account.pk}:u1", name="Ada Lovelace")
    grace = staff("grace@onethread.test", "Grace Hopper", Role.AGENT)
    actor = Actor.agent(grace)
    ticket = open_ticket(
        identity.customer, "Engine", inbox=account.inbox, channel="generic", actor=actor, now=after(-60)
    )
    Conversation.objects.create(account=account, thread_key="t1", identity=identity, ticket=ticket)
    for number, named in enumerate(("p1", "p2")):
        message = add_reply(ticket, f"<p>{named}</p>", actor=actor, now=after(-50 + number))
        sent: dict[str, Any] = {"external_id": named, "state": PartState.SENT, "client_key": None, "due_at": None}
        sent |= {"sent_at": after(100 * number), "tried_since": after(100 * number - 1)}
        ProviderMessage.objects.filter(message=message).update(**sent)
        Message.objects.filter(pk=message.pk).update(delivery_state="sent")


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # a smaller example is not worth the minutes that it takes
)
@given(telling=tellings())
def test_the_order_of_telling_leaves_no_trace(
    support: Inbox, telling: tuple[Sequence[Happening], Sequence[Happening]]
) -> None:
    told, otherwise = telling
    one, other = outcome(support, told), outcome(support, otherwise)
    assert {name: (one[name], other[name]) for name in one if one[name] != other[name]} == {}
