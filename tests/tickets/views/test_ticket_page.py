"""The ticket's page: what it shows, to whom, and at what price."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from customers.actors import Actor
from customers.models import Customer
from helpdesk.accounts.models import User
from tests.cast import open_for
from tickets.attachments import File, upload
from tickets.events import KINDS
from tickets.models import DeliveryState, Inbox, Message, Ticket
from tickets.services import (
    Incoming,
    add_follower,
    add_note,
    add_reply,
    change_status,
    note_delivery,
    receive_message,
    reply_recipients,
    save_draft,
)
from tickets.timeline import LINES, MESSAGES_SHOWN, timeline

HTMX = {"HX-Request": "true"}


def page_of(client: Client, ticket: Ticket, part: str = "") -> str:
    answer = client.get(f"/agent/tickets/{ticket.pk}/{part}")
    assert answer.status_code == 200
    return answer.content.decode()


def hear_from(customer: Customer, ticket: Ticket, **fields: object) -> Message:
    words = {"text": "Any news?", "from_address": "ada@example.org", "to": ["support@onethread.test"]}
    incoming = Incoming(**{**words, **fields})  # type: ignore[arg-type]
    return receive_message(ticket, incoming, customer=customer, channel="email", actor=Actor.of_customer(customer))


def test_messages_notes_and_events_stand_in_one_line_of_time(
    graces_browser: Client, grace: User, adas_ticket: Ticket
) -> None:
    actor = Actor.agent(grace)
    add_reply(adas_ticket, "<p>We look into it.</p>", actor=actor)
    add_note(adas_ticket, "<p>Third gear again.</p>", actor=actor)
    change_status(adas_ticket, "pending", actor=actor)
    page = page_of(graces_browser, adas_ticket)
    places = [page.index(words) for words in ("It rattles", "We look into it", "Third gear again", "from Open to")]
    assert places == sorted(places)
    assert "Internal note" in page


def test_the_fragment_answer_carries_title_conversation_and_details_only(
    graces_browser: Client, adas_ticket: Ticket
) -> None:
    answer = graces_browser.get(f"/agent/tickets/{adas_ticket.pk}/", headers=HTMX).content.decode()
    assert answer.lstrip().startswith("<title>")
    assert 'id="conv"' in answer and 'id="props"' in answer
    assert "<html" not in answer and 'id="nav"' not in answer


def test_every_event_kind_has_its_line_or_is_told_by_its_message() -> None:
    told_elsewhere = {
        "ticket.opened", "message.received", "reply.added", "note.added", "rule.mailed", "delivery.changed",
        "assistant.replied", "call.settled", "call.written_up", "call.recorded",
        "message.reacted", "file.fetched", "public_case.opened",
    }  # fmt: skip
    assert set(KINDS) == set(LINES) | told_elsewhere


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (DeliveryState.SENDING, "Being sent"),
        (DeliveryState.SENT, "Sent"),
        (DeliveryState.DEFERRED, "will be tried again"),
        (DeliveryState.FAILED, "mailbox full"),
        (DeliveryState.UNKNOWN, "May not have been sent"),
    ],
)
def test_what_became_of_a_reply_is_said_below_it(
    state: str, words: str, graces_browser: Client, grace: User, adas_ticket: Ticket
) -> None:
    reply = add_reply(adas_ticket, "<p>We look into it.</p>", actor=Actor.agent(grace))
    assert "Undo" in page_of(graces_browser, adas_ticket, "thread/")
    note_delivery(reply, state, detail="mailbox full")
    page = page_of(graces_browser, adas_ticket, "thread/")
    assert words in page
    assert "data-undo" not in page


def test_a_failed_reply_can_be_retried_by_those_who_may_reply(
    graces_browser: Client, grace: User, linus: User, adas_ticket: Ticket
) -> None:
    reply = add_reply(adas_ticket, "<p>We look into it.</p>", actor=Actor.agent(grace))
    note_delivery(reply, DeliveryState.FAILED, detail="mailbox full")
    retry = f"/agent/messages/{reply.pk}/retry/"
    assert retry in page_of(graces_browser, adas_ticket)
    graces_browser.force_login(linus)
    assert retry not in page_of(graces_browser, adas_ticket)


def test_an_unverified_person_is_named_as_one(graces_browser: Client, ada: Customer, adas_ticket: Ticket) -> None:
    hear_from(ada, adas_ticket, from_address="mallory@example.net", is_unverified=True)
    assert "New person, not verified" in page_of(graces_browser, adas_ticket)


def test_an_address_for_answers_elsewhere_is_told_and_not_used(
    graces_browser: Client, ada: Customer, adas_ticket: Ticket
) -> None:
    hear_from(ada, adas_ticket, reply_to="mallory@example.net")
    assert "asks for answers to <b>mallory@example.net</b>" in page_of(graces_browser, adas_ticket)
    assert reply_recipients(Ticket.objects.get(pk=adas_ticket.pk)) == (["ada@example.org"], [])


def test_why_a_message_is_here_is_told(graces_browser: Client, ada: Customer, adas_ticket: Ticket) -> None:
    hear_from(ada, adas_ticket, match_rule="token", match_evidence={"address": "support+t.abc@onethread.test"})
    page = page_of(graces_browser, adas_ticket)
    assert "reply address of this ticket" in page
    assert "support+t.abc@onethread.test" in page


def test_quoted_history_is_folded_and_files_are_listed(
    graces_browser: Client, ada: Customer, adas_ticket: Ticket
) -> None:
    file = File("gear drawing.pdf", "application/pdf", b"%PDF")
    hear_from(ada, adas_ticket, quoted_text="> earlier words", files=[file])
    page = page_of(graces_browser, adas_ticket)
    assert page.index("<details") < page.index("&gt; earlier words")
    assert "gear drawing.pdf" in page and "gear%20drawing.pdf" in page


def test_a_light_agent_gets_notes_only(graces_browser: Client, linus: User, adas_ticket: Ticket) -> None:
    graces_browser.force_login(linus)
    page = page_of(graces_browser, adas_ticket)
    assert 'data-mode="note"' in page
    assert 'data-mode="reply"' not in page
    assert "<ot-pick" not in page


def test_a_closed_ticket_offers_no_composer(graces_browser: Client, grace: User, adas_ticket: Ticket) -> None:
    for status in ("solved", "closed"):
        change_status(adas_ticket, status, actor=Actor.agent(grace))
    page = page_of(graces_browser, adas_ticket)
    assert "<ot-composer" not in page
    assert "This ticket is closed" in page


def test_drafts_come_back_in_their_modes(graces_browser: Client, grace: User, alan: User, adas_ticket: Ticket) -> None:
    file = upload(grace, "plan.txt", b"cogs")
    save_draft(adas_ticket, "reply", "<p>Half a reply</p>", user=grace, version=0, attachment_ids=[file.pk])
    save_draft(adas_ticket, "note", "<p>Half a note</p>", user=grace, version=0)
    save_draft(adas_ticket, "reply", "<p>Another head's words</p>", user=alan, version=0)
    page = page_of(graces_browser, adas_ticket)
    assert "Half a reply" in page and "Half a note" in page and "plan.txt" in page
    assert "Another head" not in page


def test_long_threads_show_the_newest_and_fetch_the_rest(
    graces_browser: Client, ada: Customer, adas_ticket: Ticket
) -> None:
    for n in range(MESSAGES_SHOWN + 4):
        hear_from(ada, adas_ticket, text=f"Message number {n}.")
    newest = page_of(graces_browser, adas_ticket, "thread/")
    assert f"Message number {MESSAGES_SHOWN + 3}." in newest
    assert "It rattles" not in newest
    oldest_shown = timeline(adas_ticket).earlier
    assert f"before={oldest_shown}" in newest
    earlier = page_of(graces_browser, adas_ticket, f"earlier/?before={oldest_shown}")
    assert "It rattles" in earlier and "Message number 3." in earlier
    assert f"Message number {MESSAGES_SHOWN + 3}." not in earlier


@pytest.mark.parametrize("size", [1, 30])
def test_the_page_costs_the_same_number_of_statements_at_any_size(
    size: int, graces_browser: Client, grace: User, alan: User, ada: Customer, support: Inbox, adas_ticket: Ticket,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    file = upload(grace, "plan.txt", b"cogs")
    save_draft(adas_ticket, "reply", "<p>Half a reply</p>", user=grace, version=0, attachment_ids=[file.pk])
    for n in range(size):
        hear_from(ada, adas_ticket, text=f"Message {n}", files=[File(f"{n}.txt", "text/plain", b"x")])
        add_note(adas_ticket, f"<p>Note {n}</p>", actor=Actor.agent(alan))
        add_follower(adas_ticket, [grace, alan][n % 2], actor=Actor.agent(alan))
        open_for(ada, support, f"Other {n}")
    graces_browser.get("/agent/")  # from now on it is known whose session this is, and how many tickets a view has
    with django_assert_max_num_queries(3):
        graces_browser.get(f"/agent/tickets/{adas_ticket.pk}/")
    with django_assert_max_num_queries(3):
        graces_browser.get(f"/agent/tickets/{adas_ticket.pk}/", headers=HTMX)


HOSTILE = (
    '<p onclick="steal()">Hi</p><script>steal()</script><div data-hx-get="/agent/" data-hx-trigger="load">x</div>'
    '<table><tr><td style="position:fixed;inset:0">over all</td></tr></table>'
    '<img src="https://tracker.example/pixel.gif"><img src="cid:logo@example.org">'
)


@pytest.fixture
def hostile_mail(ada: Customer, adas_ticket: Ticket) -> Message:
    """As the pipeline stores it: cleaned once, inline pictures still by their Content-ID."""
    from helpdesk.lib.html import clean_mail_html

    logo = File("logo.png", "image/png", b"\x89PNG", content_id="logo@example.org", inline=True)
    html = clean_mail_html(HOSTILE, allow_remote_images=True)
    return hear_from(ada, adas_ticket, html=html, quoted_html=html, files=[logo])


def test_a_mails_own_html_stays_in_its_frame(graces_browser: Client, hostile_mail: Message) -> None:
    page = page_of(graces_browser, hostile_mail.ticket)
    assert f"/agent/messages/{hostile_mail.pk}/body/" in page
    assert "over all" not in page and "tracker.example" not in page
    assert "Pictures from the internet are blocked" in page


def test_the_frame_may_run_nothing_and_fetch_nothing(graces_browser: Client, hostile_mail: Message) -> None:
    answer = graces_browser.get(f"/agent/messages/{hostile_mail.pk}/body/")
    policy, body = answer["Content-Security-Policy"], answer.content.decode()
    assert "default-src 'none'" in policy and "sandbox" in policy and "allow-scripts" not in policy
    assert "https:" not in policy and "tracker.example" not in body
    assert "steal" not in body and "hx-get" not in body
    attachment = hostile_mail.attachments.get()
    assert f"/agent/attachments/{attachment.pk}/logo.png" in body


def test_remote_pictures_load_when_asked_for(graces_browser: Client, hostile_mail: Message) -> None:
    answer = graces_browser.get(f"/agent/messages/{hostile_mail.pk}/body/?images=1")
    assert "tracker.example" in answer.content.decode()
    assert "img-src 'self' data: https: http:" in answer["Content-Security-Policy"]
    assert answer["Referrer-Policy"] == "no-referrer"


def test_a_strangers_file_is_saved_not_shown(graces_browser: Client, ada: Customer, adas_ticket: Ticket) -> None:
    message = hear_from(ada, adas_ticket, files=[File("page.html", "text/html", b"<script>x</script>")])
    file = message.attachments.get()
    answer = graces_browser.get(f"/agent/attachments/{file.pk}/page.html")
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer["Content-Security-Policy"]
