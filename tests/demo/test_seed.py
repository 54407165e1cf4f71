"""The demo company's history is what services write, told and copied alike."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from django.core.management import call_command
from django.db.models import Max
from django.test import TestCase, override_settings

from channels_app.adapters.email.tokens import issued_message_pk
from channels_app.models import Delivery, OutboxState
from customers.actors import SYSTEM
from customers.models import Customer, Identity
from helpdesk.accounts.models import Role, User
from helpdesk.demo.bulk import grow
from helpdesk.demo.seed import DAYS, SEED, line_up, opening_times, seed
from metrics.voice.counting import count
from tickets.conditions import as_q, problems
from tickets.events import is_quiet
from tickets.models import (
    MESSAGING,
    Attachment,
    Channel,
    Chat,
    ChatMail,
    ChatState,
    DeliveryState,
    Draft,
    Macro,
    Message,
    MessageKind,
    Rating,
    Rule,
    SavedView,
    SearchEntry,
    SlaTarget,
    Status,
    SurveyInvitation,
    SurveyMail,
    Ticket,
    TicketEvent,
)
from tickets.models.ticket import MOVES
from tickets.services.gesture import Gesture
from tickets.services.sending import recount

NOW = datetime(2026, 3, 4, 15, 0, tzinfo=UTC)
TOLD, GROWN, CUSTOMERS = 60, 260, 90
WRITTEN = ("message.received", "reply.added", "reply.scheduled", "note.added")


def test_the_same_is_told_each_time() -> None:
    assert line_up(200, Random(SEED)) == line_up(200, Random(SEED))
    times = opening_times(200, Random(SEED), now=NOW)
    assert times == sorted(opening_times(200, Random(SEED), now=NOW))
    assert NOW - timedelta(days=DAYS) <= times[0] <= times[-1] < NOW


class TestCompany(TestCase):
    """Sixty told tickets, two hundred copied ones: seeded once, each test looks at the same rows."""

    told_events: list[datetime]
    rising: set[str]

    @classmethod
    def setUpTestData(cls) -> None:
        uploads = cls.enterClassContext(TemporaryDirectory())
        cls.enterClassContext(override_settings(MEDIA_ROOT=Path(uploads)))
        seed(TOLD, now=NOW)
        cls.rising = {each.shown for each in count(NOW).terms}
        cls.told_events = list(TicketEvent.objects.order_by("pk").values_list("created_at", flat=True))
        grow(GROWN, CUSTOMERS, now=NOW, say=lambda line: None)

    def test_the_demo_people_can_sign_in(self) -> None:
        roles = {"admin": Role.ADMIN, "lead": Role.LEAD, "agent": Role.AGENT, "light": Role.LIGHT}
        for local, role in roles.items():
            user = User.objects.get(email=f"{local}@demo.test")
            assert user.role == role
            assert user.check_password("demo")
        assert User.objects.count() == 9

    def test_a_visitor_finds_something_on_the_desk(self) -> None:
        maren = User.objects.get(email="agent@demo.test")
        assert maren.mentions.count() == 1  # the bell itself is silent here: this company is told as of last spring
        assert maren.drafts.count() == 1
        assert Draft.objects.exclude(shared_at=None).get().user != maren
        later = Message.objects.get(delivery_state=DeliveryState.SCHEDULED)
        assert later.send_at is not None
        assert later.send_at > NOW

    def test_its_customers_suddenly_talk_of_a_map(self) -> None:
        assert self.rising & {"blank map", "map", "map_blank"}, self.rising

    def test_it_has_rules_macros_and_promises_that_count(self) -> None:
        assert Rule.objects.filter(problem="").count() == Rule.objects.count() >= 12
        assert Rule.objects.filter(is_active=False).count() == 1, "to follow up on bad ratings"
        assert {macro.language for macro in Macro.objects.all()} == {"", "de"}
        settled = SlaTarget.objects.exclude(settled_at=None)
        assert settled.filter(breached_at=None).exists()
        assert settled.exclude(breached_at=None).exists()
        assert Ticket.objects.exclude(sla_due_at=None).exists()

    def test_every_saved_view_can_be_asked_and_most_hold_something(self) -> None:
        views = SavedView.objects.select_related("owner", "team")
        assert 6 <= len(views) <= 12
        held = []
        for view in views:
            assert problems(view.conditions) == []
            asker = view.owner or User.objects.get(email="lead@demo.test")
            held.append(Ticket.objects.filter(as_q(view.conditions, user=asker, now=NOW)).exists())
        assert sum(held) >= len(held) // 2

    def test_nothing_is_left_to_send_but_what_is_meant_for_tomorrow(self) -> None:
        replies = Message.objects.filter(kind=MessageKind.PUBLIC).exclude(author_role="").exclude(channel=Channel.CHAT)
        older = replies.filter(created_at__lt=NOW - timedelta(minutes=1))
        assert older.exists()
        assert set(older.values_list("delivery_state", flat=True)) <= {DeliveryState.SENT, DeliveryState.FAILED}
        today = Delivery.objects.exclude(message__delivery_state=DeliveryState.SCHEDULED)
        assert set(today.values_list("state", flat=True)) <= {OutboxState.ACCEPTED, OutboxState.FAILED}

    def test_nobody_does_what_his_role_forbids(self) -> None:
        by_light = TicketEvent.objects.filter(actor_user__role=Role.LIGHT)
        assert set(by_light.values_list("kind", flat=True)) <= {"note.added", "follower.added"}

    def test_seeding_again_changes_nothing(self) -> None:
        events = TicketEvent.objects.count()
        call_command("seed_demo", "--tickets", "10")
        assert TicketEvent.objects.count() == events

    def test_what_is_told_lies_in_the_past_and_in_order(self) -> None:
        assert all(earlier <= later for earlier, later in pairwise(self.told_events))
        assert NOW - timedelta(days=DAYS + 1) < self.told_events[0] < self.told_events[-1] <= NOW

    def test_the_bulk_has_the_size_and_the_mix_asked_for(self) -> None:
        assert (Ticket.objects.count(), Customer.objects.count()) == (GROWN, CUSTOMERS)
        copies = Ticket.objects.order_by("-pk")[: GROWN - TOLD]
        assert len([ticket for ticket in copies if ticket.status == Status.CLOSED]) > 0.85 * len(copies)
        assert Ticket.objects.latest("pk").pk == Ticket.objects.earliest("pk").pk + GROWN - 1
        assert not Ticket.objects.filter(created_at__gt=NOW).exists()

    def test_every_ticket_is_as_services_would_have_left_it(self) -> None:
        for ticket in Ticket.objects.select_related("requester"):
            kept = (ticket.message_count, ticket.preview, ticket.waiting_since)
            g = Gesture(ticket, SYSTEM, NOW)
            recount(g)
            assert (ticket.message_count, ticket.preview, ticket.waiting_since) == kept, ticket
            _check_events(ticket, list(ticket.events.order_by("pk")))

    def test_copies_are_of_their_own_customers(self) -> None:
        addresses = dict(Identity.objects.values_list("value", "customer_id"))
        mailed = Message.objects.filter(author_role="").exclude(channel__in=[Channel.CHAT, *MESSAGING])
        for message in mailed.select_related("ticket"):
            assert addresses[message.from_address] == message.author_customer_id
            assert message.match_evidence["sender"] == message.from_address
        for delivery in Delivery.objects.exclude(message__delivery_state=DeliveryState.SCHEDULED):
            assert issued_message_pk(delivery.mail_id) == delivery.message_id
            assert delivery.envelope_to == [*delivery.message.to, *delivery.message.cc]
            assert delivery.attempts.count() == 1
        mail_ids = Message.objects.exclude(message_id="").values_list("message_id", flat=True)
        assert len(mail_ids) == len(set(mail_ids))

    def test_a_gesture_is_on_one_ticket_and_ids_rise_with_time(self) -> None:
        tickets_of: dict[object, set[int]] = {}
        for gesture_id, ticket_id in TicketEvent.objects.values_list("gesture_id", "ticket_id"):
            tickets_of.setdefault(gesture_id, set()).add(ticket_id)
        assert all(len(tickets) == 1 for tickets in tickets_of.values())
        for ticket in Ticket.objects.all():
            times = list(ticket.events.order_by("pk").values_list("created_at", flat=True))
            assert times == sorted(times)

    def test_everything_can_be_searched_for(self) -> None:
        assert SearchEntry.objects.filter(is_last=True).count() == GROWN
        newest = dict(Message.objects.values_list("ticket").annotate(Max("pk")))
        assert dict(SearchEntry.objects.values_list("ticket", "newest")) == newest

    def test_chats_were_had(self) -> None:
        chats = Chat.objects.order_by("pk")
        assert [chat.state for chat in chats] == [ChatState.ENDED, ChatState.ENDED]
        assert all(chat.ticket and chat.ticket.messages.count() >= 6 for chat in chats)
        assert Ticket.objects.filter(channel=Channel.CHAT).count() == 3
        assert not ChatMail.objects.exclude(due_at=None).exists()

    def test_customers_were_asked_and_answered(self) -> None:
        asked = SurveyInvitation.objects.exclude(sent_at=None)
        assert asked.count() > 60 and not SurveyMail.objects.exists(), "nothing of the past is sent"
        share = asked.exclude(answered_at=None).count() / asked.count()
        assert 0.25 < share < 0.7
        for rating in Rating.objects.exclude(invitation=None).select_related("invitation", "ticket"):
            assert rating.customer_id == rating.ticket.requester_id == rating.invitation.customer_id  # type: ignore[union-attr]
            assert rating.invitation.ticket_id == rating.ticket_id and rating.at > rating.ticket.created_at  # type: ignore[union-attr]
            assert rating.replaced_by is None or rating.replaced_by.ticket_id == rating.ticket_id
        told = TicketEvent.objects.filter(kind="rating.given", ticket__channel=Channel.EMAIL)
        of_events = dict(told.values_list("payload__rating_id", "ticket_id"))
        assert of_events == dict(Rating.objects.filter(pk__in=of_events).values_list("pk", "ticket_id"))

    def test_files_come_along(self) -> None:
        for attachment in Attachment.objects.select_related("message"):
            assert attachment.message is not None
            assert attachment.file.storage.exists(str(attachment.file.name))


def _check_events(ticket: Ticket, events: list[TicketEvent]) -> None:
    """What the events say happened adds up to what the ticket is, and each message has its own."""
    assert ticket.last_event_id == events[-1].pk
    loud = [event for event in events if not is_quiet(event.kind, event.payload)]
    assert ticket.updated_at == max(event.created_at for event in loud)
    assert ticket.created_at == events[0].created_at
    last = {event.kind: event.payload for event in events}
    moves = [event.payload for event in events if event.kind == "status.changed"]
    assert ticket.status == (moves[-1]["new"] if moves else Status.NEW)
    assert all(move["new"] in MOVES[move["old"]] for move in moves)
    assert ticket.priority == last.get("priority.changed", {}).get("new", "")
    assert ticket.assignee_id == last.get("assignee.changed", {}).get("new_id")
    assert ticket.subject == last["ticket.opened"]["subject"]
    written = [event for event in events if event.kind in WRITTEN]
    assert [event.message_id for event in written] == list(ticket.messages.order_by("pk").values_list("pk", flat=True))
    assert all(event.payload["message_id"] == event.message_id for event in events if event.message_id)
    customers = {event.actor_customer_id for event in events if event.kind == "ticket.opened"}
    assert customers == {ticket.requester_id}
