"""Erasing a person: no table and no file has a word of them afterwards, and everything can still be counted."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from customers.actors import Actor
from customers.erasing import counts_for, erase, was_erased
from customers.errors import Refused
from customers.exporting import begin_export
from customers.identities import remove_identity
from customers.imports import running, uploading
from customers.models import Customer, Identity, PrivacyEntry, PrivacyJob
from customers.privacy_jobs import retry, run_job
from helpdesk.accounts.models import User
from tests.cast import open_for
from tests.channels_app.letters import letter, receive
from tests.integrations.receiver import Receiver
from tests.privacy import seeding
from tests.privacy.seeding import ADDRESS, NAME, WORDS, erase_all, found
from tickets.models import Inbox, Message, SavedView, SlaTarget, Ticket, TicketEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(support: Inbox, grace: User, radia: User, receiver: Receiver, other: Customer) -> Customer:
    return seeding.seed(support, grace, radia, receiver.url, other)


def numbers() -> dict[str, object]:
    return {
        "tickets": sorted(Ticket.objects.values_list("pk", "status", "created_at", "message_count", "reply_count")),
        "messages": sorted(Message.objects.values_list("pk", "ticket", "kind", "created_at", "author_role")),
        "events": sorted(TicketEvent.objects.values_list("pk", "ticket", "kind", "created_at", "gesture_id")),
        "targets": sorted(SlaTarget.objects.values_list("pk", "state", "elapsed")),
    }


def test_no_word_is_left_anywhere_and_numbers_stay(
    person: Customer, radia: User, django_capture_on_commit_callbacks: Any
) -> None:
    rare = [*WORDS.values(), ADDRESS, NAME, "Zelphora"]
    everywhere = {word for _place, word in found(rare)}
    assert everywhere >= set(WORDS.values()) | {ADDRESS, NAME}, "the seeding reaches every place"
    before = numbers()
    archive = begin_export(person, actor=Actor.agent(radia), with_notes=True)
    with django_capture_on_commit_callbacks(execute=True):
        assert not run_job(archive.pk, seconds=600)
    job = erase(person, actor=Actor.agent(radia), reason=f"{NAME} asked")
    erase_all(job.pk)
    assert not default_storage.listdir("exports")[1]
    assert list(found(rare)) == []
    assert numbers() == before
    job.refresh_from_db()
    assert (job.state, job.sealed, job.report) == ("done", "", [])
    assert (job.done, job.counts["tickets"]) == (job.total, job.total)


def test_their_sentences_are_gone_from_what_others_wrote(person: Customer, radia: User) -> None:
    shared = Ticket.objects.get(subject="The mill")
    erase_all(erase(person, actor=Actor.agent(radia)).pk)
    assert list(found(["red door of the old mill", "behind the red door", "old mill"])) == []
    texts = list(Message.objects.filter(ticket=shared).order_by("pk").values_list("text", "erased_at"))
    assert [text for text, erased_at in texts if not erased_at][:2] == ["Can we meet?", "Which door?"]
    assert any(text.startswith("Dear ▇▇▇, you wrote: ▇▇▇") for text, _at in texts)
    assert any(text.startswith("Agreed.") for text, _at in texts)
    assert not Message.objects.filter(ticket=shared).exclude(quoted_text="", quoted_html="").exists()


def test_the_page_says_before_what_will_go(person: Customer) -> None:
    counted = dict(counts_for(person))
    assert counted["Tickets of their own, which lose every word"] == 1
    assert counted["Tickets of others, on which their part goes"] == 1
    assert counted["Files"] == 1


def test_new_mail_from_the_same_address_is_somebody_new(person: Customer, radia: User, support: Inbox) -> None:
    job = erase(person, actor=Actor.agent(radia))
    receive(letter("I am back.", sender=f"Z. <{ADDRESS}>", subject="Hello"), support, sender=ADDRESS)
    erase_all(job.pk)
    again = Customer.objects.get(identities__value=ADDRESS)
    assert again.pk != person.pk
    assert [message.text.strip() for message in Message.objects.filter(author_customer=again)] == ["I am back."]
    assert was_erased("email", ADDRESS)
    assert not was_erased("email", "other@example.net")


@pytest.mark.parametrize("external", ["open", "42", "@mail"])
def test_a_short_id_does_not_tear_others_words_apart(
    ada: Customer, other: Customer, support: Inbox, radia: User, external: str
) -> None:
    """Found in every column of every table, it would be anybody's word."""
    Identity.objects.create(customer=ada, kind="external", value=external, proved_by="api")
    theirs = open_for(other, support, "Please open 42 boxes @mail")
    erase_all(erase(ada, actor=Actor.agent(radia)).pk)
    theirs.refresh_from_db()
    assert (theirs.status, theirs.subject) == ("new", "Please open 42 boxes @mail")
    assert Identity.objects.filter(customer=other, value="other@example.net").exists()
    assert was_erased("external", external)


def test_an_address_that_was_taken_off_the_record_goes_too(ada: Customer, radia: User, support: Inbox) -> None:
    receive(
        letter("Away.", sender="old@rare.example", Auto_Submitted="auto-replied"), support, sender="old@rare.example"
    )
    old = Identity.objects.filter(value="old@rare.example").first()
    if old is None:
        old = Identity.objects.create(customer=ada, kind="email", value="old@rare.example", proved_by="received_mail")
    remove_identity(old, actor=Actor.agent(radia))
    erase_all(erase(old.customer, actor=Actor.agent(radia)).pk)
    assert list(found(["old@rare.example"])) == []


def test_an_import_does_not_bring_them_back(ada: Customer, radia: User, margaret: User) -> None:
    erase_all(erase(ada, actor=Actor.agent(radia)).pk)
    table = b"name,email\nAda Lovelace,ada@example.org\nNew,new@example.org\n"
    job = uploading.keep(ContentFile(table), "people.csv", of="customer", user=margaret)
    for is_dry in (True, False):
        assert running.begin(job, is_dry=is_dry, now=timezone.now())
        assert not running.run_job(job.pk)
        job.refresh_from_db()
        assert (job.created, job.failed) == (1, 1)
    assert not Identity.objects.filter(value="ada@example.org").exists()
    assert job.problems.get().reason == "This record was merged or erased."


def test_what_an_admin_has_set_up_is_reported_not_changed(person: Customer, radia: User, grace: User) -> None:
    view = SavedView.objects.create(title=f"Mail of {ADDRESS}", owner=grace)
    job = erase(person, actor=Actor.agent(radia))
    erase_all(job.pk)
    job.refresh_from_db()
    assert [(left["table"], left["column"], left["of"]) for left in job.report] == [
        ("tickets_savedview", "title", "address")
    ]
    view.refresh_from_db()
    assert ADDRESS in view.title


def test_merged_records_go_with_it_and_can_not_go_alone(ada: Customer, other: Customer, radia: User) -> None:
    Customer.objects.filter(pk=other.pk).update(merged_into=ada)
    with pytest.raises(Refused):
        erase(other, actor=Actor.agent(radia))
    erase_all(erase(ada, actor=Actor.agent(radia)).pk)
    assert not Customer.objects.filter(erased_at=None, pk__in=[ada.pk, other.pk]).exists()
    assert not Identity.objects.exists()
    with pytest.raises(Refused):
        erase(ada, actor=Actor.agent(radia))


def test_a_step_that_fails_is_tried_again_and_says_no_words(
    adas_ticket: Ticket, radia: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    job = erase(adas_ticket.requester, actor=Actor.agent(radia))

    address = "@".join(["ada", "example.org"])  # the log shows lines of code

    def broken(_number: int) -> str:
        raise ValueError(address)

    monkeypatch.setattr("tickets.customers.erasing.erased_name", broken)
    for _attempt in range(5):
        assert not run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.problem) == ("failed", "ValueError")
    assert address not in caplog.text
    monkeypatch.undo()
    retry(job, now=timezone.now())
    erase_all(job.pk)
    job.refresh_from_db()
    assert job.state == "done"


def test_by_form_with_the_name_typed(adas_ticket: Ticket, radia: User, margaret: User, client: Client) -> None:
    ada = adas_ticket.requester
    client.force_login(margaret)
    assert client.post(f"/customers/{ada.pk}/erasure/", {"typed": "Ada Lovelace"}).status_code == 403
    client.force_login(radia)
    page = client.get(f"/customers/{ada.pk}/erasure/").content.decode()
    assert "Erase Ada Lovelace?" in page and "Messages and notes" in page
    assert client.post(f"/customers/{ada.pk}/erasure/", {"typed": "Ada"}).status_code == 422
    assert not PrivacyJob.objects.exists()
    answer = client.post(f"/customers/{ada.pk}/erasure/", {"typed": "ada lovelace", "reason": "asked"})
    job = PrivacyJob.objects.get()
    assert answer.headers["Location"] == f"/customers/privacy/{job.pk}/"
    assert "Step" in client.get(f"/customers/privacy/{job.pk}/").content.decode()
    erase_all(job.pk)
    assert "Every table was looked through" in client.get(f"/customers/privacy/{job.pk}/").content.decode()
    assert client.get(f"/customers/{ada.pk}/").status_code == 410
    assert client.get(f"/customers/{ada.pk}/erasure/").status_code == 404
    ticket = client.get(f"/agent/tickets/{adas_ticket.pk}/").content.decode()
    assert "The words were removed on" in ticket and f"Erased customer {ada.pk}" in ticket
    log = client.get("/settings/privacy/log/").content.decode()
    assert "A person was erased" in log and "Ada" not in log
    assert PrivacyEntry.objects.count() == 2
