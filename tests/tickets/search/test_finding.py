"""What is found, by whom, in which order: on the real database, through the services."""

from __future__ import annotations

import random
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from customers.actors import Actor
from customers.models import Customer, Organisation
from helpdesk.accounts.models import Role, Team, User
from helpdesk.lib.words import words_of
from tests.cast import open_for, staff
from tickets.attachments import upload
from tickets.automation.rules import create_rule
from tickets.models import Channel, Inbox, SearchEntry, SearchWord, StaleSearchEntry, Ticket
from tickets.search.finding import find, tickets_of
from tickets.search.parsing import parse
from tickets.search.upkeep import fill, index_missed, learn_words, refresh_stale
from tickets.search.vectors import MAX_PART
from tickets.services import (
    Incoming,
    add_note,
    add_reply,
    assign_team,
    change_subject,
    detach_message,
    mail_customer,
    open_ticket,
    receive_message,
    retract_reply,
    set_tags,
)


def found(text: str, user: User) -> list[int]:
    numbers, after = [], ""
    while True:
        page = find(parse(text, user), user, after)
        numbers += [ticket.pk for ticket in page.tickets]
        if not (after := page.after):
            return numbers


def ids_of(text: str, user: User) -> list[int]:
    """What a bulk edit of the whole result takes."""
    return [ticket.pk for ticket in tickets_of(parse(text, user), user)]


def write(ticket: Ticket, text: str) -> None:
    customer = ticket.requester
    incoming = Incoming(text=text, from_address=customer.identities.values_list("value", flat=True)[0])
    receive_message(ticket, incoming, customer=customer, channel=Channel.EMAIL, actor=Actor.of_customer(customer))


@pytest.mark.parametrize(
    "text",
    [
        "rattles", "RATTLE", "rattling", "engine multiplies", "ada", "lovelace", "ada@example.org", "example.org",
        '"engine rattles"', "multipl*", "engine -refund", "éngine",
    ],
)  # fmt: skip
def test_a_ticket_is_found_by_what_is_written_on_it(text: str, adas_ticket: Ticket, grace: User) -> None:
    assert found(text, grace) == [adas_ticket.pk]
    assert list(tickets_of(parse(text, grace), grace)) == [adas_ticket]


@pytest.mark.parametrize("text", ["refund", "engine -rattles", '"rattles engine"', "engine refund", "eng", "-engine"])
def test_and_not_by_what_is_not(text: str, adas_ticket: Ticket, grace: User) -> None:
    assert found(text, grace) == []


@pytest.mark.parametrize(
    ("written", "sought"),
    [
        ("Die Größe passt nicht", "grosse"),
        ("Die Grösse passt nicht", "größe"),
        ("aus München", "muenchen"),
        ("aus Muenchen", "München"),
        ("zwei Rechnungen", "rechnung"),
        ("meine Rechnung", "Rechnungen"),
        ("two batteries", "battery"),
        ("one battery", "batteries"),
        ("un café très cher", "cafe tres"),
        ("日本語のメール", "日本"),
        ("שלום עולם", "עולם"),
        ("order KX-4711/b", "kx-4711"),
        ("order KX-4711/b", "4711"),
        ("see https://shop.example.com/wren", "shop.example.com"),
        ("<b>not markup</b>", "markup"),
    ],
)
def test_forms_spellings_and_scripts(written: str, sought: str, adas_ticket: Ticket, grace: User) -> None:
    write(adas_ticket, written)
    assert found(sought, grace) == [adas_ticket.pk]


def test_a_message_is_found_in_the_transaction_that_stores_it(adas_ticket: Ticket, grace: User) -> None:
    with transaction.atomic():
        add_note(adas_ticket, "<p>Ask the foundry.</p>", actor=Actor.agent(grace))
        assert found("foundry", grace) == [adas_ticket.pk]
        transaction.set_rollback(True)
    assert found("foundry", grace) == []


def test_the_words_may_be_in_different_messages(adas_ticket: Ticket, grace: User) -> None:
    add_note(adas_ticket, "<p>Ask the foundry.</p>", actor=Actor.agent(grace))
    write(adas_ticket, "Any news?")
    assert found("rattles foundry news", grace) == [adas_ticket.pk]
    assert found('"foundry any"', grace) == []  # but no phrase reaches from one into the next


def test_files_copies_tags_organisation_and_number(adas_ticket: Ticket, ada: Customer, grace: User) -> None:
    file = upload(grace, "drawing-of-wheels.pdf", b"%PDF")
    add_note(adas_ticket, "<p>See file.</p>", actor=Actor.agent(grace), attachment_ids=[file.pk])
    set_tags(adas_ticket, ["vip"], actor=Actor.agent(grace))
    ada.organisation = Organisation.objects.create(name="Analytical Society")
    ada.save()
    assert refresh_stale() == 1
    for text in ("wheels", "drawing-of-wheels.pdf", "vip", "tag:vip", "analytical", str(adas_ticket.pk)):
        assert found(text, grace) == [adas_ticket.pk], text


def test_what_changes_is_found_as_it_is_now(adas_ticket: Ticket, ada: Customer, grace: User) -> None:
    change_subject(adas_ticket, "The mill grinds", actor=Actor.agent(grace))
    assert found("subject:mill grinds", grace) == [adas_ticket.pk]
    Customer.objects.filter(pk=ada.pk).update(name="Ada King")  # past all services: the database notes it
    assert StaleSearchEntry.objects.get().ticket_id == adas_ticket.pk
    refresh_stale()
    assert found("king", grace) == [adas_ticket.pk]
    assert not StaleSearchEntry.objects.exists()


@pytest.mark.parametrize("text", ["subject:cafe", "subject:CAFÉ", 'subject:"cafe\u0301 der straße"', "subject:strasse"])
def test_accents_in_the_subject_are_left_out(text: str, adas_ticket: Ticket, grace: User) -> None:
    change_subject(adas_ticket, "Café der Straße", actor=Actor.agent(grace))
    assert found(text, grace) == [adas_ticket.pk]


def test_a_reply_taken_back_is_not_found(adas_ticket: Ticket, grace: User) -> None:
    message = add_reply(adas_ticket, "<p>A blunder.</p>", actor=Actor.agent(grace))
    assert found("blunder", grace) == [adas_ticket.pk]
    retract_reply(message, actor=Actor.agent(grace))
    assert found("blunder", grace) == []


def test_what_a_rule_wrote_is_found(adas_ticket: Ticket, grace: User) -> None:
    rule = create_rule("trigger", grace, "Thanks", conditions={}, actions=[{"field": "status", "value": "open"}])
    mail_customer(adas_ticket, "<p>Patience.</p>", subject="We have it", with_copies=False, actor=Actor.of_rule(rule))
    assert found("patience", grace) == [adas_ticket.pk]


def test_a_moved_message_is_found_where_it_is(adas_ticket: Ticket, grace: User) -> None:
    write(adas_ticket, "Another matter: the pump.")
    message = adas_ticket.messages.order_by("-pk")[0]
    there = detach_message(message, actor=Actor.agent(grace))
    assert found("pump", grace) == [there.pk]


def test_history_below_the_first_mail_is_found_below_later_ones_not(ada: Customer, support: Inbox, grace: User) -> None:
    actor = Actor.of_customer(ada)
    with transaction.atomic():
        ticket = open_ticket(ada, "Fwd", inbox=support, channel=Channel.EMAIL, actor=actor)
        for quoted in ("They promised a gasket", "You asked for a sprocket"):
            incoming = Incoming(text="See below", quoted_text=quoted, from_address="ada@example.org")
            receive_message(ticket, incoming, customer=ada, channel=Channel.EMAIL, actor=actor)
    assert SearchEntry.objects.filter(ticket=ticket).count() == 1


def test_private_teams_tickets_are_found_by_their_members_only(
    adas_ticket: Ticket, grace: User, margaret: User
) -> None:
    legal = Team.objects.create(name="Legal", is_private=True)
    assign_team(adas_ticket, legal, actor=Actor.agent(margaret))
    member = staff("hedy@onethread.test", "Hedy Lamarr", Role.AGENT)
    member.teams.add(legal)
    for text in ("rattles", "status:new", str(adas_ticket.pk)):
        assert found(text, grace) == [], text
        assert found(text, member) == [adas_ticket.pk], text
        assert found(text, margaret) == [adas_ticket.pk], text


def test_filters_and_words_together(adas_ticket: Ticket, ada: Customer, support: Inbox, grace: User) -> None:
    other = open_for(ada, support, "The engine smokes")
    add_reply(other, "<p>Coming.</p>", actor=Actor.agent(grace))
    assert found("engine", grace) == [other.pk, adas_ticket.pk]
    assert found("engine assignee:me", grace) == [other.pk]
    assert found("engine is:unassigned", grace) == [adas_ticket.pk]
    assert found("engine -assignee:me", grace) == [adas_ticket.pk]
    assert found("status:new status:open engine", grace) == [other.pk, adas_ticket.pk]
    assert found("from:ada created:today", grace) == [other.pk, adas_ticket.pk]
    assert found("created<today", grace) == []


def test_the_subject_comes_first_then_the_newest(
    adas_ticket: Ticket, ada: Customer, support: Inbox, grace: User
) -> None:
    newer = open_for(ada, support, "A question")
    write(newer, "Something in it rattles")
    assert found("rattles", grace) == [adas_ticket.pk, newer.pk]
    assert found("rattles sort:newest", grace) == [newer.pk, adas_ticket.pk]


@pytest.mark.parametrize(
    ("sought", "wanted", "unwanted"),
    [
        ("water tank", "water tank", "-"),
        ('"water tank" new', "water tank new", "-"),
        ("water tank -old", "water tank", "old"),
    ],
)
def test_each_comes_once_and_those_with_the_words_in_the_head_first_however_long_the_pages(
    sought: str, wanted: str, unwanted: str, ada: Customer, support: Inbox, grace: User
) -> None:
    """A phrase, and what must not be there, are asked of them as well."""
    best: list[int] = []
    others: list[int] = []
    for subject in ("Water", "New water tank", "Tank of water, new", "Tea", "Old new water tank", "Water tank, new"):
        ticket = open_for(ada, support, subject)
        write(ticket, "The new water tank drips")
        if unwanted not in subject.lower():
            (best if set(wanted.split()) <= set(words_of(subject)) else others).insert(0, ticket.pk)
    query = parse(sought, grace)
    for size in (1, 2, 3, 25):
        page = find(query, grace, size=size)
        numbers = [ticket.pk for ticket in page.tickets]
        while page.after:
            page = find(query, grace, page.after, size=size)
            numbers += [ticket.pk for ticket in page.tickets]
        assert numbers == best + others


def test_pages_follow_without_gap_or_double(ada: Customer, support: Inbox, grace: User) -> None:
    random.seed(4)
    subjects = ["Pump", "Valve"]
    tickets = [open_for(ada, support, random.choice(subjects)) for _ in range(70)]
    for ticket in random.sample(tickets, 40):
        write(ticket, "the pump and the valve")
    expected = set(SearchEntry.objects.filter(vector__asks="pump").values_list("ticket_id", flat=True))
    numbers = found("pump", grace)
    assert len(numbers) == len(set(numbers)) > 50
    assert set(numbers) == expected
    assert find(parse("pump", grace), grace).count == len(expected)
    assert found("pump is:unassigned", grace) == numbers
    assert find(parse("pump", grace), grace, "nonsense").tickets == find(parse("pump", grace), grace).tickets


def test_a_conversation_too_long_for_one_row_is_found_once(adas_ticket: Ticket, grace: User) -> None:
    for number in range(3):
        write(adas_ticket, " ".join(f"w{number}x{n}" for n in range(MAX_PART // 2)) + " leitmotif")
    parts = SearchEntry.objects.filter(ticket=adas_ticket).order_by("part")
    assert [part.is_last for part in parts] == [False, False, True]
    assert found("leitmotif", grace) == [adas_ticket.pk]
    assert found("w0x1 engine", grace) == found("w2x1 rattles", grace) == [adas_ticket.pk]


def test_such_a_conversation_is_asked_as_a_whole(adas_ticket: Ticket, grace: User) -> None:
    filler = " ".join(f"w{n}" for n in range(MAX_PART // 2))
    for word in ("sprocket", "gasket", "flywheel"):
        write(adas_ticket, f"{word} {filler}")
    assert SearchEntry.objects.filter(ticket=adas_ticket).count() == 3
    for text in (
        "sprocket flywheel",
        "engine -pump",
        '"sprocket w0" gasket',
        "rattles",
        "subject:engine sprocket gasket",
    ):
        assert found(text, grace) == [adas_ticket.pk] == ids_of(text, grace), text
    for text in (
        "sprocket -flywheel",
        "engine -gasket",
        '"w0 sprocket"',
        "sprocket pump",
        "-sprocket",
        "is:solved gasket",
    ):
        assert found(text, grace) == [] == ids_of(text, grace), text


def test_it_has_one_place_among_the_others(
    adas_ticket: Ticket, ada: Customer, support: Inbox, grace: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = [open_for(ada, support, f"Pump {n}") for n in range(3)]
    for _ in range(2):
        write(adas_ticket, "the pump " * (MAX_PART // 2))
    newer = [open_for(ada, support, f"Pump {n}") for n in range(3)]
    monkeypatch.setattr("tickets.search.finding.PAGE_SIZE", 2)
    order = [ticket.pk for ticket in [*reversed(newer), adas_ticket, *reversed(older)]]
    assert found("pump sort:newest", grace) == order
    assert found("pump is:unsolved sort:newest", grace) == order


def test_one_endless_message_is_indexed(adas_ticket: Ticket, grace: User) -> None:
    write(adas_ticket, "spam " * 60_000 + "finale " + "x" * 100_000)
    assert found("finale", grace) == [adas_ticket.pk]


def test_a_phrase_is_found_wherever_such_a_message_is_cut(adas_ticket: Ticket, grace: User) -> None:
    write(adas_ticket, " ".join(f"w{n}" for n in range(2 * MAX_PART)))
    assert SearchEntry.objects.filter(ticket=adas_ticket).count() == 4
    for place in (*range(MAX_PART - 60, MAX_PART + 10, 2), *range(2 * MAX_PART - 1100, 2 * MAX_PART - 1000, 2)):
        assert found(f'"w{place} w{place + 1} w{place + 2}"', grace) == [adas_ticket.pk], place


def test_older_tickets_are_indexed_in_pieces(ada: Customer, support: Inbox, grace: User) -> None:
    tickets = [open_for(ada, support, "Archived") for _ in range(5)]
    SearchEntry.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO tickets_searchprogress (id, fill_below, words_up_to) VALUES (1, %s, 0)"
            " ON CONFLICT (id) DO UPDATE SET fill_below = excluded.fill_below",
            [tickets[-1].pk + 1],
        )
    assert [fill(2), learn_words(), fill(2), fill(2), fill(2)] == [2, 0, 2, 1, 0]
    assert len(found("archived", grace)) == 5
    assert learn_words() == 5
    assert SearchWord.objects.get(word="archived").tickets == 5


def test_the_command_indexes_everything_again(adas_ticket: Ticket, grace: User) -> None:
    assert learn_words() == 1
    SearchEntry.objects.all().delete()
    SearchWord.objects.all().delete()
    call_command("index_search", "--all", stdout=StringIO())
    assert found("rattles", grace) == [adas_ticket.pk]
    assert SearchWord.objects.filter(word="rattles").exists()


def test_what_another_release_wrote_is_found_after_the_nightly_look(adas_ticket: Ticket, grace: User) -> None:
    SearchEntry.objects.all().delete()
    assert index_missed() == 1
    assert found("rattles", grace) == [adas_ticket.pk]
    assert index_missed() == 0


def test_beginnings_that_many_words_share_are_looked_up_by_the_words_known(
    adas_ticket: Ticket, grace: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(adas_ticket, "refunding")
    assert found("refund", grace) == [adas_ticket.pk]
    assert learn_words() == 1
    monkeypatch.setattr("tickets.search.tsquery.FEW", 0)
    assert found("refund", grace) == [adas_ticket.pk]
