"""The voice of the customer: what rises, counted once a ticket, and seen as far as its tickets are."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers.actors import Actor
from customers.identify import identify
from helpdesk.accounts.models import Team, User
from metrics.models import VoiceChoice, VoiceRun, VoiceTerm
from metrics.voice import reading, running
from metrics.voice.counting import Count, count
from metrics.voice.scoring import g2, rises
from metrics.voice.showing import shown
from metrics.voice.words import Vocabulary, terms_of
from tests.cast import open_for
from tickets.models import Inbox, Message, Ticket, Topic
from tickets.services import assign_team, set_tags

NOW = timezone.now()


def write(number: int, inbox: Inbox, subject: str, text: str, days_ago: float) -> Ticket:
    """Customer number `number` wrote so many days ago."""
    customer = identify("email", f"customer{number}@example.org", name=f"Customer {number}").customer
    ticket = open_for(customer, inbox, subject)
    at = NOW - timedelta(days=days_ago)
    Message.objects.filter(ticket=ticket).update(text=text, created_at=at, language="en")
    Ticket.objects.filter(pk=ticket.pk).update(created_at=at, requester_updated_at=at)
    return ticket


@pytest.fixture
def usual_weeks(support: Inbox) -> None:
    """Five tickets in each of the eight weeks before, one of them about the map."""
    for week in range(8):
        for n in range(5):
            words = "The station shows the wrong wind." if n else "The map is slow."
            write(100 * week + n, support, "Hello", words, 8 + 7 * week)


@pytest.fixture
def blank_maps(support: Inbox, usual_weeks: None) -> list[Ticket]:
    """In the last days six customers write of a blank map, and four of the wind."""
    for n in range(4):
        write(900 + n, support, "Hello", "The station shows the wrong wind.", 2)
    return [write(950 + n, support, "Hello", "A blank map! The blank map again.", 1 + n / 2) for n in range(6)]


def by_term(found: Count) -> dict[str, int]:
    return {each.shown: sum(weeks[-1] for weeks in each.weeks.values()) for each in found.terms}


def test_terms_of_a_text() -> None:
    vocabulary = Vocabulary()

    terms = terms_of(
        "Für die Leere Karte: https://example.org/a?b=1 ada@example.org\n> leere Karte zitiert", vocabulary
    )

    words = {term for kind, term in terms if kind == "word"}
    assert words == {"fur", "die", "leere", "karte"}
    assert ("pair", "leere karte") in terms
    assert ("pair", "karte ada") not in terms
    assert vocabulary.shown("fur") == "für"


def test_a_long_line_without_blanks_is_read_in_no_time() -> None:
    assert terms_of("x" * 4_000 + "\n" + "a." * 2_000, Vocabulary()) == set()


@pytest.mark.parametrize(
    ("hits", "of", "hits_before", "of_before", "is_rising"),
    [
        (6, 10, 8, 40, True),
        (2, 10, 8, 40, False),  # as always
        (3, 10, 0, 400, False),  # of three tickets nothing can be told
        (30, 100, 100, 400, False),  # a fifth more is no news
        (4, 10, 0, 0, False),  # there is nothing to compare it with
    ],
)
def test_what_rises(hits: int, of: int, hits_before: float, of_before: float, is_rising: bool) -> None:
    assert bool(rises(hits, of, hits_before, of_before)) is (is_rising and g2(hits, of, hits_before, of_before) > 10.83)


@pytest.mark.django_db
def test_what_customers_suddenly_write_about(blank_maps: list[Ticket]) -> None:
    found = count(NOW)

    assert (found.tickets, found.before) == (10, 40)
    assert by_term(found) == {"blank map": 6}  # the pair says what both words would
    (each,) = found.terms
    assert each.customers == 6
    assert [sum(column) for column in zip(*each.weeks.values(), strict=True)] == [0] * 8 + [6]
    assert set(each.tickets) == {ticket.pk for ticket in blank_maps}


@pytest.mark.django_db
def test_one_customer_who_writes_often_is_no_trend(support: Inbox, usual_weeks: None) -> None:
    for n in range(8):
        write(950, support, "Again", "My blank map!", n / 2)

    assert by_term(count(NOW)) == {}


@pytest.mark.django_db
def test_tags_rise_too(blank_maps: list[Ticket], grace: User) -> None:
    for ticket in blank_maps:
        set_tags(Ticket.objects.get(pk=ticket.pk), ["map_bug"], actor=Actor.agent(grace))

    assert by_term(count(NOW))["map_bug"] == 6


@pytest.mark.django_db
def test_what_staff_and_machines_write_does_not_count(support: Inbox, usual_weeks: None) -> None:
    for n in range(6):
        ticket = write(950 + n, support, "Hello", "A blank map", 1)
        Message.objects.filter(ticket=ticket).update(is_auto_reply=True)

    assert count(NOW).terms == []


@pytest.mark.django_db
def test_statements_are_few_and_of_the_last_weeks_alone(
    blank_maps: list[Ticket], support: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(1, support, "Old", "A blank map of long ago", 300)
    with CaptureQueriesContext(connection) as whole:
        count(NOW)
    monkeypatch.setattr(reading, "PIECE", 7)
    with CaptureQueriesContext(connection) as pieces:
        found = count(NOW)

    assert len(whole) <= 14
    assert by_term(found) == {"blank map": 6}  # however it is cut
    assert Counter("LIMIT 7" in query["sql"] for query in pieces.captured_queries)[True] >= 8


@pytest.fixture
def run(blank_maps: list[Ticket]) -> VoiceRun:
    asked = running.ask_for_run(by=None, now=NOW)
    assert running.run(asked.pk, now=NOW)
    assert not running.run(asked.pk, now=NOW)  # done is done
    newest = running.newest()
    assert newest == asked
    return asked


@pytest.mark.django_db
def test_private_teams_leak_no_words(run: VoiceRun, blank_maps: list[Ticket], alan: User, grace: User) -> None:
    secret = Team.objects.create(name="Legal", is_private=True)
    assert [each.now for each in shown(run, alan)] == [6]

    assign_team(Ticket.objects.get(pk=blank_maps[0].pk), secret, actor=Actor.agent(grace))
    (each,) = shown(run, User.objects.get(pk=alan.pk))  # what was counted before it moved
    assert (each.now, blank_maps[0].pk in each.tickets) == (5, False)

    for ticket in blank_maps[1:]:
        assign_team(Ticket.objects.get(pk=ticket.pk), secret, actor=Actor.agent(grace))
    assert shown(run, User.objects.get(pk=alan.pk)) == []


@pytest.mark.django_db
def test_the_night_s_count_is_made_once(db: None) -> None:
    night = datetime(2026, 3, 18, 3, 5, tzinfo=timezone.get_default_timezone())

    first = running.due(now=night)
    assert len(first) == 1
    assert running.due(now=night + timedelta(minutes=1)) == first
    VoiceRun.objects.update(claimed_until=night + timedelta(minutes=10))
    assert running.due(now=night + timedelta(minutes=5)) == []
    assert running.due(now=night + timedelta(minutes=11)) == first  # its worker died


@pytest.mark.django_db
def test_not_interesting_holds_for_what_comes(client: Client, run: VoiceRun, margaret: User) -> None:
    client.force_login(margaret)
    term = VoiceTerm.objects.get()
    assert "blank map" in client.get("/reports/voice/").content.decode()

    client.post(f"/reports/voice/{term.pk}/visibility/", {"hidden": "1"})
    again = running.ask_for_run(by=margaret, now=NOW)
    running.run(again.pk, now=NOW)

    assert shown(again, margaret) == []
    assert "blank map" in client.get("/reports/voice/", {"hidden": "1"}).content.decode()
    client.post(f"/reports/voice/{again.terms.get().pk}/visibility/", {"hidden": "0"})
    assert len(shown(again, margaret)) == 1


@pytest.mark.django_db
def test_one_press_puts_it_on_the_board(
    client: Client, run: VoiceRun, blank_maps: list[Ticket], margaret: User, grace: User
) -> None:
    """What all of the company may read: not private teams' tickets, and no addresses."""
    secret = Team.objects.create(name="Legal", is_private=True)
    assign_team(Ticket.objects.get(pk=blank_maps[0].pk), secret, actor=Actor.agent(grace))
    Message.objects.filter(ticket=blank_maps[1]).update(text="The blank map: write to ada@example.org")
    client.force_login(margaret)
    term = VoiceTerm.objects.get()

    answer = client.post(f"/reports/voice/{term.pk}/topic/")
    client.post(f"/reports/voice/{term.pk}/topic/")

    topic = Topic.objects.get()
    assert answer["Location"] == f"/customers/feedback/{topic.pk}/"
    assert (topic.title, topic.excerpts.count()) == ("blank map", 4)
    assert set(topic.excerpts.values_list("words", flat=True)) == {"A blank map!"}
    assert VoiceChoice.objects.get().topic == topic


@pytest.mark.django_db
def test_the_tickets_behind_a_term(client: Client, run: VoiceRun, margaret: User, grace: User) -> None:
    term = VoiceTerm.objects.get()
    client.force_login(margaret)

    page = client.get(f"/reports/voice/{term.pk}/").content.decode()

    assert page.count("<mark>blank map</mark>") == 12
    client.force_login(grace)
    assert client.get(f"/reports/voice/{term.pk}/").status_code == 403
