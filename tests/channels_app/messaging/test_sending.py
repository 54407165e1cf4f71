"""Answers by another company's channel: queued in the gesture, sent once, in order, and truthful about the rest."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from channels_app.base import LockedOut, Rejected, TryLater, Uncertain
from channels_app.messaging import outcomes, sending, states
from channels_app.messaging.claiming import claim
from channels_app.models import Conversation, Direction, PartState, ProviderAccount, ProviderMessage
from channels_app.resending import confirm_sent, retry
from customers.actors import Actor
from customers.consent import set_consent
from customers.models import Customer
from helpdesk.accounts.models import User
from tests.channels_app.messaging.paper import Paper, picture
from tickets.attachments import upload
from tickets.models import Channel, DeliveryState, Message, Ticket
from tickets.routes import routes_of
from tickets.services import Refused, TooLate, add_reply, reschedule_reply, retract_reply


def part_of(message: Message, number: int = 0) -> ProviderMessage:
    return ProviderMessage.objects.get(message=message, direction=Direction.OUT, number=number)


def reply(ticket: Ticket, grace: User, html: str = "<p>Oil it.</p>", **more: object) -> Message:
    return add_reply(ticket, html, actor=Actor.agent(grace), **more)  # type: ignore[arg-type]


def told(message: Message) -> tuple[str, str]:
    message.refresh_from_db()
    return message.delivery_state, message.delivery_detail


@pytest.fixture
def later() -> datetime:
    return timezone.now() + timedelta(minutes=5)


def test_an_answer_goes_where_the_customer_wrote(post: Paper, ticket: Ticket, talk: Conversation, grace: User) -> None:
    message = reply(ticket, grace)
    assert (message.channel, message.to) == (Channel.WHATSAPP, ["+4915112345678"])
    assert message.facts["conversation"] == talk.pk
    part = part_of(message)
    assert (part.state, part.body, part.conversation) == (PartState.WAITING, {"text": "Oil it."}, talk)
    assert sending.deliver(part.pk)
    assert not sending.deliver(part.pk)
    assert post.said == ["Oil it."]
    part.refresh_from_db()
    assert (part.state, part.external_id, part.body) == (PartState.SENT, f"out-{part.pk}", {})
    assert told(message) == (DeliveryState.SENT, "")
    kinds = list(message.events.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["reply.added", "delivery.changed", "delivery.changed"]


def test_parts_go_one_after_the_other(post: Paper, ticket: Ticket, grace: User) -> None:
    file = upload(grace, "rust.png", picture())
    first = reply(ticket, grace, attachment_ids=[file.pk])
    second = reply(ticket, grace, "<p>And again.</p>")
    assert not sending.deliver(part_of(second).pk)
    assert not sending.deliver(part_of(first, 1).pk)
    for _turn in range(3):
        sending.sweep(now=timezone.now() + timedelta(seconds=5))
    assert post.said == ["Oil it.", "rust.png", "And again."]


def test_what_is_put_off_keeps_its_place_and_its_reason(post: Paper, ticket: Ticket, grace: User) -> None:
    first, second = reply(ticket, grace), reply(ticket, grace, "<p>Second.</p>")
    post.answers = [TryLater("Too fast.", seconds=30)]
    assert sending.deliver(part_of(first).pk)
    assert told(first) == (DeliveryState.DEFERRED, "Too fast.")
    waits = (part_of(first).due_at or timezone.now()) - timezone.now()
    assert timedelta(seconds=28) < waits <= timedelta(seconds=30)
    assert not sending.deliver(part_of(second).pk)
    assert sending.next_of_conversation(part_of(first).pk) == part_of(first)
    ProviderMessage.objects.filter(message=first).update(due_at=timezone.now())
    assert sending.deliver(part_of(first).pk)
    assert sending.deliver(part_of(second).pk)
    assert post.said == ["Oil it.", "Oil it.", "Second."]
    assert told(first) == (DeliveryState.SENT, "")


def test_a_limit_of_the_whole_account_stops_all_of_it(
    post: Paper, ticket: Ticket, grace: User, account: ProviderAccount
) -> None:
    first = reply(ticket, grace)
    post.answers = [TryLater("Slow down.", seconds=600, whole_account=True)]
    sending.deliver(part_of(first).pk)
    account.refresh_from_db()
    assert account.paused_until
    assert not sending.sweep(now=timezone.now() + timedelta(minutes=9))
    assert post.said == ["Oil it."]


def test_it_is_given_up_after_a_day_and_a_half(post: Paper, ticket: Ticket, grace: User) -> None:
    message = reply(ticket, grace)
    part = part_of(message)
    ProviderMessage.objects.filter(pk=part.pk).update(tried_since=timezone.now() - timedelta(hours=37), attempt=9)
    post.answers = [TryLater("Away.")]
    sending.deliver(part.pk)
    assert told(message) == (DeliveryState.FAILED, "Given up after a day and a half. Away.")


def test_a_final_no_is_said_in_words_and_tried_again_by_a_person(
    post: Paper, ticket: Ticket, grace: User, talk: Conversation
) -> None:
    message = reply(ticket, grace)
    post.answers = [Rejected("This number has no WhatsApp.", code="131026", is_unreachable=True)]
    sending.deliver(part_of(message).pk)
    assert told(message) == (DeliveryState.FAILED, "This number has no WhatsApp.")
    talk.refresh_from_db()
    assert talk.unreachable == "This number has no WhatsApp."
    with pytest.raises(Refused, match="no WhatsApp"):
        reply(ticket, grace)
    Conversation.objects.update(unreachable="")
    retry(message, actor=Actor.agent(grace), now=timezone.now())
    assert told(message) == (DeliveryState.SENDING, "")
    assert sending.deliver(part_of(message).pk)
    assert told(message) == (DeliveryState.SENT, "")
    with pytest.raises(Refused):
        retry(message, actor=Actor.agent(grace), now=timezone.now())


def test_what_failed_after_it_was_taken_is_said_again_in_full(post: Paper, ticket: Ticket, grace: User) -> None:
    file = upload(grace, "rust.png", picture())
    message = reply(ticket, grace, attachment_ids=[file.pk])
    for number in (0, 1):
        assert sending.deliver(part_of(message, number).pk)
    states.told(part_of(message, 1), PartState.FAILED, at=timezone.now(), error="No such number.")
    assert told(message) == (DeliveryState.FAILED, "No such number.")
    retry(message, actor=Actor.agent(grace), now=timezone.now())
    assert sending.deliver(part_of(message, 1).pk)
    assert post.said == ["Oil it.", "rust.png", "rust.png"]
    assert told(message) == (DeliveryState.SENT, "")


def test_refused_credentials_stop_the_account_until_it_works_again(
    post: Paper, ticket: Ticket, grace: User, account: ProviderAccount
) -> None:
    message = reply(ticket, grace)
    post.answers = [LockedOut("The token is not accepted.")]
    sending.deliver(part_of(message).pk)
    account.refresh_from_db()
    assert (account.problem, told(message)[0]) == ("The token is not accepted.", DeliveryState.DEFERRED)
    assert not sending.deliver(part_of(message).pk)
    ProviderAccount.objects.update(problem_at=timezone.now() - timedelta(minutes=11))
    assert sending.deliver(part_of(message).pk)
    account.refresh_from_db()
    assert (account.problem, told(message)[0]) == ("", DeliveryState.SENT)


def test_no_answer_is_uncertain_and_never_tried_again_by_itself(post: Paper, ticket: Ticket, grace: User) -> None:
    file = upload(grace, "rust.png", picture())
    message = reply(ticket, grace, attachment_ids=[file.pk])
    post.answers = [Uncertain("No answer.")]
    sending.deliver(part_of(message).pk)
    assert told(message) == (DeliveryState.UNKNOWN, "No answer.")
    assert not sending.sweep(now=timezone.now() + timedelta(hours=5))
    assert part_of(message, 1).due_at is None
    confirm_sent(message, actor=Actor.agent(grace))
    assert part_of(message, 1).due_at
    sending.sweep(now=timezone.now() + timedelta(seconds=5))
    assert post.said == ["Oil it.", "rust.png"]
    assert told(message) == (DeliveryState.SENT, "")
    with pytest.raises(Refused):
        confirm_sent(message, actor=Actor.agent(grace))


def test_a_status_settles_what_was_uncertain(post: Paper, ticket: Ticket, grace: User) -> None:
    message = reply(ticket, grace)
    post.answers = [Uncertain("No answer.")]
    sending.deliver(part_of(message).pk)
    states.told(part_of(message), PartState.DELIVERED, at=timezone.now())
    assert told(message) == (DeliveryState.DELIVERED, "")
    assert message.facts["delivered_at"]


def test_a_status_that_came_before_the_answer_is_kept(
    post: Paper, ticket: Ticket, grace: User, account: ProviderAccount
) -> None:
    message = reply(ticket, grace)
    part = part_of(message)
    early = ProviderMessage.objects.create(account=account, external_id=f"out-{part.pk}")
    states.told(early, PartState.READ, at=timezone.now())
    sending.deliver(part.pk)
    part.refresh_from_db()
    assert (part.state, told(message)[0]) == (PartState.READ, DeliveryState.READ)
    assert not ProviderMessage.objects.filter(pk=early.pk).exists()


def test_an_adapter_that_breaks_leaves_doubt_and_says_so(post: Paper, ticket: Ticket, grace: User) -> None:
    message = reply(ticket, grace)
    post.answers = [RuntimeError("a bug")]
    with pytest.raises(RuntimeError):
        sending.deliver(part_of(message).pk)
    assert told(message)[0] == DeliveryState.UNKNOWN


def test_a_worker_that_died_leaves_doubt_unless_the_provider_knows_repetitions(
    post: Paper, ticket: Ticket, grace: User
) -> None:
    for may_repeat, expected in ((False, DeliveryState.UNKNOWN), (True, DeliveryState.DEFERRED)):
        post.now_can(may_repeat=may_repeat)
        message = reply(ticket, grace)
        part = part_of(message)
        assert claim(part.pk, now=timezone.now())
        long_ago = timezone.now() - timedelta(seconds=1)
        assert not outcomes.settle_lost(part.pk, now=timezone.now())
        ProviderMessage.objects.filter(pk=part.pk).update(leased_until=long_ago)
        assert sending.sweep()
        assert told(message)[0] == expected


def test_undo_takes_all_parts_back(post: Paper, ticket: Ticket, grace: User, later: datetime) -> None:
    message = reply(ticket, grace, send_at=later)
    assert message.delivery_state == DeliveryState.SCHEDULED
    reschedule_reply(message, later + timedelta(hours=1), actor=Actor.agent(grace), unless_answered=False)
    assert part_of(message).due_at == later + timedelta(hours=1)
    retract_reply(message, actor=Actor.agent(grace))
    assert part_of(message).state == PartState.CANCELLED
    assert not sending.deliver(part_of(message).pk)
    other = reply(ticket, grace)
    ProviderMessage.objects.filter(message=other).update(state=PartState.SENDING, attempt=1)
    with pytest.raises(TooLate):
        retract_reply(other, actor=Actor.agent(grace))


def test_a_scheduled_answer_is_released_and_stands_in_nobodys_way(
    post: Paper, ticket: Ticket, grace: User, later: datetime
) -> None:
    scheduled = reply(ticket, grace, "<p>Tomorrow.</p>", send_at=later)
    now = reply(ticket, grace, "<p>Now.</p>")
    assert sending.deliver(part_of(now).pk)
    ProviderMessage.objects.filter(message=scheduled).update(due_at=timezone.now())
    assert sending.deliver(part_of(scheduled).pk)
    assert post.said == ["Now.", "Tomorrow."]
    assert told(scheduled)[0] == DeliveryState.SENT


def test_nothing_goes_once_the_window_is_over(
    post: Paper, ticket: Ticket, grace: User, talk: Conversation, later: datetime
) -> None:
    message = reply(ticket, grace)
    Conversation.objects.update(last_inbound_at=timezone.now() - timedelta(hours=25))
    with pytest.raises(Refused) as refusal:
        reply(ticket, grace)
    assert (refusal.value.field, "Choose a template" in str(refusal.value)) == ("route", True)
    sending.deliver(part_of(message).pk)
    assert (told(message)[0], post.said) == (DeliveryState.FAILED, [])


def test_who_does_not_want_it_is_not_written_to(
    post: Paper, ticket: Ticket, grace: User, ada: Customer, talk: Conversation
) -> None:
    message = reply(ticket, grace)
    set_consent(ada, "whatsapp", "support", False, actor=Actor.agent(grace))
    with pytest.raises(Refused, match="does not want"):
        reply(ticket, grace)
    assert not sending.deliver(part_of(message).pk)
    assert (told(message)[0], post.said) == (DeliveryState.FAILED, [])


def test_limits_are_checked_where_everybody_passes(post: Paper, ticket: Ticket, grace: User) -> None:
    with pytest.raises(Refused) as too_long:
        reply(ticket, grace, "<p>" + "x" * 162 + "</p>")
    assert (too_long.value.field, str(too_long.value)) == ("body", "This is 2 characters longer than WhatsApp takes.")
    sound = upload(grace, "knock.txt", b"knock")
    with pytest.raises(Refused, match="does not take files") as wrong_kind:
        reply(ticket, grace, attachment_ids=[sound.pk])
    assert wrong_kind.value.field == "files"
    large = upload(grace, "large.png", picture() + b"0" * 1000)
    with pytest.raises(Refused, match="too large"):
        reply(ticket, grace, attachment_ids=[large.pk])
    assert not ProviderMessage.objects.filter(direction=Direction.OUT).exists()


def test_what_is_answered_there_belongs_where_it_was_written(
    post: Paper, ticket: Ticket, talk: Conversation, adas_ticket: Ticket, grace: User
) -> None:
    (route,) = routes_of(adas_ticket)
    message = reply(adas_ticket, grace, route=route)
    assert (message.channel, message.ticket) == (Channel.WHATSAPP, adas_ticket)
    sending.deliver(part_of(message).pk)
    talk.refresh_from_db()
    assert talk.ticket == adas_ticket


def test_seen_up_to_moves_all_that_was_sent_before(
    post: Paper, ticket: Ticket, talk: Conversation, grace: User
) -> None:
    first, second = reply(ticket, grace), reply(ticket, grace, "<p>Second.</p>")
    sending.deliver(part_of(first).pk)
    then = timezone.now()
    sending.deliver(part_of(second).pk)
    for state in (PartState.READ, PartState.DELIVERED):
        states.seen_up_to(talk, state, then)
    assert (told(first)[0], told(second)[0]) == (DeliveryState.READ, DeliveryState.SENT)
