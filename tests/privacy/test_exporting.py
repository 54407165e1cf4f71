"""Everything about a person in one archive: complete, readable, and nobody else's."""

from __future__ import annotations

import json
from datetime import timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from customers import exporting
from customers.actors import Actor
from customers.erasing import erase
from customers.exporting import begin_export
from customers.models import Customer, PrivacyEntry, PrivacyJob
from customers.notes import leave_note
from customers.privacy_jobs import due_jobs, run_job, run_step
from helpdesk.accounts.models import User
from tests.integrations.receiver import Receiver
from tests.privacy import seeding
from tests.privacy.seeding import ADDRESS, NAME, WORDS
from tickets import services
from tickets.models import Inbox, Ticket
from tickets.services.recipients import Recipients

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def person(support: Inbox, grace: User, radia: User, receiver: Receiver, other: Customer) -> Customer:
    return seeding.seed(support, grace, radia, receiver.url, other)


def archive_of(person: Customer, user: User, *, notes: bool = False) -> ZipFile:
    job = begin_export(person, actor=Actor.agent(user), with_notes=notes)
    assert not run_job(job.pk, seconds=600)
    job.refresh_from_db()
    assert job.state == "done", job.problem
    return ZipFile(BytesIO(default_storage.open(job.file).read()))


def test_it_holds_everything_of_theirs(person: Customer, margaret: User) -> None:
    archive = archive_of(person, margaret)
    names = set(archive.namelist())
    own, shared = Ticket.objects.order_by("pk")[:2]
    assert {"index.html", "README.txt", "record.json", "identity.json", f"tickets/{own.pk}.json"} <= names
    record: dict[str, Any] = json.loads(archive.read("record.json"))[0]
    assert (record["name"], record["notes"]) == (NAME, WORDS["recordnotes"])
    assert json.loads(archive.read("identity.json"))[0]["value"] == ADDRESS
    [file] = [name for name in names if name.startswith(f"files/{own.pk}/") and WORDS["filename"] in name]
    assert archive.read(file).decode().strip() == WORDS["filebytes"]
    mails = [archive.read(name).decode() for name in names if name.endswith(".eml")]
    assert any(WORDS["heldbody"] in mail for mail in mails)
    told = json.loads(archive.read(f"tickets/{shared.pk}.json"))
    assert [WORDS["sharedbody"] in message["text"] for message in told["messages"]] == [True]
    assert "other@example.net" not in "".join(str(archive.read(name)) for name in names if name.endswith(".json"))


def test_notes_are_left_out_unless_asked_for(person: Customer, margaret: User) -> None:
    def texts(archive: ZipFile) -> str:
        return "".join(archive.read(name).decode() for name in archive.namelist() if name.endswith((".json", ".html")))

    assert WORDS["note"] not in texts(archive_of(person, margaret))
    with_notes = archive_of(person, margaret, notes=True)
    assert WORDS["note"] in texts(with_notes)
    number = Ticket.objects.order_by("pk").values_list("pk", flat=True)[0]
    messages = json.loads(with_notes.read(f"tickets/{number}.json"))["messages"]
    assert {message["is_internal"] for message in messages} == {True, False}


def test_a_browser_reads_it(person: Customer, margaret: User) -> None:
    archive = archive_of(person, margaret)
    index = archive.read("index.html").decode()
    number = Ticket.objects.order_by("pk").values_list("pk", flat=True)[0]
    assert NAME in index and ADDRESS in index and f'href="tickets/{number}.html"' in index
    assert WORDS["mailbody"] in archive.read(f"tickets/{number}.html").decode()
    for link in [part.split('"')[0] for part in index.split('href="')[1:]]:
        assert link in archive.namelist()


def test_a_worker_that_dies_is_followed_by_another(person: Customer, margaret: User) -> None:
    job = begin_export(person, actor=Actor.agent(margaret))
    assert run_step(job.pk, now=timezone.now())
    assert run_step(job.pk, now=timezone.now())
    later = timezone.now() + timedelta(minutes=5)
    assert due_jobs(now=later) == [job.pk]
    assert due_jobs(now=later) == []
    assert not run_job(job.pk, seconds=600)
    job.refresh_from_db()
    names = ZipFile(BytesIO(default_storage.open(job.file).read())).namelist()
    assert len(names) == len(set(names))
    assert not [name for name in default_storage.listdir("exports")[1] if name.endswith(".part")]


def test_each_download_is_written_down_and_it_expires(person: Customer, margaret: User, client: Client) -> None:
    client.force_login(margaret)
    answer = client.post(f"/customers/{person.pk}/exports/")
    job = PrivacyJob.objects.get()
    assert answer.headers["Location"] == f"/customers/privacy/{job.pk}/"
    run_job(job.pk, seconds=600)
    page = client.get(f"/customers/privacy/{job.pk}/").content.decode()
    assert "Download the archive" in page
    fetched = client.get(f"/customers/privacy/{job.pk}/archive/")
    assert ZipFile(BytesIO(b"".join(fetched))).testzip() is None
    assert list(PrivacyEntry.objects.values_list("kind", "actor_name").order_by("pk")) == [
        ("export.asked", "Margaret Hamilton"),
        ("export.fetched", "Margaret Hamilton"),
    ]
    assert exporting.delete_old(now=timezone.now() + timedelta(days=8)) == 1
    assert client.get(f"/customers/privacy/{job.pk}/archive/").status_code == 404
    assert not default_storage.listdir("exports")[1]


def test_who_was_in_blind_copy_and_what_colleagues_noted_stays_with_us(
    adas_ticket: Ticket, margaret: User, grace: User
) -> None:
    ada = adas_ticket.requester
    hidden = Recipients((ada.identities.get().value,), bcc=("secret@elsewhere.example",))
    services.add_reply(adas_ticket, "<p>Soon.</p>", actor=Actor.agent(grace), recipients=hidden)
    leave_note(ada, "Pays late.", actor=Actor.agent(grace))

    def told(archive: ZipFile) -> str:
        return "".join(archive.read(name).decode() for name in archive.namelist())

    without = told(archive_of(ada, margaret))
    assert "Soon." in without and "secret@elsewhere" not in without and "Pays late." not in without
    assert "Pays late." in told(archive_of(ada, margaret, notes=True))


def test_an_archive_is_out_of_reach_as_soon_as_the_person_is_erased(
    adas_ticket: Ticket, radia: User, client: Client
) -> None:
    archive_of(adas_ticket.requester, radia)
    job = PrivacyJob.objects.get()
    client.force_login(radia)
    assert client.get(f"/customers/privacy/{job.pk}/archive/").status_code == 200
    erase(adas_ticket.requester, actor=Actor.agent(radia))
    assert client.get(f"/customers/privacy/{job.pk}/archive/").status_code == 404
