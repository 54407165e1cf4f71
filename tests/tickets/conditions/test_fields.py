"""What each field and operator means, one ticket at a time, in both readings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from customers.actors import SYSTEM, Actor
from customers.models import Customer, Organisation
from helpdesk.accounts.models import Team, User
from tests.tickets.conditions.trees import NOW
from tickets import services
from tickets.conditions import as_q, check, facts_of, matches
from tickets.models import Attachment, CcState, Draft, Mention, Message, Priority, Status, Ticket

pytestmark = pytest.mark.django_db

Holds = Callable[..., bool]


@pytest.fixture
def holds(adas_ticket: Ticket, grace: User) -> Holds:
    """Whether a condition holds for Ada's ticket when Grace asks (or `user`), after `fields` were written to it."""

    def ask(field: str, operator: str, value: Any = None, *, user: User | None = grace, **fields: Any) -> bool:
        if fields:
            Ticket.objects.filter(pk=adas_ticket.pk).update(**fields)
        tree = check({"all": [{"field": field, "operator": operator, "value": value}]})
        opposite = {"none": tree["all"]}
        ticket = Ticket.objects.get(pk=adas_ticket.pk)
        found = Ticket.objects.filter(as_q(tree, user=user, now=NOW)).exists()
        assert found == matches(tree, facts_of(ticket), user=user, now=NOW)
        assert found != Ticket.objects.filter(as_q(opposite, user=user, now=NOW)).exists()
        return found

    return ask


@pytest.mark.parametrize(
    ("operator", "value", "held_by"),
    [
        ("is", "pending", "pending"),
        ("is_not", "pending", "new open hold solved closed"),
        ("less_than", "pending", "new open"),
        ("less_than_equal", "pending", "new open pending"),
        ("greater_than", "pending", "hold solved closed"),
        ("greater_than_equal", "pending", "pending hold solved closed"),
        ("includes", ["new", "closed"], "new closed"),
        ("not_includes", ["new", "closed"], "open pending hold solved"),
        ("less_than", "new", ""),
        ("greater_than_equal", "new", "new open pending hold solved closed"),
    ],
)
def test_statuses_have_an_order(operator: str, value: Any, held_by: str, holds: Holds) -> None:
    held = [status for status in Status.values if holds("status", operator, value, status=status)]
    assert held == held_by.split()


def test_priorities_have_an_order_that_begins_with_none(holds: Holds) -> None:
    held = [value for value in Priority.values if holds("priority", "less_than", "high", priority=value)]
    assert held == ["", "low", "normal"]
    assert holds("priority", "is", "", priority="")
    assert holds("priority", "is", None, priority="")


def test_a_type_and_a_channel_are_one_of_a_set(holds: Holds) -> None:
    assert holds("type", "is", "problem", type="problem")
    assert holds("type", "includes", ["task", "problem"])
    assert holds("type", "is_not", "task")
    assert holds("via_id", "is", "email") and not holds("via_id", "is", "web")


def test_tags_are_asked_as_any_and_none(holds: Holds, adas_ticket: Ticket) -> None:
    services.set_tags(adas_ticket, ["refund", "Big fish"], actor=SYSTEM)
    assert holds("current_tags", "includes", "vip refund")
    assert holds("current_tags", "includes", ["big fish"])  # as it is stored: big_fish
    assert holds("current_tags", "includes", "VIP, REFUND")
    assert not holds("current_tags", "includes", "fund")
    assert holds("current_tags", "not_includes", "vip")
    assert not holds("current_tags", "not_includes", "vip refund")
    assert holds("current_tags", "present")
    assert holds("current_tags", "not_present", tags=[])


def test_what_is_not_graces_includes_what_is_nobodys(holds: Holds, grace: User, alan: User) -> None:
    assert holds("assignee_id", "is_not", grace.pk)
    assert holds("assignee_id", "is", "") and holds("assignee_id", "not_present")
    assert holds("assignee_id", "includes", ["", grace.pk])
    assert holds("assignee_id", "is", str(grace.pk), assignee=grace)
    assert holds("assignee_id", "is", "current_user")
    assert holds("assignee_id", "is_not", "current_user", user=alan)
    assert holds("assignee_id", "includes", [alan.pk, "current_user"])
    assert not holds("assignee_id", "not_includes", [alan.pk, "current_user"])
    assert not holds("assignee_id", "includes", ["", alan.pk])


def test_without_an_asking_user_current_user_is_nobody(holds: Holds) -> None:
    assert not holds("assignee_id", "is", "current_user", user=None)  # not even a ticket of nobody's
    assert holds("assignee_id", "is_not", "current_user", user=None)
    assert not holds("draft_of_mine", "is", "true", user=None)


def test_teams_inboxes_and_organisations(holds: Holds, adas_ticket: Ticket, ada: Customer, billing: Any) -> None:
    acme, legal = Organisation.objects.create(name="Acme"), Team.objects.create(name="Legal")
    assert holds("group_id", "is", adas_ticket.team_id) and holds("group_id", "is_not", legal.pk)
    assert holds("group_id", "is", "", team=None)
    assert holds("inbox_id", "is", adas_ticket.inbox_id) and not holds("inbox_id", "is", billing.pk)
    assert holds("recipient", "is", "Support@Onethread.test")
    assert holds("requester_id", "is", ada.pk)
    assert holds("organization_id", "is_not", acme.pk) and holds("organization_id", "is", "")
    Customer.objects.filter(pk=ada.pk).update(organisation=acme, language="de")
    assert holds("organization_id", "is", acme.pk) and holds("organization_id", "present")
    assert holds("locale_id", "is", "de") and not holds("locale_id", "is", "")


def test_every_address_of_the_requester_counts(holds: Holds, ada: Customer) -> None:
    ada.identities.create(kind="email", value="ada@work.example", proved_by="agent")
    assert holds("requester_address", "is", "ADA@example.org") and holds("requester_address", "is", "ada@work.example")
    assert holds("requester_address", "includes", "@work.example")
    assert not holds("requester_address", "not_includes", "@work.example @acme.com")
    assert holds("requester_address", "is_not", "bob@example.org")


def test_followers_mentions_and_drafts(holds: Holds, adas_ticket: Ticket, grace: User, alan: User) -> None:
    assert holds("follower", "not_present") and holds("follower", "is_not", alan.pk)
    services.add_follower(adas_ticket, alan, actor=SYSTEM)
    assert holds("follower", "is", alan.pk) and holds("follower", "is", "current_user", user=alan)
    assert not holds("follower", "is", "current_user")

    note = adas_ticket.messages.get()
    Mention.objects.create(ticket=adas_ticket, message=note, team=Team.objects.get(name="Support"))
    assert holds("mention", "is", "current_user") and holds("mention", "is_not", alan.pk)

    assert holds("draft_of_mine", "is", "false")
    Draft.objects.create(ticket=adas_ticket, user=grace, mode="reply", html="Dear Ada")
    assert holds("draft_of_mine", "is", True) and holds("draft_of_mine", "is", "false", user=alan)


def test_words_are_found_in_any_case_and_inside_of_longer_ones(holds: Holds) -> None:
    subject = {"subject": "Rückerstattung für MÜLLER: 50% refunded"}
    assert holds("subject_includes_word", "includes", "rückerstattung", **subject)
    assert holds("subject_includes_word", "includes", "nothing müller")
    assert holds("subject_includes_word", "includes", "refund")
    assert holds("subject_includes_word", "includes", "muller")  # as the search leaves accents out
    assert holds("subject_includes_word", "includes", ["50% refunded"])
    assert not holds("subject_includes_word", "includes", "5_%")
    assert holds("subject_includes_word", "not_includes", "invoice bill")
    assert holds("subject_includes_word", "is", "rückerstattung für müller: 50% REFUNDED")
    assert holds("subject_includes_word", "is_not", "refund")


def test_words_of_the_first_and_of_any_message(holds: Holds, adas_ticket: Ticket, grace: User) -> None:
    services.add_note(adas_ticket, "<p>She means the Difference Engine.</p>", actor=Actor.agent(grace))
    assert holds("comment_includes_word", "includes", "difference") and holds(
        "comment_includes_word", "includes", "ada"
    )
    assert holds("description_includes_word", "includes", "multiplies")
    assert holds("description_includes_word", "not_includes", "difference")
    assert not holds("description_includes_word", "includes", "múltiplies")  # accents count
    assert holds("comment_includes_word", "is", "she means the difference engine.")
    Message.objects.filter(kind="public").update(delivery_state="cancelled")
    assert holds("comment_includes_word", "not_includes", "multiplies")  # taken back
    assert holds("description_includes_word", "includes", "difference")


def test_who_can_see_it_what_hangs_on_it_and_who_waits(holds: Holds, adas_ticket: Ticket, ada: Customer) -> None:
    assert holds("ticket_is_public", "is", "public") and holds("ticket_is_public", "is_not", "private")
    assert holds("is_waiting", "is", "true") and holds("is_waiting", "is", "false", waiting_since=None)
    assert holds("is_waiting", "is", "true", waiting_since=NOW)
    assert holds("is_waiting", "is", "false", status="solved")  # whoever wrote last
    assert holds("attachment", "not_present", status="open") and holds("cc", "not_present")
    Attachment.objects.create(message=adas_ticket.messages.get(), file="x", filename="engine.png", size=1, sha256="x")
    assert holds("attachment", "present")
    services.add_cc(adas_ticket, ada, "bob@example.org", actor=SYSTEM, state=CcState.SUGGESTED)
    assert holds("cc", "not_present")  # only suggested
    services.add_cc(adas_ticket, ada, "bob@example.org", actor=SYSTEM)
    assert holds("cc", "present")
    Message.objects.update(kind="note", delivery_state="")
    assert holds("ticket_is_public", "is", "private")


def test_numbers(holds: Holds) -> None:
    for field, column in [("replies", "reply_count"), ("reopens", "reopen_count"),
                          ("agent_stations", "assignee_stations"), ("group_stations", "team_stations")]:  # fmt: skip
        assert holds(field, "is", "2", **{column: 2}) and holds(field, "is_not", 3)
        assert holds(field, "less_than", 3) and not holds(field, "less_than", 2)
        assert holds(field, "less_than_equal", 2) and holds(field, "greater_than_equal", 2)
        assert holds(field, "greater_than", 1) and not holds(field, "greater_than", 2)


@pytest.mark.parametrize(
    ("minutes", "held"),
    [(0, "less"), (239, "less"), (240, "is"), (241, "is more"), (299, "is more"), (300, "more"), (9999, "more")],
)
def test_hours_since(minutes: int, held: str, holds: Holds) -> None:
    """4 hours: more and less to the minute, `is` for the hour that follows."""
    then = NOW - timedelta(minutes=minutes)
    answers = {"less": "less_than", "is": "is", "more": "greater_than"}
    assert [word for word, it in answers.items() if holds("updated_at", it, 4, updated_at=then)] == held.split()


def test_hours_since_a_status_count_while_it_lasts(holds: Holds) -> None:
    then = NOW - timedelta(hours=30)
    assert holds("PENDING", "greater_than", 24, status="pending", status_changed_at=then)
    assert not holds("OPEN", "greater_than", 24)
    assert not holds("PENDING", "greater_than", 24, status="open")
    assert holds("SOLVED", "greater_than", 24, status="solved", solved_at=then)
    assert holds("SOLVED", "greater_than", 24, status="closed", status_changed_at=NOW)


def test_what_lies_ahead_is_not_overdue_and_what_is_overdue_does_not_lie_ahead(holds: Holds) -> None:
    tomorrow, yesterday = NOW + timedelta(hours=20), NOW - timedelta(hours=20)
    assert holds("until_due_date", "less_than", 24, due_at=tomorrow) and holds("until_due_date", "greater_than", 19)
    assert holds("until_due_date", "is", 20)
    assert not holds("due_date", "less_than", 24) and not holds("due_date", "greater_than", 0)
    assert holds("due_date", "less_than", 24, due_at=yesterday) and holds("due_date", "greater_than", 0)
    assert not holds("until_due_date", "less_than", 24) and not holds("until_due_date", "greater_than", 0)
    for field in ("due_date", "until_due_date"):
        for operator in ("is", "less_than", "greater_than"):
            assert not holds(field, operator, 1, due_at=None)


@pytest.mark.parametrize(
    ("operator", "day", "held_by"),
    [
        ("is", "2026-11-20", "20"),
        ("is_not", "2026-11-20", "19 21 22"),
        ("less_than", "2026-11-20", "19"),
        ("less_than_equal", "2026-11-20", "19 20"),
        ("greater_than", "2026-11-20", "21 22"),
        ("greater_than_equal", "2026-11-20", "20 21 22"),
        ("is", "today", "22"),
        ("is", "yesterday", "21"),
        ("less_than", "tomorrow", "19 20 21 22"),
        ("greater_than", "2026-11-20T12:00:00Z", "21 22"),
        ("greater_than_equal", "2026-11-20T12:00:00Z", "20 21 22"),
        ("within_previous_n_days", 2, "20 21 22"),
        ("within_previous_n_days", 1, "21 22"),
    ],
)
def test_days(operator: str, day: Any, held_by: str, holds: Holds) -> None:
    """Tickets of noon on each of these days, the last at half past ten, which is now."""
    held = []
    for number in range(19, 23):
        created = min(datetime(2026, 11, number, 12, tzinfo=UTC), NOW)
        if holds("created_at", operator, day, created_at=created):
            held.append(str(number))
    assert held == held_by.split()


def test_a_day_is_the_asking_persons(holds: Holds, alan: User) -> None:
    alan.time_zone = "America/New_York"
    early = {"created_at": datetime(2026, 11, 22, 4, 30, tzinfo=UTC)}  # half past eleven the evening before
    assert holds("created_at", "is", "2026-11-21", user=alan, **early)
    assert holds("created_at", "is", "yesterday", user=alan)
    assert holds("created_at", "is", "today", user=None)
    alan.time_zone = "Nowhere/Land"
    assert holds("created_at", "is", "today", user=alan)


def test_a_day_on_which_the_clocks_go_back_has_25_hours(holds: Holds, alan: User) -> None:
    alan.time_zone = "Europe/Berlin"
    last = datetime(2026, 10, 25, 22, 59, tzinfo=UTC)
    assert holds("created_at", "is", "2026-10-25", user=alan, created_at=last)
    assert not holds("created_at", "is", "2026-10-25", user=alan, created_at=last + timedelta(minutes=1))
    assert holds("created_at", "is", "2026-10-25", user=alan, created_at=last - timedelta(hours=24, minutes=59))


def test_a_moment_that_never_was_is_before_and_after_nothing(holds: Holds) -> None:
    for operator in ("is", "less_than", "greater_than", "less_than_equal", "greater_than_equal"):
        assert not holds("due_at", operator, "2026-11-20", due_at=None)
    assert holds("due_at", "is_not", "2026-11-20") and holds("due_at", "not_present")
    assert holds("due_at", "present", due_at=NOW)
