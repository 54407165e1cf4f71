"""The pages: whole without a script, in the customer's words and language, and closed to everybody else."""

from __future__ import annotations

import re
from datetime import timedelta
from unittest import mock
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.fixtures import Settings

from customers.actors import Actor
from customers.models import Customer, Organisation
from helpdesk.accounts.models import User
from tests.cast import open_for
from tests.tickets.portal.conftest import SignIn
from tests.tickets.portal.test_acting import promise
from tickets.attachments import upload
from tickets.models import Attachment, Inbox, Message, Rating, Status, Ticket
from tickets.services import add_note, add_reply, change_status

pytestmark = pytest.mark.django_db


def html_of(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, path
    return response.content.decode()


def test_the_list_says_how_each_stands(adas: Client, adas_ticket: Ticket, ada: Customer, support: Inbox,
                                       grace: User) -> None:  # fmt: skip
    waits = open_for(ada, support, "Which engine?")
    change_status(waits, Status.PENDING, actor=Actor.agent(grace))
    promise(adas_ticket, hours=5)
    html = html_of(adas, "/requests/")
    assert "Waiting for you" in html and "Received" in html and "Pending" not in html
    assert "answer expected within 5 hours" in html


def test_a_request_shows_its_words_and_no_note(adas: Client, adas_ticket: Ticket, grace: User) -> None:
    add_note(adas_ticket, "<p>A nuisance.</p>", actor=Actor.agent(grace))
    reply = add_reply(adas_ticket, "<p>Oil <b>it</b>.</p>", actor=Actor.agent(grace))
    Message.objects.filter(pk=reply.pk).update(delivery_state="sent")
    html = html_of(adas, f"/requests/{adas_ticket.pk}/")
    assert "It rattles when it multiplies." in html and "<p>Oil <b>it</b>.</p>" in html and "nuisance" not in html


def test_mail_with_a_look_of_its_own_is_shown_as_text(adas: Client, adas_ticket: Ticket) -> None:
    Message.objects.update(html="<table><tr><td>Rattle</td></tr></table>", text="Rattle", needs_frame=True)
    html = html_of(adas, f"/requests/{adas_ticket.pk}/")
    assert "<p>Rattle</p>" in html and "<table" not in html


def test_replying_and_what_is_said_then(adas: Client, adas_ticket: Ticket) -> None:
    response = adas.post(f"/requests/{adas_ticket.pk}/messages/", {"text": "Still rattling", "submit_key": uuid4()})
    message = Message.objects.latest("pk")
    assert response.headers["Location"] == f"/requests/{adas_ticket.pk}/?done=written#m{message.pk}"
    assert "Your message is with us." in html_of(adas, response.headers["Location"])


def test_files_go_along_and_come_back(adas: Client, adas_ticket: Ticket) -> None:
    files = [SimpleUploadedFile("a.txt", b"cogs"), SimpleUploadedFile("ü/../b.html", b"<script>x</script>")]
    adas.post(f"/requests/{adas_ticket.pk}/messages/", {"text": "", "files": files})
    first, second = Attachment.objects.order_by("pk")
    assert (first.filename, second.filename) == ("a.txt", "b.html")
    response = adas.get(f"/requests/files/{first.pk}/a.txt")
    assert b"".join(response.streaming_content) == b"cogs"  # type: ignore[attr-defined]
    boxed = adas.get(f"/requests/files/{second.pk}/b.html")
    assert boxed.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert "sandbox" in boxed.headers["Content-Security-Policy"]


def test_what_is_wrong_is_said_at_the_form_and_the_words_stay(adas: Client, adas_ticket: Ticket) -> None:
    path = f"/requests/{adas_ticket.pk}/messages/"
    empty = adas.post(path, {"text": "  "})
    assert empty.status_code == 422 and "Write something first." in empty.content.decode()
    program = SimpleUploadedFile("setup.exe", b"MZ" + b"\0" * 80)
    refused = adas.post(path, {"text": "My words", "files": [program]})
    assert refused.status_code == 422 and "My words" in refused.content.decode()
    assert "is a program" in refused.content.decode() and "choose your files once more" in refused.content.decode()
    assert re.search(r"<textarea[^>]*autofocus", refused.content.decode())
    for text in ("x" * 20_001, "a\0b"):
        assert adas.post(path, {"text": text}).status_code == 422
    assert Message.objects.count() == 1 and not Attachment.objects.exists()


def test_a_huge_file_is_refused_and_the_words_stay(adas: Client, adas_ticket: Ticket, settings: Settings) -> None:
    settings.MAX_ATTACHMENT_BYTES = 1000
    file = SimpleUploadedFile("huge.txt", b"x" * 5000)
    response = adas.post(f"/requests/{adas_ticket.pk}/messages/", {"text": "My words", "files": [file]})
    assert response.status_code == 413 and "My words" in response.content.decode()
    settings.MAX_MESSAGE_BYTES = 1000
    with mock.patch("helpdesk.uploads.MULTIPART_SLACK", 0):
        assert adas.post(f"/requests/{adas_ticket.pk}/messages/", {"text": "x" * 5000}).status_code == 413
    assert Message.objects.count() == 1


def test_a_storage_that_is_away_keeps_the_words(adas: Client, adas_ticket: Ticket) -> None:
    with mock.patch.object(type(default_storage._wrapped), "save", side_effect=OSError("no space")):  # type: ignore[attr-defined]
        response = adas.post(
            f"/requests/{adas_ticket.pk}/messages/",
            {"text": "My words", "files": [SimpleUploadedFile(f"{uuid4()}.txt", uuid4().bytes)]},
        )
    assert response.status_code == 503 and "My words" in response.content.decode()
    assert Message.objects.count() == 1


def test_solving_and_rating(adas: Client, adas_ticket: Ticket) -> None:
    path = f"/requests/{adas_ticket.pk}/"
    assert "How did we do?" not in html_of(adas, path)
    assert adas.post(f"{path}rating/", {"value": 2}).status_code == 422
    adas.post(f"{path}solution/")
    html = html_of(adas, path)
    assert "How did we do?" in html and "Send and reopen" in html
    assert adas.post(f"{path}rating/", {"value": "great"}).status_code == 422
    for _ in range(2):
        assert adas.post(f"{path}rating/", {"value": 1, "comment": "Slow."}).status_code == 302
    assert [(each.score, each.comment) for each in Rating.objects.all()] == [("bad", "Slow.")]
    assert "Slow." in html_of(adas, path)


def test_writing_to_a_closed_one_leads_to_the_new_one(adas: Client, adas_ticket: Ticket, grace: User) -> None:
    for status in (Status.SOLVED, Status.CLOSED):
        change_status(adas_ticket, status, actor=Actor.agent(grace))
    response = adas.post(f"/requests/{adas_ticket.pk}/messages/", {"text": "Again"})
    new = Ticket.objects.latest("pk")
    assert response.headers["Location"].startswith(f"/requests/{new.pk}/?done=written")
    assert f'href="/requests/{new.pk}/"' in html_of(adas, f"/requests/{adas_ticket.pk}/")


OTHERS = ("", "messages/", "solution/", "rating/")


@pytest.mark.parametrize("part", OTHERS)
def test_numbers_of_others_are_not_there(part: str, sign_in: SignIn, adas_ticket: Ticket, eve: Customer) -> None:
    evil = sign_in("eve@elsewhere.example")
    for number in (adas_ticket.pk, 10**6, 2**63, 10**30, 0):
        path = f"/requests/{number}/{part}"
        response = evil.post(path, {"text": "Hi", "value": 1}) if part else evil.get(path)
        assert response.status_code == 404, path
    assert Message.objects.count() == 1 and not Rating.objects.exists()


def test_files_of_others_and_of_notes_are_not_there(
    adas: Client, sign_in: SignIn, adas_ticket: Ticket, grace: User, eve: Customer
) -> None:
    agent = Actor.agent(grace)
    said, noted, unsent = (upload(grace, f"{name}.txt", name.encode()) for name in ("said", "noted", "unsent"))
    reply = add_reply(adas_ticket, "<p>Look</p>", actor=agent, attachment_ids=[said.pk])
    Message.objects.filter(pk=reply.pk).update(delivery_state="sent")
    add_note(adas_ticket, "<p>Psst</p>", actor=agent, attachment_ids=[noted.pk])
    assert adas.get(f"/requests/files/{said.pk}/said.txt").status_code == 200
    for client, file in ((adas, noted), (adas, unsent), (sign_in("eve@elsewhere.example"), said)):
        assert client.get(f"/requests/files/{file.pk}/{file.filename}").status_code == 404
    assert adas.get(f"/requests/files/{10**30}/x").status_code == 404
    Attachment.objects.filter(pk=said.pk).update(scan_state="infected", scan_detail="Eicar")
    assert adas.get(f"/requests/files/{said.pk}/said.txt").status_code == 403
    Attachment.objects.filter(pk=said.pk).update(removed_at=timezone.now(), file="")
    assert adas.get(f"/requests/files/{said.pk}/said.txt").status_code == 404


def test_a_colleague_reads_and_writes_but_decides_nothing(
    sign_in: SignIn, adas_ticket: Ticket, tim: Customer, company: Organisation
) -> None:
    tims = sign_in("tim@example.org")
    path = f"/requests/{adas_ticket.pk}/"
    assert "The engine rattles" in html_of(tims, "/requests/?of=organisation")
    assert "The engine rattles" not in html_of(tims, "/requests/")
    html = html_of(tims, path)
    assert "Ada Lovelace" in html and "It is solved" not in html
    assert tims.post(f"{path}messages/", {"text": "I hear it too"}).status_code == 302
    for part in ("solution/", "rating/"):
        assert tims.post(f"{path}{part}", {"value": 1}).status_code == 403
    Organisation.objects.update(shares_tickets=False)
    assert tims.get(path).status_code == 404
    assert "The engine rattles" not in html_of(tims, "/requests/?of=organisation")


def test_nobody_signed_in_is_led_to_the_sign_in_and_back(client: Client, adas_ticket: Ticket) -> None:
    response = client.get(f"/requests/{adas_ticket.pk}/")
    assert response.headers["Location"] == f"/requests/sign-in/?next=%2Frequests%2F{adas_ticket.pk}%2F"
    assert f'value="/requests/{adas_ticket.pk}/"' in html_of(client, response.headers["Location"])


def test_words_sent_after_the_session_ended_are_shown(client: Client, adas_ticket: Ticket) -> None:
    response = client.post(f"/requests/{adas_ticket.pk}/messages/", {"text": "A long <story>"})
    assert response.status_code == 403 and "A long &lt;story&gt;" in response.content.decode()


def test_so_is_why_somebody_rates_us_so(client: Client, adas_ticket: Ticket) -> None:
    response = client.post(f"/requests/{adas_ticket.pk}/rating/", {"value": 1, "comment": "It still rattles."})
    assert response.status_code == 403
    assert b"It still rattles." in response.content


def test_forms_of_other_sites_change_nothing(adas: Client, adas_ticket: Ticket) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = adas.cookies
    assert strict.post(f"/requests/{adas_ticket.pk}/solution/").status_code == 403
    assert Ticket.objects.get(pk=adas_ticket.pk).status == Status.NEW


def test_no_cache_keeps_a_page_and_no_search_engine_lists_it(adas: Client, adas_ticket: Ticket) -> None:
    response = adas.get(f"/requests/{adas_ticket.pk}/")
    assert "no-store" in response.headers["Cache-Control"] and "private" in response.headers["Cache-Control"]
    assert '<meta name="robots" content="noindex">' in response.content.decode()


def test_it_speaks_the_customers_language_unless_they_chose_another(adas: Client, ada: Customer) -> None:
    Customer.objects.filter(pk=ada.pk).update(language="de")
    assert '<html lang="de"' in html_of(adas, "/requests/")
    chosen = adas.get("/requests/?only=open&language=en")
    assert chosen.headers["Location"] == "/requests/?only=open"
    assert '<html lang="en"' in html_of(adas, "/requests/")
    Customer.objects.filter(pk=ada.pk).update(language="tlh")
    del adas.cookies["help_language"]
    assert '<html lang="de"' in adas.get("/requests/", HTTP_ACCEPT_LANGUAGE="de-AT, en;q=0.5").content.decode()


@pytest.mark.parametrize("query", ["before=x", "before=%00", "only=x&q=%00", "of=x", "q=%F0%9F%92%A9", "before=9" * 40])
def test_nonsense_in_the_address_is_no_error(query: str, adas: Client, adas_ticket: Ticket) -> None:
    assert adas.get(f"/requests/?{query}").status_code == 200
    assert adas.get(f"/requests/{adas_ticket.pk}/?{query}").status_code == 200


def test_statements_do_not_grow_with_the_conversation(
    adas: Client, adas_ticket: Ticket, ada: Customer, grace: User
) -> None:
    def statements(path: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert adas.get(path).status_code == 200
        return len(captured)

    few = statements(f"/requests/{adas_ticket.pk}/")
    for number in range(5):
        file = upload(grace, "a.txt", b"cogs")
        add_reply(adas_ticket, f"<p>{number}</p>", actor=Actor.agent(grace), attachment_ids=[file.pk])
    Message.objects.filter(author_role="agent").update(delivery_state="sent")
    assert statements(f"/requests/{adas_ticket.pk}/") <= few
    assert few <= 16


def test_moments_are_told_in_the_customers_zone(adas: Client, adas_ticket: Ticket, ada: Customer) -> None:
    Customer.objects.filter(pk=ada.pk).update(time_zone="Pacific/Auckland")
    Message.objects.update(created_at=timezone.now().replace(hour=12, minute=0) - timedelta(days=40))
    assert "01:00" in html_of(adas, f"/requests/{adas_ticket.pk}/") or "00:00" in html_of(
        adas, f"/requests/{adas_ticket.pk}/"
    )


def test_maintenance_lets_people_read(adas: Client, adas_ticket: Ticket, settings: Settings) -> None:
    settings.READ_ONLY = True
    assert adas.get(f"/requests/{adas_ticket.pk}/").status_code == 200
    assert adas.post(f"/requests/{adas_ticket.pk}/messages/", {"text": "Hi"}).status_code == 503
    assert django_settings.READ_ONLY and Message.objects.count() == 1
