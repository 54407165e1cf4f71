"""Somebody writes by a form: what is asked, what is kept, and how it becomes a ticket."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from channels_app.contact_mails import OUTBOX
from customers.models import Customer, Identity
from helpdesk.accounts.models import Team, User
from knowledge_base.models import HelpCentre, Offer, Offered
from knowledge_base.publishing import publish
from knowledge_base.writing import create_article
from tests.tickets.portal.conftest import SignIn
from tickets.knowledge import answers
from tickets.models import Attachment, Channel, ContactFile, ContactForm, ContactRequest, Inbox, RequestState, Ticket
from tickets.portal import contact_links, form_guard
from tickets.portal.opening import expire_requests, open_request, withdraw
from tickets.starter import create_habits

WORDS = {"name": "Ada Lovelace", "email": "ada@example.org", "subject": "The engine rattles", "text": "All day long."}


@pytest.fixture
def form(support: Inbox) -> ContactForm:
    """Returns: an order is named only if there is one."""
    return ContactForm.objects.create(
        slug="returns",
        texts={"en": {"title": "Returns"}},
        inbox=support,
        fields=[
            {
                "key": "bought", "kind": "choice", "is_required": True, "texts": {"en": {"label": "Bought where"}},
                "options": [
                    {"value": "shop", "texts": {"en": {"label": "In a shop"}}},
                    {"value": "online", "texts": {"en": {"label": "Online"}}},
                ],
            },
            {
                "key": "order", "kind": "text", "is_required": True, "texts": {"en": {"label": "Order number"}},
                "shown_when": {"field": "bought", "is": ["online"]},
            },
        ],
    )  # fmt: skip


def filled(client: Client, path: str = "/contact/", **more: Any) -> dict[str, Any]:
    """The page as somebody sends it who took their time."""
    page = client.get(path).content.decode()
    stamp = re.search(r'name="stamp" value="([^"]+)"', page)
    assert stamp
    known = form_guard.read_stamp(stamp[1])
    assert known
    earlier = form_guard.new_stamp(timezone.now() - timedelta(minutes=1), known.key)
    return {**WORDS, "stamp": str(earlier), "language": "en", **more}


def send(client: Client, path: str = "/contact/", **more: Any) -> Any:
    return client.post(path, filled(client, path, **more))


def link_in(message: Any) -> str:
    text = message.message().get_body(("plain",)).get_content()
    found = re.search(r"https?://[^/\s]+(/contact/requests/\S+)", text)
    assert found
    return found[1]


def test_a_request_becomes_a_ticket_when_its_link_is_opened_and_its_button_pressed(
    client: Client, support: Inbox, radia: User
) -> None:
    create_habits(radia)  # with the trigger that acknowledges
    response = send(client)
    assert response.status_code == 302
    assert b"ada@example.org" in client.get(response["Location"]).content
    assert not Ticket.objects.exists()
    assert not Customer.objects.exists()

    assert OUTBOX.send_due() == 1
    assert mail.outbox[0].to == ["ada@example.org"]
    path = link_in(mail.outbox[0])
    assert client.get(path).status_code == 200  # looking changes nothing: scanners open every link
    assert not Ticket.objects.exists()

    assert client.post(path, follow=True).status_code == 200
    ticket = Ticket.objects.get()
    message = ticket.messages.get(author_role="")
    assert (ticket.subject, ticket.channel, ticket.team) == ("The engine rattles", Channel.FORM, support.team)
    assert (message.text, message.from_address, message.match_rule) == ("All day long.", "ada@example.org", "form")
    assert Identity.objects.get(value="ada@example.org").is_verified
    assert ticket.events.filter(kind="message.received").exists()
    assert ticket.messages.filter(is_automatic=True).get().to == ["ada@example.org"]  # acknowledged

    again = client.post(path, follow=True)  # pressed twice
    assert f"<b>{ticket.pk}</b>".encode() in again.content
    assert Ticket.objects.count() == 1


def test_nothing_that_was_written_reaches_somebody_elses_mailbox(client: Client, support: Inbox) -> None:
    send(client, name="Buy pills", subject="Cheap pills", text="At pills.example")
    OUTBOX.send_due()
    assert "pills" not in mail.outbox[0].message().as_string()


def test_the_words_lie_in_the_ticket_and_no_longer_in_the_request(client: Client, support: Inbox) -> None:
    send(client)
    request = ContactRequest.objects.get()
    open_request(request)
    request.refresh_from_db()
    assert (request.state, request.subject, request.text, request.name) == (RequestState.OPENED, "", "", "")


def test_sending_the_same_page_twice_is_one_request(client: Client, support: Inbox) -> None:
    data = filled(client)
    first, second = client.post("/contact/", data), client.post("/contact/", data)
    assert ContactRequest.objects.count() == 1
    assert first["Location"].partition("?")[0] == second["Location"].partition("?")[0]


def test_only_questions_that_are_asked_have_to_be_answered(client: Client, form: ContactForm) -> None:
    path = "/contact/returns/"
    missing = send(client, path)
    assert missing.status_code == 422
    assert b"Please answer this." in missing.content
    assert send(client, path, q_bought="online").status_code == 422  # then the order has to be named
    assert send(client, path, q_bought="shop", q_order="A-1").status_code == 302
    assert ContactRequest.objects.get().answers == {"bought": "shop"}  # not asked, so not kept


def test_answers_stand_below_the_words_in_the_ticket(client: Client, form: ContactForm) -> None:
    send(client, "/contact/returns/", q_bought="online", q_order="A-1 <b>")
    ticket = open_request(ContactRequest.objects.get())
    message = ticket.messages.get()
    assert message.text == "All day long.\n\nBought where: Online\nOrder number: A-1 <b>"
    assert "<strong>Order number:</strong> A-1 &lt;b&gt;" in message.html
    assert message.match_evidence == {"form": "Returns"}


def test_an_answer_that_is_not_on_offer_is_refused(client: Client, form: ContactForm) -> None:
    response = send(client, "/contact/returns/", q_bought="moon")
    assert b"This is not one of the choices." in response.content


def test_questions_hide_by_a_style_sheet_that_needs_no_script(client: Client, form: ContactForm) -> None:
    page = client.get("/contact/returns/").content.decode()
    assert "#q_order_box{display:none}" in page
    assert "[name=q_bought] option:is([value=online]):checked" in page
    assert "Only if “Bought where: Online”:" in page  # for browsers that do not know :has()


def test_a_form_says_team_priority_and_tags(client: Client, form: ContactForm) -> None:
    team = Team.objects.create(name="Depot")
    ContactForm.objects.filter(pk=form.pk).update(team=team, priority="high", tags=["return"])
    send(client, "/contact/returns/", q_bought="shop")
    ticket = open_request(ContactRequest.objects.get())
    assert (ticket.team, ticket.priority, ticket.tags) == (team, "high", ["return"])


def test_files_wait_with_the_request_and_come_to_the_ticket(client: Client, support: Inbox) -> None:
    send(client, files=SimpleUploadedFile("cogs.txt", b"cogs"))
    kept = ContactFile.objects.get()
    ticket = open_request(kept.request)
    attachment = Attachment.objects.get(message__ticket=ticket)
    assert (attachment.filename, attachment.file.read()) == ("cogs.txt", b"cogs")
    assert attachment.file.name == kept.file
    assert not ContactFile.objects.exists()


def test_a_storage_that_is_away_loses_no_words(
    client: Client, support: Inbox, settings: Settings, tmp_path: Path
) -> None:
    media, nothing = settings.MEDIA_ROOT, tmp_path / "no folder"
    nothing.write_bytes(b"")
    settings.MEDIA_ROOT = str(nothing)
    response = send(client, files=SimpleUploadedFile("cogs.txt", b"cogs"))
    assert response.status_code == 422 and b"All day long." in response.content
    assert not ContactRequest.objects.exists()

    settings.MEDIA_ROOT = media
    send(client, files=SimpleUploadedFile("cogs.txt", b"cogs"))
    settings.MEDIA_ROOT = str(nothing)
    link = contact_links.mail_link(ContactRequest.objects.get()).removeprefix(settings.PUBLIC_URL)
    assert client.post(link).status_code == 422
    settings.MEDIA_ROOT = media
    assert client.post(link).status_code == 302
    assert Attachment.objects.get().file.read() == b"cogs"


@pytest.mark.parametrize(("name", "content"), [("cogs.exe", b"MZ"), ("empty.txt", b"")])
def test_programs_and_empty_files_are_refused_and_nothing_is_kept(
    client: Client, support: Inbox, name: str, content: bytes
) -> None:
    response = send(client, files=SimpleUploadedFile(name, content))
    assert response.status_code == 422
    assert not ContactRequest.objects.exists()
    assert b"All day long." in response.content  # the words stay


def test_six_files_are_one_too_many(client: Client, support: Inbox) -> None:
    response = send(client, files=[SimpleUploadedFile(f"{at}.txt", b"cogs") for at in range(6)])
    assert b"At most 5 files" in response.content


def test_a_robot_that_fills_in_everything_is_thanked_and_forgotten(client: Client, support: Inbox) -> None:
    response = send(client, website="https://pills.example")
    assert response.status_code == 200
    assert not ContactRequest.objects.exists()


@pytest.mark.parametrize("stamp", ["", "forged.1.aaaaaaaaaaaaaaaa", "now"])
def test_who_sends_at_once_or_without_the_page_is_asked_to_send_again(
    client: Client, support: Inbox, stamp: str
) -> None:
    stamp = str(form_guard.new_stamp(timezone.now())) if stamp == "now" else stamp
    response = send(client, stamp=stamp)
    assert response.status_code == 422
    assert not ContactRequest.objects.exists()
    assert b"press" in response.content


def test_a_day_old_page_is_sent_with_one_more_click(client: Client, support: Inbox) -> None:
    old = form_guard.new_stamp(timezone.now() - timedelta(days=2))
    response = send(client, stamp=str(old))
    fresh = re.search(rb'name="stamp" value="([^"]+)"', response.content)
    assert fresh
    assert fresh[1].decode().startswith(str(old.key))  # it is still the same request


def test_at_most_three_links_an_hour_go_to_one_address(client: Client, support: Inbox) -> None:
    for _time in range(3):
        assert send(client).status_code == 302
        withdraw(ContactRequest.objects.order_by("-pk")[0])  # withdrawing does not reset the count
    response = send(client)
    assert response.status_code == 422
    assert b"Look into your mailbox" in response.content
    assert ContactRequest.objects.count() == 3


def test_no_link_goes_to_an_inbox_of_ours(client: Client, support: Inbox) -> None:
    send(client, email="support+x@onethread.test")
    assert OUTBOX.send_due() == 0


def test_who_is_signed_in_has_a_ticket_at_once(sign_in: SignIn, ada: Customer, support: Inbox) -> None:
    client = sign_in("ada@example.org")
    page = client.get("/contact/").content
    assert b"You write as" in page
    assert b'name="email"' not in page
    response = send(client)
    ticket = Ticket.objects.get()
    assert ticket.requester == ada
    assert f"<b>{ticket.pk}</b>".encode() in client.get(response["Location"]).content
    assert ticket.messages.get().match_rule == "form-signed-in"


def test_a_withdrawn_request_is_deleted_and_can_not_be_opened(client: Client, support: Inbox) -> None:
    send(client, files=SimpleUploadedFile("cogs.txt", b"cogs"))
    request = ContactRequest.objects.get()
    token = contact_links.token_of(request, contact_links.PAGE)
    client.post(f"/contact/sent/{token}/withdrawal/")
    request.refresh_from_db()
    assert (request.state, request.text, request.mail_due_at) == (RequestState.WITHDRAWN, "", None)
    assert not ContactFile.objects.exists()
    assert OUTBOX.send_due() == 0
    client.post(f"/contact/requests/{contact_links.token_of(request, contact_links.MAIL)}/")
    assert not Ticket.objects.exists()


def test_the_page_of_the_sender_does_not_open_it(client: Client, support: Inbox) -> None:
    send(client)
    token = contact_links.token_of(ContactRequest.objects.get(), contact_links.PAGE)
    assert client.post(f"/contact/requests/{token}/").status_code == 404
    assert client.post("/contact/requests/1.aaaaaaaaaaaaaaaa/").status_code == 404


def test_what_nobody_proved_in_three_days_is_forgotten(client: Client, support: Inbox) -> None:
    send(client)
    request = ContactRequest.objects.get()
    later = timezone.now() + timedelta(days=4)
    assert expire_requests(now=later) == 1
    request.refresh_from_db()
    assert (request.state, request.email, request.text) == (RequestState.EXPIRED, "", "")
    path = f"/contact/requests/{contact_links.token_of(request, contact_links.MAIL)}/"
    assert client.get(path).status_code == 410


def test_topics_are_offered_where_there_are_several(client: Client, form: ContactForm, support: Inbox) -> None:
    ContactForm.objects.create(slug="other", texts={"en": {"title": "Other"}}, inbox=support, position=1)
    page = client.get("/contact/?article=7").content.decode()
    assert "/contact/returns/?article=7" in page
    assert client.get("/contact/nowhere/").status_code == 404
    ContactForm.objects.filter(slug="other").update(is_active=False)
    assert client.get("/contact/other/").status_code == 404


def test_without_an_inbox_nothing_is_promised(client: Client, db: None) -> None:
    response = send(client)
    assert b"Nobody takes requests here" in response.content


def test_a_brands_customers_stay_with_the_brand(
    client: Client, support: Inbox, radia: User, grace: User, settings: Settings
) -> None:
    settings.ALLOWED_HOSTS, settings.PUBLIC_URL = ["*"], "https://support.example:8443"
    create_habits(radia)  # with the trigger that acknowledges
    for host in ("", "tea.example"):
        centre = HelpCentre.objects.create(name="Engines", host=host, languages=["en"], default_language="en")
        section = centre.categories.create(texts={}).sections.create(texts={})
        article = create_article(section, "en", by=grace, title="The engine rattles", body="<p>Oil it.</p>")
        publish(article, by=grace)
    response = client.post("/contact/", filled(client), headers={"host": "tea.example:8443"})
    assert response.status_code == 302
    OUTBOX.send_due()
    assert b"https://tea.example:8443/contact/requests/" in mail.outbox[0].message().as_bytes()

    client.post(link_in(mail.outbox[0]), headers={"host": "tea.example:8443"})
    sent = Ticket.objects.get().messages.get(is_automatic=True)
    assert f"https://tea.example:8443/contact/answers/{answers.token_of(sent.ticket)}/solved/" in sent.text
    offered = Offer.objects.get(offered_in=Offered.ACKNOWLEDGEMENT)
    assert (offered.centre, offered.article_ids) == (centre, [article.article_id])


def test_what_is_wrong_is_where_the_browser_goes_and_files_are_asked_for_again(
    client: Client, form: ContactForm
) -> None:
    files = SimpleUploadedFile("cogs.txt", b"cogs")
    page = send(client, "/contact/returns/", text="", files=files).content.decode()
    focused = re.findall(r"<(?:input|select|textarea)[^>]*\bautofocus\b[^>]*>", page)
    assert len(focused) == 1 and 'name="q_bought"' in focused[0]  # it stands above the words, which are missing too
    assert "Please choose your files once more" in page
    assert "once more" not in client.get("/contact/returns/").content.decode()
    assert 'dir="auto"' in re.findall(r'<input[^>]*name="subject"[^>]*>', page)[0]
