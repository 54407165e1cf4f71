"""Two records become one, and two again, with everything that any table keeps of them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone

from customers import merging
from customers.actors import Actor
from customers.erasing import erase
from customers.errors import Refused
from customers.following import followed_references
from customers.identify import identify
from customers.merge_fields import BY_ITSELF, CHOSEN, LEFT_ALONE
from customers.models import (
    Customer,
    CustomerMerge,
    DuplicateSuggestion,
    Identity,
    ImportantDate,
    Organisation,
    PrivacyJob,
    RecordEvent,
)
from customers.moving import STAYING, own_references, references
from customers.organisations import add_members
from customers.person import person_of
from customers.pictures import forget
from helpdesk.accounts.models import User
from tests.privacy.seeding import erase_all
from tickets.customers import merging as tickets_merging

pytestmark = pytest.mark.django_db


def customer(address: str, name: str, *, proved_by: str = "agent", **fields: object) -> Customer:
    found = identify("email", address, name=name, proved_by=proved_by).customer
    Customer.objects.filter(pk=found.pk).update(**fields)
    return Customer.objects.get(pk=found.pk)


@pytest.fixture
def me(grace: User) -> Actor:
    return Actor.agent(grace)


@pytest.fixture
def work(db: None) -> Customer:
    return customer("ada@analytical.example", "Ada Lovelace", tags=["vip"], notes="Writes well.", tier="gold")


@pytest.fixture
def home(db: None) -> Customer:
    return customer(
        "countess@home.example", "A. Byron", tier="silver", tags=["poet"], notes="Prefers mornings.",
        location="London", custom_fields={"plan": "pro"},
    )  # fmt: skip


def test_what_nobody_chose_keeps_what_somebody_knew(work: Customer, home: Customer, me: Actor) -> None:
    done = merging.merge(work, home, actor=me)
    work.refresh_from_db()
    home.refresh_from_db()
    assert (work.name, work.tier, work.location) == ("Ada Lovelace", "gold", "London")
    assert (work.tags, work.notes) == (["poet", "vip"], "Writes well.\n\nPrefers mornings.")
    assert work.custom_fields == {"plan": "pro"}
    assert (home.merged_into, home.name, home.tags, home.custom_fields) == (work, "", [], {})
    assert set(work.identities.values_list("value", flat=True)) == {"ada@analytical.example", "countess@home.example"}
    event = RecordEvent.objects.filter(customer=work).latest("pk")
    assert (event.kind, event.payload) == (
        "record.merged",
        {"merge_id": done.pk, "customer_id": home.pk, "name": "A. Byron"},
    )


def test_each_field_is_whose_was_chosen(work: Customer, home: Customer, me: Actor) -> None:
    chosen = {"name": "merged", "tags": "survivor", "notes": "merged", "location": "survivor", "tier": "merged"}
    merging.merge(work, home, chosen, actor=me)
    work.refresh_from_db()
    assert (work.name, work.tags, work.notes, work.location, work.tier) == (
        "A. Byron", ["vip"], "Prefers mornings.", "", "silver",
    )  # fmt: skip


def test_undo_gives_everything_back(work: Customer, home: Customer, me: Actor) -> None:
    ImportantDate.objects.create(customer=home, label="Birthday", day="1815-12-10")
    merging.merge(work, home, {"name": "merged"}, actor=me)
    assert ImportantDate.objects.get().customer == work
    merging.undo(CustomerMerge.objects.get(), actor=me)
    for before in (work, home):
        after = Customer.objects.get(pk=before.pk)
        for name in (*CHOSEN, *BY_ITSELF, "custom_fields", "merged_into", "erased_at"):
            assert getattr(after, name) == getattr(before, name), name
    assert home.identities.get().value == "countess@home.example"
    assert ImportantDate.objects.get().customer == home
    kinds = RecordEvent.objects.filter(kind="record.unmerged").values_list("customer", "payload__customer_id")
    assert set(kinds) == {(work.pk, home.pk), (home.pk, work.pk)}


def test_what_was_edited_since_stays(work: Customer, home: Customer, me: Actor) -> None:
    done = merging.merge(work, home, {"name": "merged", "tier": "merged"}, actor=me)
    Customer.objects.filter(pk=work.pk).update(name="Ada King")
    undone = merging.undo(done, actor=me)
    work.refresh_from_db()
    assert (work.name, work.tier) == ("Ada King", "gold")
    assert undone.kept == ["name"] and "tier" in undone.restored


def test_proved_addresses_on_both_sides_need_a_word(me: Actor) -> None:
    one = customer("ada@example.org", "Ada", proved_by="received_mail")
    other = customer("ada@example.com", "Ada", proved_by="received_mail")
    with pytest.raises(merging.NeedsConfirmation, match=r"ada@example\.org, ada@example\.com"):
        merging.merge(one, other, actor=me)
    assert not CustomerMerge.objects.exists()
    merging.merge(one, other, actor=me, confirmed=True)
    assert CustomerMerge.objects.exists()


def test_what_can_not_be_merged_is_refused_with_the_reason(work: Customer, home: Customer, me: Actor) -> None:
    third = customer("third@example.org", "Third")
    with pytest.raises(Refused, match="one and the same"):
        merging.merge(work, work, actor=me)
    merging.merge(work, home, actor=me)
    with pytest.raises(Refused, match=f"merged into Ada Lovelace .{work.pk}. in the meantime"):
        merging.merge(third, home, actor=me)
    Customer.objects.filter(pk=third.pk).update(erased_at=timezone.now())
    with pytest.raises(Refused, match="erased"):
        merging.merge(work, third, actor=me)


def test_whoever_is_being_erased_is_not_merged(work: Customer, home: Customer, me: Actor) -> None:
    job = PrivacyJob.objects.create(kind="erasure", customer=home, asked_by_name="Grace")
    with pytest.raises(Refused, match="being erased"):
        merging.merge(work, home, actor=me)
    PrivacyJob.objects.filter(pk=job.pk).update(state="failed")
    merging.merge(work, home, actor=me)


def test_chains_are_taken_back_from_their_end(work: Customer, home: Customer, me: Actor) -> None:
    third = customer("third@example.org", "Third")
    first = merging.merge(work, home, actor=me)
    second = merging.merge(third, work, actor=me)
    assert merging.survivor_of(Customer.objects.get(pk=home.pk)) == third
    with pytest.raises(Refused, match="Take that merge back first"):
        merging.undo(first, actor=me)
    merging.undo(second, actor=me)
    merging.undo(first, actor=me)
    assert not Customer.objects.exclude(merged_into=None).exists()
    assert {each.customer_id for each in Identity.objects.all()} == {work.pk, home.pk, third.pk}
    with pytest.raises(Refused, match="already"):
        merging.undo(first, actor=me)


def test_merges_into_one_record_are_taken_back_in_any_order(work: Customer, home: Customer, me: Actor) -> None:
    third = customer("third@example.org", "Third", tier="platinum", tags=["new"])
    first = merging.merge(work, home, {"name": "merged", "tier": "merged"}, actor=me)
    second = merging.merge(work, third, {"name": "merged"}, actor=me)
    merging.undo(first, actor=me)
    assert Customer.objects.get(pk=work.pk).tier == "gold"
    merging.undo(second, actor=me)
    work_now = Customer.objects.get(pk=work.pk)
    assert (work_now.name, work_now.tier, work_now.tags) == ("Ada Lovelace", "gold", ["vip"])


def test_what_was_joined_is_taken_out_again_whatever_came_after(work: Customer, home: Customer, me: Actor) -> None:
    third = customer("third@example.org", "Third", tags=["new"], notes="Calls at noon.")
    first, second = merging.merge(work, home, actor=me), merging.merge(work, third, actor=me)
    merging.undo(first, actor=me)
    now = Customer.objects.get(pk=work.pk)
    assert (now.tags, now.notes) == (["new", "vip"], "Writes well.\n\nCalls at noon.")
    merging.undo(second, actor=me)
    now = Customer.objects.get(pk=work.pk)
    assert (now.tags, now.notes) == (["vip"], "Writes well.")


def test_an_organisation_that_is_gone_stays_gone(work: Customer, home: Customer, me: Actor) -> None:
    company = Organisation.objects.create(name="Analytical Engines")
    Customer.objects.filter(pk=home.pk).update(organisation=company)
    done = merging.merge(work, home, actor=me)
    company.delete()
    merging.undo(done, actor=me)
    home.refresh_from_db()
    assert home.organisation is None


def test_an_erasure_makes_the_merge_forget(work: Customer, home: Customer, me: Actor) -> None:
    done = merging.merge(work, home, actor=me)
    merging.forget(work, now=timezone.now())
    done.refresh_from_db()
    assert (done.merged_before, done.survivor_before, done.survivor_after) == ({}, {}, {})
    with pytest.raises(Refused, match="erased"):
        merging.undo(done, actor=me)


def test_a_suggestion_follows(work: Customer, home: Customer, me: Actor) -> None:
    first, second = sorted((work, home), key=lambda each: each.pk)
    DuplicateSuggestion.objects.create(first=first, second=second, score=80)
    done = merging.merge(work, home, actor=me)
    assert DuplicateSuggestion.objects.get().state == "merged"
    merging.undo(done, actor=me)
    assert DuplicateSuggestion.objects.get().state == "open"


def test_what_was_written_by_those_who_had_read_it_before_follows(work: Customer, home: Customer, me: Actor) -> None:
    done = merging.merge(work, home, actor=me)
    late = ImportantDate.objects.create(customer=home, label="Renewal", day="2027-01-01")
    merging.follow_recent(now=timezone.now())
    late.refresh_from_db()
    assert late.customer == work
    done.refresh_from_db()
    merging.undo(done, actor=me)
    late.refresh_from_db()
    assert late.customer == home
    merging.follow_recent(now=timezone.now() + timedelta(minutes=11))


@pytest.mark.django_db(transaction=True)
def test_of_two_merges_of_one_record_at_the_same_moment_one_happens(grace: User) -> None:
    one, two, three = (customer(f"{name}@example.org", name.title()) for name in ("one", "two", "three"))

    def attempt(survivor: Customer) -> str:
        try:
            merging.merge(survivor, two, actor=Actor.agent(grace))
        except Refused as refused:
            return str(refused)
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(attempt, [one, three]))
    assert answers[0] == "" and "in the meantime" in answers[1]
    assert CustomerMerge.objects.count() == 1


def test_every_column_of_a_customer_is_somebodys_to_decide() -> None:
    columns = {field.name for field in Customer._meta.local_fields}
    assert columns == {*CHOSEN, *BY_ITSELF, *LEFT_ALONE}


def test_every_column_that_names_a_customer_moves_or_stays_on_purpose() -> None:
    """A new one in another app: let it follow (`follow_customers`), or say in a STAYING why it stays."""
    following = (*own_references(), *tickets_merging.moving_references(), *followed_references())
    moves = {each.label for each in following}
    stays = STAYING | tickets_merging.STAYING
    known = {each.label for each in references()}
    assert known - moves - stays == set()
    assert stays <= known


def test_no_and_nothing_are_answers_too(me: Actor) -> None:
    one = customer("one@example.org", "One", custom_fields={"member": False})
    other = customer("other@example.org", "Other", custom_fields={"member": True, "seats": 0})
    merging.merge(one, other, actor=me)
    assert Customer.objects.get(pk=one.pk).custom_fields == {"member": False, "seats": 0}


def test_an_erasure_knows_the_names_of_those_who_were_merged(work: Customer, home: Customer, me: Actor) -> None:
    merging.merge(work, home, actor=me)
    assert set(person_of(work).names) == {"Ada Lovelace", "A. Byron"}


def test_an_erasure_reaches_the_history_of_whoever_one_was_merged_with(
    work: Customer, home: Customer, me: Actor
) -> None:
    third, company = customer("third@example.org", "Third"), Organisation.objects.create(name="Mills")
    add_members(company, [home.pk, work.pk], actor=me)
    merging.undo(merging.merge(work, home, actor=me), actor=me)
    merging.merge(third, work, actor=me)
    erase_all(erase(home, actor=me).pk)
    told = RecordEvent.objects.filter(customer=third, kind__in=["record.merged", "record.unmerged"]).order_by("pk")
    assert [row.payload["name"] for row in told] == ["▇▇▇", "▇▇▇", "Ada Lovelace"]
    assert RecordEvent.objects.get(organisation=company).payload["names"] == ["Ada Lovelace", "▇▇▇"]


def test_pictures_are_kept_as_long_as_a_merge_can_be_taken_back(work: Customer, home: Customer, me: Actor) -> None:
    kept = default_storage.save("pictures/kept.webp", ContentFile(b"face"))
    Customer.objects.filter(pk=home.pk).update(avatar=kept)
    merging.merge(work, home, {"avatar": "survivor"}, actor=me)
    forget(kept)
    assert default_storage.exists(kept)
    erase(work, actor=me)
    assert not default_storage.exists(kept)
