"""What rules write to customers and tell staff: no answer in any count, no loop, no word that is not theirs to read."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes
from typing import Any

import pytest
from django.utils import timezone

from channels_app.adapters.email.render import render
from channels_app.inbound import drain, store_raw
from channels_app.models import ChannelAccount, Delivery, InboundPayload
from customers.actors import SYSTEM, Actor
from customers.models import Customer
from helpdesk.accounts.models import Team, User
from tests.cast import open_for
from tests.tickets.automation.rules import asks, does, trigger
from tickets import services
from tickets.models import Inbox, Message, Notification, Rule, Status, Ticket, TicketEvent
from tickets.notifications.centre import page_of
from tickets.services import gesture
from tickets.services.automatic import ANSWERS_AN_HOUR, OF_TICKET_AN_HOUR, bare_subject
from tickets.services.gesture import Gesture
from tickets.services.sending import recount

pytestmark = pytest.mark.django_db
CREATED = [asks("update_type", "is", "Create")]
THANKS = does(
    "notification_user", ["requester_id", "We have it [#{{ticket.id}}]", "Dear {{ticket.requester.name}},\nwe look."]
)


@pytest.fixture
def thanks() -> Rule:
    return trigger("Thanks", CREATED, THANKS)


def letter(text: str = "It rattles again.", **headers: str) -> bytes:
    lines = {
        "From": "Ada Lovelace <ada@example.org>", "To": "support@onethread.test", "Subject": "The engine",
        "Message-ID": f"<{timezone.now().timestamp()}@example.org>", **headers,
    }  # fmt: skip
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in lines.items())
    return f"{head}\r\n{text}\r\n".encode()


def receive(inbox: Inbox, raw: bytes) -> InboundPayload:
    (pk,) = store_raw([ChannelAccount.objects.get(inbox=inbox)], raw, source="pipe")
    drain()
    return InboundPayload.objects.get(pk=pk)


def bytes_of(message: Message) -> Any:
    delivery = Delivery.objects.get(message=message)
    return message_from_bytes(render(message.pk, delivery.mail_id, now=timezone.now()).raw)


def test_it_is_no_reply_in_any_count(thanks: Rule, ada: Customer, support: Inbox) -> None:
    trigger("Public", CREATED, does("reply_public", "Please have patience."))
    actor = Actor.of_customer(ada)
    with services.opening_ticket(ada, "It burns", inbox=support, channel="email", actor=actor) as ticket:
        incoming = services.Incoming("It burns!", from_address="ada@example.org")
        services.receive_message(ticket, incoming, customer=ada, channel="email", actor=actor)
    ticket = Ticket.objects.get(pk=ticket.pk)
    assert (ticket.reply_count, ticket.status, ticket.preview, ticket.message_count) == (0, "new", "It burns!", 3)
    assert ticket.is_waiting and ticket.assignee is None
    kept = {name: getattr(ticket, name) for name in ("reply_count", "waiting_since", "preview", "message_count")}
    recount(Gesture(ticket, SYSTEM, timezone.now()))
    assert kept == {name: getattr(ticket, name) for name in kept}
    assert not TicketEvent.objects.filter(ticket=ticket, kind="reply.added").exists()
    mails = Message.objects.filter(ticket=ticket, is_automatic=True)
    assert [(m.author_role, m.author_name, m.to, m.cause_depth) for m in mails] == [
        ("system", "Thanks", ["ada@example.org"], 1),
        ("system", "Public", ["ada@example.org"], 1),
    ]


def test_the_mail_is_automatic_threads_and_repeats_nothing(thanks: Rule, ada: Customer, support: Inbox) -> None:
    payload = receive(support, letter("Buy cheap watches"))
    assert payload.ticket
    message = Message.objects.get(ticket=payload.ticket, is_automatic=True)
    mail = bytes_of(message)
    assert mail["Auto-Submitted"] == "auto-replied" and mail["X-Auto-Response-Suppress"] == "All"
    assert mail["X-Onethread-Loop"] and mail["Subject"] == f"We have it [#{payload.ticket.number}]"
    assert mail["In-Reply-To"].strip("<>") == payload.mail_id and "Ada" not in mail["From"]
    assert Delivery.objects.get(message=message).envelope_from == ""
    text = mail.get_payload()[0].get_payload(decode=True).decode()
    assert "Dear Ada Lovelace" in text and "watches" not in text


def test_no_note_and_no_strangers_words_get_out(adas_ticket: Ticket, grace: User, ada: Customer) -> None:
    actor = Actor.agent(grace)
    services.add_note(adas_ticket, "<p>SECRET: she is a spy</p>", actor=actor)
    stranger = services.Incoming("STRANGER speaks", from_address="eve@example.com", is_unverified=True)
    services.receive_message(adas_ticket, stranger, customer=ada, channel="email", actor=SYSTEM)
    everything = " ".join(
        "{{ticket." + name + "}}"
        for name in (
            "latest_comment", "latest_public_comment", "description", "comments_formatted", "latest_comment_html",
            "public_comments_formatted", "latest_comment_formatted",
        )
    )  # fmt: skip
    one_by_one = "{% for c in ticket.comments %}{{ c.value }}{% endfor %}"
    rule = trigger(
        "All",
        [asks("status", "value", "solved")],
        does("notification_user", ["requester_id", "{{ticket.latest_comment}}", everything]),
        does("reply_public", everything + one_by_one),
    )
    with gesture(adas_ticket, actor=actor):
        services.add_note(adas_ticket, "<p>SECRET again</p>", actor=actor)
        services.change_status(adas_ticket, Status.SOLVED, actor=actor)
    mails = list(Message.objects.filter(is_automatic=True, kind="public"))
    assert len(mails) == 2 and rule.is_active
    for message in mails:
        whole = bytes_of(message).as_string() + message.subject + message.html + message.text
        for part in bytes_of(message).walk():
            whole += (part.get_payload(decode=True) or b"").decode(errors="replace")
        assert "SECRET" not in whole and "STRANGER" not in whole and "rattles" in whole


def test_a_strangers_words_are_not_passed_on(ada: Customer, grace: User, support: Inbox) -> None:
    """Whoever writes in the name of somebody new gets nothing of their own to that address, nor to any in copy."""
    words = (
        "{{ticket.title}} {{ticket.description}} {{ticket.latest_comment}} {{ticket.public_comments_formatted}} "
        "{{ticket.requester.name}} {{ticket.requester.first_name}} {{current_user.name}} {{ticket.cc_names}}"
    )
    whom = "requester_and_ccs"
    trigger("All", CREATED, does("notification_user", [whom, words, words]), does("reply_public", words))
    spoofed = {"From": "Buy now spam.example/x <new@example.net>", "Subject": "SPAM is cheap"}
    first = receive(support, letter("SPAM too", Cc="SPAM <victim@example.net>", **spoofed)).ticket
    assert first
    mails = list(Message.objects.filter(ticket=first, is_automatic=True))
    assert len(mails) == 2
    for message in mails:
        sent = bytes_of(message)
        parts = [part.get_payload(decode=True) or b"" for part in sent.walk()]
        whole = str(sent["Subject"]) + message.html + b"".join(parts).decode()
        assert "SPAM" not in whole and "spam.example" not in whole and "Your message" in sent["Subject"]
        assert (message.to, message.cc) == (["new@example.net"], [])
        assert sent["To"] == "new@example.net"
    services.add_reply(first, "<p>Who are you?</p>", actor=Actor.agent(grace))
    second = receive(support, letter("The engine smokes", From="new@example.net", Subject="A smoke")).ticket
    known = Message.objects.filter(ticket=second, is_automatic=True).latest("pk")
    assert "The engine smokes" in known.text and known.subject == "A smoke"


def test_strangers_of_one_domain_are_answered_only_so_often(
    thanks: Rule, support: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tickets.services.automatic.ANSWERS_OF_DOMAIN_AN_HOUR", 2)
    for name in ("a", "b", "c", "d"):
        receive(support, letter(From=f"{name}@example.net"))
    receive(support, letter(From="a@elsewhere.example"))
    answered = Message.objects.filter(is_automatic=True).order_by("pk").values_list("to", flat=True)
    assert list(answered) == [["a@example.net"], ["b@example.net"], ["a@elsewhere.example"]]


def test_staff_are_told_what_staff_may_read(adas_ticket: Ticket, grace: User, alan: User, linus: User) -> None:
    trigger("Team", [asks("priority", "value", "urgent")],
            does("notification_group", ["group_id", "Hurry: {{ticket.title}}", "{{ticket.latest_comment}}"]),
            does("notification_user", [str(linus.pk), "For you", "Read it."]))  # fmt: skip
    with gesture(adas_ticket, actor=Actor.agent(alan)) as g:
        services.add_note(g.ticket, "<p>SECRET for us</p>", actor=g.actor)
        services.change_priority(g.ticket, "urgent", actor=g.actor)
    (group,) = page_of(grace).groups
    (told,) = group.told
    assert (told.sentence, told.preview) == ("Hurry: The engine rattles", "SECRET for us")
    assert told.row.actor_name == "Team" and told.row.email_due_at
    assert page_of(linus).groups[0].told[0].sentence == "For you"
    assert not Notification.objects.filter(user=alan, kind="rule").exists()


def test_whoever_may_not_see_the_ticket_is_not_told(adas_ticket: Ticket, grace: User, alan: User) -> None:
    legal = Team.objects.create(name="Legal", is_private=True)
    trigger(
        "Leak", [asks("priority", "changed")], does("notification_user", ["all_agents", "Look", "{{ticket.title}}"])
    )
    services.assign_team(adas_ticket, legal, actor=SYSTEM)
    services.change_priority(adas_ticket, "high", actor=SYSTEM)
    assert not Notification.objects.filter(kind="rule").exists()


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"List_Id": "<news.example.org>"},
        {"X_Auto_Response_Suppress": "All"},
        {"From": "no-reply@example.org"},
        {"Return_Path": "<>"},
    ],
)
def test_no_machine_is_answered(thanks: Rule, ada: Customer, support: Inbox, headers: dict[str, str]) -> None:
    payload = receive(support, letter(**headers))
    assert not Message.objects.filter(is_automatic=True).exists()
    if payload.ticket:
        held = TicketEvent.objects.get(ticket=payload.ticket, kind="rule.mail_held")
        assert held.payload["reason"] == "machine" and held.rule_id == thanks.pk


def test_a_rule_caused_by_a_rules_mail_comes_to_an_end(adas_ticket: Ticket, support: Inbox, grace: User) -> None:
    """rule → mail → automatic answer → rule → note … each answer is one deeper, the third is the last."""
    trigger("Answer", [asks("comment_is_public", "is", "true")], does("reply_internal", "Somebody wrote."))
    services.add_reply(adas_ticket, "<p>Hello</p>", actor=Actor.agent(grace))
    for depth in range(1, 6):
        incoming = services.Incoming("I am away", from_address="ada@example.org", is_auto_reply=True)
        with gesture(adas_ticket, actor=Actor.of_customer(adas_ticket.requester), depth=min(depth, 3)):
            services.receive_message(
                adas_ticket, incoming, customer=adas_ticket.requester, channel="email", actor=SYSTEM
            )
    depths = list(TicketEvent.objects.filter(kind="rule.fired").values_list("cause_depth", flat=True))
    assert depths == [1, 2, 3]
    stopped = TicketEvent.objects.filter(kind="rules.stopped")
    assert [(event.payload["reason"], event.payload["rules"]) for event in stopped] == [("depth", ["Answer"])] * 3


def test_an_automatic_answer_knows_the_rules_behind_it(thanks: Rule, ada: Customer, support: Inbox) -> None:
    payload = receive(support, letter())
    assert payload.ticket
    sent = Message.objects.get(is_automatic=True)
    mail_id = Delivery.objects.get(message=sent).mail_id
    receive(support, letter("I am away", Auto_Submitted="auto-replied", In_Reply_To=f"<{mail_id}>"))
    answer = Message.objects.get(is_auto_reply=True)
    assert answer.ticket == payload.ticket and answer.cause_depth == 1
    assert TicketEvent.objects.get(kind="message.received", message=answer).cause_depth == 1


def test_a_customer_is_not_answered_round_and_round(ada: Customer, support: Inbox) -> None:
    trigger("Echo", [asks("comment_is_public", "is", "true")], does("reply_public", "We got it."))
    for number in range(ANSWERS_AN_HOUR + 3):
        open_for(ada, support, f"Another {'abcdefgh'[number]}")
    assert Message.objects.filter(is_automatic=True).count() == ANSWERS_AN_HOUR
    ticket = Ticket.objects.order_by("pk").first()
    assert ticket
    incoming = services.Incoming("And again", from_address="ada@example.org")
    later = timezone.now() + timedelta(hours=2)
    for minutes in (0, 5):
        services.receive_message(
            ticket, incoming, customer=ada, channel="email", actor=Actor.of_customer(ada),
            now=later + timedelta(minutes=minutes),
        )  # fmt: skip
    assert Message.objects.filter(is_automatic=True, ticket=ticket).count() == 1  # one a day on each ticket
    held = TicketEvent.objects.filter(kind="rule.mail_held")
    assert {event.payload["reason"] for event in held} == {"often"}


@pytest.mark.parametrize(
    ("subject", "bare"),
    [
        ("Re: AW: [#123] The  Engine 4711", "the engine"),
        ("Re[2]: Fwd: the engine", "the engine"),
        ("Report: 3 cogs", "report: cogs"),
        ("42", ""),
        ("", ""),
    ],
)
def test_a_subject_without_what_makes_no_difference(subject: str, bare: str) -> None:
    assert bare_subject(subject) == bare


def test_the_same_subject_again_and_again_is_not_answered(thanks: Rule, ada: Customer, support: Inbox) -> None:
    for number in range(1, 5):
        receive(support, letter(Subject=f"Backup {number} failed"))
    receive(support, letter(Subject="Something else"))
    answered = Message.objects.filter(is_automatic=True).order_by("pk").values_list("ticket__subject", flat=True)
    assert list(answered) == ["Backup 1 failed", "Backup 2 failed", "Something else"]
    held = TicketEvent.objects.filter(kind="rule.mail_held").values_list("payload__reason", flat=True)
    assert set(held) == {"often"} and len(held) == 2


def test_one_ticket_is_not_mailed_again_and_again(adas_ticket: Ticket, grace: User) -> None:
    trigger("Nag", [asks("role", "is", "agent")], does("notification_user", ["requester_id", "News", "Something."]))
    for number in range(OF_TICKET_AN_HOUR + 2):
        services.change_subject(adas_ticket, f"Subject {number}", actor=Actor.agent(grace))
    assert Message.objects.filter(is_automatic=True).count() == OF_TICKET_AN_HOUR


def test_a_rule_that_does_the_same_again_and_again_is_stopped(adas_ticket: Ticket, grace: User) -> None:
    trigger(
        "Loop",
        [asks("subject_includes_word", "includes", "subject")],
        does("notification_user", ["all_agents", "It", "is"]),
    )
    for number in range(33):
        services.change_subject(adas_ticket, f"Subject {number}", actor=Actor.agent(grace))
    assert TicketEvent.objects.filter(kind="rule.fired").count() == 30
    assert TicketEvent.objects.filter(kind="rules.stopped", payload__reason="often").count() == 3


def test_a_flood_of_mails_leaves_rules_out(adas_ticket: Ticket, ada: Customer) -> None:
    trigger("Any", [asks("role", "is", "end_user")], does("current_tags", "wrote"))
    for _number in range(20):
        services.receive_message(
            adas_ticket, services.Incoming("x"), customer=ada, channel="email", actor=Actor.of_customer(ada)
        )
    assert TicketEvent.objects.filter(kind="rules.stopped", payload__reason="flood").exists()


def test_without_an_address_or_an_inbox_it_is_held_and_nothing_else_is_lost(adas_ticket: Ticket, grace: User) -> None:
    trigger(
        "Mail",
        [asks("priority", "changed")],
        does("notification_user", ["requester_id", "A", "B"]),
        does("type", "task"),
    )
    adas_ticket.inbox.is_active = False
    adas_ticket.inbox.save()
    services.change_priority(adas_ticket, "high", actor=Actor.agent(grace))
    assert Ticket.objects.get(pk=adas_ticket.pk).type == "task"
    assert TicketEvent.objects.get(kind="rule.mail_held").payload["reason"] == "inbox"
