"""The feedback board: what customers ask for, in their own words, and telling those who asked."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from customers import consent, merging
from customers.actors import Actor
from customers.errors import Refused
from customers.identify import identify
from customers.models import Customer, Organisation, RecordEvent
from helpdesk.accounts.models import Role, User
from tests.cast import open_for, staff
from tickets.insights import board, telling
from tickets.models import Excerpt, Inbox, Message, Status, Ticket, ToldCustomer, Topic
from tickets.services import add_note, add_reply, change_status

pytestmark = pytest.mark.django_db


@pytest.fixture
def topic(grace: User) -> Topic:
    return board.create_topic("Quieter engines", by=grace, tags_in="engine, noise")


@pytest.fixture
def maya(db: None) -> Customer:
    return identify("email", "maya@example.com", name="Maya").customer


def share(topic: Topic, ticket: Ticket, by: User) -> Excerpt:
    message = Message.objects.filter(ticket=ticket, author_role="").latest("pk")
    return board.share_feedback(topic, ticket.requester, message.text, by=by, message=message)


def test_an_excerpt_is_a_part_of_what_the_customer_wrote(adas_ticket: Ticket, topic: Topic, grace: User) -> None:
    said = Message.objects.get(ticket=adas_ticket)
    shared = board.share_feedback(topic, adas_ticket.requester, "rattles when  it multiplies", by=grace, message=said)
    assert board.share_feedback(topic, adas_ticket.requester, shared.words, by=grace, message=said) == shared
    with pytest.raises(Refused, match="do not stand in the message"):
        board.share_feedback(topic, adas_ticket.requester, "It is wonderful.", by=grace, message=said)
    note = add_note(adas_ticket, "<p>She is right.</p>", actor=Actor.agent(grace))
    with pytest.raises(Refused, match="Only what a customer wrote"):
        board.share_feedback(topic, adas_ticket.requester, "She is right.", by=grace, message=note)
    event = RecordEvent.objects.get(kind="feedback.shared")
    assert event.payload == {"excerpt_id": shared.pk, "topic_id": topic.pk, "topic": "Quieter engines"}


def test_the_board_counts_customers_and_organisations(
    adas_ticket: Ticket, maya: Customer, support: Inbox, topic: Topic, grace: User
) -> None:
    company = Organisation.objects.create(name="Analytical Engines")
    Customer.objects.update(organisation=company)
    other = board.create_topic("Cheaper engines", by=grace)
    share(topic, adas_ticket, grace)
    share(topic, open_for(maya, support, "So loud"), grace)
    board.share_feedback(topic, maya, "She said it again on the phone.", by=grace)
    counted = {each: (each.customers, each.organisations, each.said) for each in board.board()}
    assert counted == {topic: (2, 1, 3), other: (0, 0, 0)}
    assert list(board.board(tag="noise")) == [topic] and list(board.board(status="done")) == []
    assert board.create_topic("QUIETER engines", by=grace) == topic


def test_those_who_asked_are_told_once(
    adas_ticket: Ticket, maya: Customer, support: Inbox, topic: Topic, grace: User
) -> None:
    closed = open_for(maya, support, "So loud")
    for ticket in (adas_ticket, closed):
        share(topic, ticket, grace)
    add_reply(adas_ticket, "<p>We pass it on.</p>", actor=Actor.agent(grace))
    change_status(closed, Status.SOLVED, actor=Actor.agent(grace))
    everybody = {adas_ticket.requester_id, maya.pk}
    with pytest.raises(Refused, match="planned or done"):
        telling.tell_those_who_asked(topic, everybody, "Soon.", way="message", by=grace)
    topic = board.change_topic(topic, status="done")
    words = telling.prepared_words(topic)
    assert telling.tell_those_who_asked(topic, everybody, words, way="message", by=grace) == 2
    with pytest.raises(Refused, match="not told yet"):
        telling.tell_those_who_asked(topic, everybody, words, way="message", by=grace)
    assert (telling.tell_next(), telling.tell_next()) == (2, 0)
    sent = {message.to[0]: message for message in Message.objects.filter(text__contains="It is done").order_by("pk")}
    assert sent.keys() == {"ada@example.org", "maya@example.com"}
    assert sent["ada@example.org"].ticket == adas_ticket
    assert sent["ada@example.org"].text.startswith("Hello Ada Lovelace,")
    new = sent["maya@example.com"].ticket
    assert new != closed and (new.requester, new.subject, new.status) == (maya, "Quieter engines", Status.SOLVED)
    assert set(ToldCustomer.objects.values_list("state", "status")) == {("told", "done")}


def test_one_who_can_not_be_told_does_not_keep_the_others_waiting(
    adas_ticket: Ticket, maya: Customer, support: Inbox, topic: Topic, grace: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for ticket in (adas_ticket, open_for(maya, support, "So loud")):
        share(topic, ticket, grace)
    topic = board.change_topic(topic, status="done")
    telling.tell_those_who_asked(topic, {adas_ticket.requester_id, maya.pk}, "Done.", way="note", by=grace)

    def broken_for_ada(ticket: Ticket, *args: Any, **kwargs: Any) -> Message:
        if ticket == adas_ticket:
            raise ZeroDivisionError
        return add_note(ticket, *args, **kwargs)

    monkeypatch.setattr("tickets.insights.telling.add_note", broken_for_ada)
    assert telling.tell_next() == 2
    told = dict(ToldCustomer.objects.values_list("customer__name", "state"))
    assert sorted(told.values()) == ["failed", "told"] and told[adas_ticket.requester.name] == "failed"


def test_a_ticket_that_waits_for_another_answer_is_left_alone(adas_ticket: Ticket, topic: Topic, grace: User) -> None:
    share(topic, adas_ticket, grace)
    topic = board.change_topic(topic, status="planned")
    telling.tell_those_who_asked(topic, {adas_ticket.requester_id}, "Hello {name}", way="message", by=grace)
    telling.tell_next()
    adas_ticket.refresh_from_db()
    assert adas_ticket.is_waiting
    assert Message.objects.get(text="Hello Ada Lovelace").ticket != adas_ticket


def test_who_does_not_want_to_be_written_to_is_not(adas_ticket: Ticket, topic: Topic, grace: User) -> None:
    ada = adas_ticket.requester
    share(topic, adas_ticket, grace)
    topic = board.change_topic(topic, status="planned")
    telling.tell_those_who_asked(topic, {ada.pk}, "Hello", way="message", by=grace)
    consent.set_consent(ada, "email", "support", False, actor=Actor.agent(grace))  # between choosing and sending
    telling.tell_next()
    row = ToldCustomer.objects.get()
    assert (row.state, row.detail) == ("failed", "They do not want to be written to.")
    assert not Message.objects.filter(text="Hello").exists()
    assert [asker.hindrance for asker in telling.askers(topic)] == ["does not want to be written to"]


def test_a_note_tells_whoever_answers_them(adas_ticket: Ticket, topic: Topic, grace: User) -> None:
    share(topic, adas_ticket, grace)
    topic = board.change_topic(topic, status="planned")
    telling.tell_those_who_asked(topic, {adas_ticket.requester_id}, "Tell {name} next time.", way="note", by=grace)
    telling.tell_next()
    note = Message.objects.get(kind="note")
    assert (note.ticket, note.text) == (adas_ticket, "Tell Ada Lovelace next time.")


def test_who_may_no_longer_write_tells_nobody(adas_ticket: Ticket, topic: Topic, grace: User) -> None:
    share(topic, adas_ticket, grace)
    topic = board.change_topic(topic, status="planned")
    telling.tell_those_who_asked(topic, {adas_ticket.requester_id}, "Hello", way="message", by=grace)
    User.objects.filter(pk=grace.pk).update(role=Role.LIGHT)
    telling.tell_next()
    assert ToldCustomer.objects.get().state == "failed"


def test_merged_people_asked_as_one(
    adas_ticket: Ticket, maya: Customer, support: Inbox, topic: Topic, grace: User
) -> None:
    share(topic, adas_ticket, grace)
    share(topic, open_for(maya, support, "So loud"), grace)
    topic = board.change_topic(topic, status="planned")
    for customer in (adas_ticket.requester, maya):
        telling.tell_those_who_asked(topic, {customer.pk}, "Hello", way="note", by=grace)
    before = list(ToldCustomer.objects.order_by("pk").values("pk", "customer"))
    done = merging.merge(adas_ticket.requester, maya, actor=Actor.agent(grace), confirmed=True)
    assert [each.customers for each in board.board()] == [1]
    assert len(telling.askers(topic)) == 1
    merging.undo(done, actor=Actor.agent(grace))
    assert list(ToldCustomer.objects.order_by("pk").values("pk", "customer")) == before
    assert [each.customers for each in board.board()] == [2]


def test_an_erasure_takes_the_words_and_leaves_the_number(adas_ticket: Ticket, topic: Topic, grace: User) -> None:
    from customers.blanking import blank_rows

    shared = share(topic, adas_ticket, grace)
    blank_rows(Excerpt, {"customer": adas_ticket.requester})
    shared.refresh_from_db()
    assert shared.words == ""
    assert [each.customers for each in board.board()] == [1]


def test_the_pages_from_a_message_to_who_was_told(client: Client, adas_ticket: Ticket, grace: User) -> None:
    client.force_login(grace)
    said = Message.objects.get(ticket=adas_ticket)
    assert (
        f"/customers/feedback/share/?message={said.pk}"
        in client.get(f"/agent/tickets/{adas_ticket.pk}/").content.decode()
    )
    page = client.get(f"/customers/feedback/share/?message={said.pk}&words=It+rattles").content.decode()
    assert ">It rattles</textarea>" in page
    refused = client.post("/customers/feedback/share/", {"message": said.pk, "words": "It rattles"})
    assert refused.status_code == 422 and "Give the topic a title." in refused.content.decode()
    client.post(
        "/customers/feedback/share/", {"message": said.pk, "words": "It rattles", "title": "Quiet", "tags": "a"}
    )
    topic = Topic.objects.get()
    address = f"/customers/feedback/{topic.pk}/"
    assert "It rattles" in client.get(address).content.decode()
    assert "Tell those who asked" not in client.get(address).content.decode()
    client.post(address, {"status": "planned", "owner": grace.pk})
    topic.refresh_from_db()
    assert (topic.status, topic.owner, topic.tags, topic.title) == ("planned", grace, ["a"], "Quiet")
    assert "We have planned it." in client.get(f"{address}telling/").content.decode()
    chosen = {"customers": [adas_ticket.requester_id], "words": "Hello {name}", "way": "message"}
    assert client.post(f"{address}telling/", {**chosen, "customers": []}).status_code == 422
    assert client.post(f"{address}telling/", chosen)["Location"] == address
    telling.tell_next(now=timezone.now())
    assert "Told" in client.get(address).content.decode()
    assert "Quiet" in client.get("/customers/feedback/", {"status": "planned", "tag": "a"}).content.decode()


def test_light_agents_and_other_departments_share_and_change_nothing(
    client: Client, adas_ticket: Ticket, linus: User, topic: Topic
) -> None:
    said = Message.objects.get(ticket=adas_ticket)
    for user in (linus, staff("sam@onethread.test", "Sam Sales", Role.COMPANY)):
        client.force_login(user)
        words = "It rattles when it multiplies.\n\nAda"
        answer = client.post("/customers/feedback/share/", {"message": said.pk, "words": words, "topic": topic.pk})
        assert answer.status_code == 302
        assert client.post(f"/customers/feedback/{topic.pk}/", {"status": "done"}).status_code == 403
        assert client.get(f"/customers/feedback/{topic.pk}/telling/").status_code == 403
    assert Excerpt.objects.get().shared_by == linus


def test_a_refusal_leaves_no_topic(client: Client, adas_ticket: Ticket, grace: User) -> None:
    said = Message.objects.get(ticket=adas_ticket)
    client.force_login(grace)
    sent = {"message": said.pk, "words": "It is wonderful.", "title": "Praise"}
    assert client.post("/customers/feedback/share/", sent).status_code == 422
    assert not Topic.objects.exists()
