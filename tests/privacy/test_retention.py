"""Things go when their time is over: what a rule names and nothing else, in pieces, written down; off by default."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from channels_app.inbound import reprocess
from channels_app.models import InboundPayload
from customers.actors import Actor
from customers.erasing import erase
from customers.errors import Refused
from customers.events import record
from customers.identify import identify
from customers.identity_events import IdentityProved
from customers.models import Customer, Organisation, PrivacyEntry, RecordEvent, RetentionRule
from customers.privacy_jobs import run_job
from customers.retention import apply_rules, count_old, kind_named, kinds, set_days
from customers.timeline import Happened, line_of
from helpdesk.accounts.models import User
from knowledge_base.models import HelpCentre, Offer, View, Vote
from knowledge_base.publishing import publish
from knowledge_base.writing import create_article
from tests.channels_app.letters import receive, with_file
from tests.privacy.seeding import found
from tickets.models import Attachment, Inbox, Message, SearchWord, Status, Ticket
from tickets.search import upkeep
from tickets.unused_files import delete_unused

pytestmark = pytest.mark.django_db


def rule(key: str, days: int | None, user: User) -> RetentionRule:
    kind = kind_named(key)
    assert kind
    return set_days(kind, days, actor=Actor.agent(user), now=timezone.now())


@pytest.fixture
def old(support: Inbox) -> Ticket:
    """Closed a year ago, with a file."""
    receive(with_file("gearbox.txt", b"secretgears", "It is about quibblewheels."), support)
    ticket = Ticket.objects.get()
    long_ago = timezone.now() - timedelta(days=365)
    Ticket.objects.filter(pk=ticket.pk).update(status=Status.CLOSED, closed_at=long_ago, created_at=long_ago)
    Attachment.objects.update(created_at=long_ago)
    InboundPayload.objects.update(received_at=long_ago)
    upkeep.learn_words()
    return ticket


def test_nothing_goes_by_default(old: Ticket) -> None:
    assert apply_rules(now=timezone.now()) == 0
    assert len(kinds()) == len({kind.key for kind in kinds()}) >= 7


def test_words_of_closed_tickets_go_and_numbers_stay(old: Ticket, adas_ticket: Ticket, radia: User) -> None:
    before = Ticket.objects.values_list("pk", "message_count", "created_at", "status").order_by("pk")
    numbers = list(before)
    rule("closed_tickets", 366, radia)
    assert apply_rules(now=timezone.now()) == 0
    rule("closed_tickets", 364, radia)
    assert SearchWord.objects.filter(word="quibblewheels").exists()
    assert apply_rules(now=timezone.now()) == 1
    assert apply_rules(now=timezone.now()) == 0
    delete_unused()
    assert list(found(["quibblewheels", "secretgears", "gearbox"])) == []
    assert list(before.all()) == numbers
    assert Message.objects.get(ticket=adas_ticket).text.startswith("It rattles")
    assert [entry.kind for entry in PrivacyEntry.objects.order_by("pk")][-1] == "retention.applied"
    assert RetentionRule.objects.get().removed == 1


def test_files_and_raw_mail_go_by_their_own_rules(old: Ticket, radia: User) -> None:
    rule("files", 30, radia)
    apply_rules(now=timezone.now())
    delete_unused()
    file = Attachment.objects.get()
    assert (file.file.name, bool(file.removed_at), file.filename) == ("", True, "gearbox.txt")
    assert {place.split(" ")[0] for place, _word in found(["secretgears"])} == {
        "InboundPayload", "channels_app_inboundpayload.raw",
    }  # fmt: skip
    rule("raw_mail", 30, radia)
    apply_rules(now=timezone.now())
    assert list(found(["secretgears"])) == []
    assert Message.objects.get().text.startswith("It is about quibblewheels.")


def test_customers_who_never_wrote_are_erased(adas_ticket: Ticket, radia: User) -> None:
    quiet = identify("email", "quiet@example.org", name="Quiet One").customer
    long_ago = timezone.now() - timedelta(days=800)
    Customer.objects.update(created_at=long_ago, updated_at=long_ago)
    rule("quiet_customers", 700, radia)
    apply_rules(now=timezone.now())
    quiet.refresh_from_db()
    assert quiet.erased_at
    assert not run_job(quiet.privacy_jobs.get().pk, seconds=600)
    assert list(found(["quiet@example.org", "Quiet One"])) == []
    assert str(Customer.objects.get(erased_at=None)) == "Ada Lovelace"


def test_a_quiet_customer_is_not_looked_for_everywhere(radia: User) -> None:
    quiet = identify("email", "quiet@example.org", name="Quiet One").customer
    Organisation.objects.create(name="Quiet Ltd", notes="Ask quiet@example.org first.")
    job = erase(quiet, actor=Actor.agent(radia), everywhere=False)
    assert not run_job(job.pk, seconds=600)
    job.refresh_from_db()
    assert (job.state, job.report) == ("done", [])
    assert [place for place, _where in found(["quiet@example.org"])] == ["customers_organisation.notes"]


@pytest.mark.parametrize("days", [0, -1, 40_000])
def test_impossible_numbers_are_refused(days: int, radia: User) -> None:
    with pytest.raises(Refused):
        rule("files", days, radia)
    assert not RetentionRule.objects.exists()


def test_by_form(old: Ticket, radia: User, client: Client) -> None:
    client.force_login(radia)
    address = "/settings/privacy/kinds/closed_tickets/"
    counted = client.post(address, {"days": "30", "count": "1"}, headers={"HX-Request": "true"})
    assert counted.content.decode() == "1 would go now."
    assert not RetentionRule.objects.exists()
    for wrong in ("0", "ten", "1.5", "-3", "٣", "9" * 30):
        answer = client.post(address, {"days": wrong})
        assert (answer.status_code, "number of days between" in answer.content.decode()) == (422, True)
    assert client.post(address, {"days": "90"}).status_code == 302
    assert 'value="90"' in client.get("/settings/privacy/").content.decode()
    assert client.post(address, {"days": ""}).status_code == 302
    assert RetentionRule.objects.get().days is None
    data = [entry.data for entry in PrivacyEntry.objects.order_by("pk")]
    assert data == [
        {"of": "closed_tickets", "old": None, "new": 90},
        {"of": "closed_tickets", "old": 90, "new": None},
    ]
    assert client.post("/settings/privacy/kinds/nonsense/", {"days": "3"}).status_code == 404


def test_counting_looks_and_does_nothing(old: Ticket) -> None:
    for kind in kinds():
        count_old(kind, 30, now=timezone.now())
    assert Message.objects.get().erased_at is None


def test_a_timeline_can_be_told_after_what_was_said_before_is_gone(ada: Customer, radia: User) -> None:
    record(ada, IdentityProved("email", "ada@example.org", "agent", "received_mail"), actor=Actor.agent(radia))
    RecordEvent.objects.update(created_at=timezone.now() - timedelta(days=30))
    rule("record_history", 10, radia)
    assert apply_rules(now=timezone.now()) >= 1
    event = RecordEvent.objects.get(kind="identity.proved")
    assert "is proved" in line_of(Happened(event.kind, event.payload, "Radia", "Ada"))


def test_mail_that_nobody_read_is_not_read_without_its_bytes(old: Ticket, radia: User) -> None:
    InboundPayload.objects.update(state="held", message=None)
    rule("raw_mail", 10, radia)
    apply_rules(now=timezone.now())
    held = InboundPayload.objects.get()
    assert (held.state, bytes(held.raw)) == ("refused", b"")
    assert not reprocess(held)


def test_readers_of_articles_are_forgotten_and_numbers_of_help_stay(ada: Customer, grace: User, radia: User) -> None:
    centre = HelpCentre.objects.create(name="Engines", languages=["en"], default_language="en")
    section = centre.categories.create(texts={}).sections.create(texts={})
    article = publish(create_article(section, "en", by=grace, title="It rattles", body="<p>Oil.</p>"), by=grace).article
    for days in (10, 400):
        at = timezone.now() - timedelta(days=days)
        known: dict[str, Any] = {"language": "en", "customer_id": ada.pk, "at": at}
        View.objects.create(article=article, **known)
        Vote.objects.create(article=article, visitor=f"v{days}", is_helpful=False, text="Which oil?", **known)
        Offer.objects.create(centre=centre, offered_in="form", words="It rattles", solved_at=at, **known)
    for kind in ("article_views", "article_votes", "article_offers"):
        rule(kind, 365, radia)
    assert apply_rules(now=timezone.now()) == 3
    assert View.objects.count() == 1
    for rows, words in ((Vote.objects, "text"), (Offer.objects, "words")):
        young, old = rows.order_by("-at").values_list(words, "customer_id")
        assert young[0] and young[1] == ada.pk and old == ("", None)
    assert not Vote.objects.filter(is_helpful=True).exists() and Offer.objects.exclude(solved_at=None).count() == 2
    assert apply_rules(now=timezone.now()) == 0
