"""Properties and people of a ticket: each change is one event, no change is none."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from customers.actors import Actor
from customers.identify import identify
from customers.models import Customer
from helpdesk.accounts.models import Role, Team, User
from tickets.models import Inbox, Status, Ticket, TicketCC, TicketEvent
from tickets.services import (
    Refused,
    TicketClosed,
    add_cc,
    add_follower,
    add_note,
    add_tags,
    assign,
    assign_team,
    change_due_date,
    change_priority,
    change_status,
    change_subject,
    change_type,
    note_also_received,
    remove_cc,
    remove_follower,
    remove_tags,
    set_tags,
)


def last_event() -> TicketEvent:
    return TicketEvent.objects.latest("pk")


@pytest.mark.parametrize(
    ("service", "value", "field", "kind"),
    [
        (change_priority, "urgent", "priority", "priority.changed"),
        (change_type, "incident", "type", "type.changed"),
        (change_subject, "It squeaks", "subject", "subject.changed"),
    ],
)
def test_a_property_changes_once(
    adas_ticket: Ticket, grace: User, service: Callable[..., Ticket], value: Any, field: str, kind: str
) -> None:
    old = getattr(adas_ticket, field)
    changed = service(adas_ticket, value, actor=Actor.agent(grace))
    assert getattr(Ticket.objects.get(pk=changed.pk), field) == value
    assert (last_event().kind, last_event().payload) == (kind, {"old": old, "new": value})
    count = TicketEvent.objects.count()
    service(adas_ticket, value, actor=Actor.agent(grace))
    assert TicketEvent.objects.count() == count


def test_a_due_date_is_set_and_removed(adas_ticket: Ticket, grace: User) -> None:
    noon = datetime(2026, 12, 1, 12, tzinfo=UTC)
    change_due_date(adas_ticket, noon, actor=Actor.agent(grace))
    assert Ticket.objects.get(pk=adas_ticket.pk).due_at == noon
    assert (last_event().kind, last_event().payload) == ("due.changed", {"old": "", "new": "2026-12-01T12:00:00+00:00"})
    count = TicketEvent.objects.count()
    change_due_date(adas_ticket, noon, actor=Actor.agent(grace))
    assert TicketEvent.objects.count() == count
    change_due_date(adas_ticket, None, actor=Actor.agent(grace))
    assert Ticket.objects.get(pk=adas_ticket.pk).due_at is None


def test_tags_of_two_people_both_survive(adas_ticket: Ticket, grace: User, alan: User) -> None:
    """Each still shows the page without the other's tag."""
    add_tags(adas_ticket, ["oil", "Noise"], actor=Actor.agent(grace))
    add_tags(adas_ticket, ["vip", "oil"], actor=Actor.agent(alan))
    assert Ticket.objects.get(pk=adas_ticket.pk).tags == ["oil", "noise", "vip"]
    assert last_event().payload == {"added": ["vip"], "removed": []}
    remove_tags(adas_ticket, ["OIL", "never there"], actor=Actor.agent(grace))
    assert Ticket.objects.get(pk=adas_ticket.pk).tags == ["noise", "vip"]


def test_tags_are_cleaned_and_told_as_added_and_removed(adas_ticket: Ticket, grace: User) -> None:
    set_tags(adas_ticket, ["Oil", "oil", " rattling noise "], actor=Actor.agent(grace))
    ticket = set_tags(adas_ticket, ["oil", "vip"], actor=Actor.agent(grace))
    assert ticket.tags == ["oil", "vip"]
    assert last_event().payload == {"added": ["vip"], "removed": ["rattling_noise"]}


@pytest.mark.parametrize("tags", [["x" * 61], [f"tag{n}" for n in range(51)]])
def test_too_many_or_too_long_tags_are_refused(adas_ticket: Ticket, grace: User, tags: list[str]) -> None:
    with pytest.raises(Refused, match="At most"):
        set_tags(adas_ticket, tags, actor=Actor.agent(grace))


@pytest.mark.parametrize("subject", ["", "   ", "x" * 301])
def test_a_bad_subject_is_refused(adas_ticket: Ticket, grace: User, subject: str) -> None:
    with pytest.raises(Refused):
        change_subject(adas_ticket, subject, actor=Actor.agent(grace))


def test_assigning_a_new_ticket_opens_it(adas_ticket: Ticket, grace: User) -> None:
    ticket = assign(adas_ticket, grace, actor=Actor.agent(grace))
    assert (ticket.assignee, ticket.status) == (grace, Status.OPEN)
    ticket = assign(ticket, None, actor=Actor.agent(grace))
    assert (ticket.assignee, ticket.status) == (None, Status.OPEN)
    assert last_event().payload == {"old_id": grace.pk, "old": "Grace Hopper", "new_id": None, "new": ""}


def test_light_and_former_agents_are_never_assigned(adas_ticket: Ticket, grace: User, linus: User, alan: User) -> None:
    alan.is_active = False
    alan.save()
    for user in (linus, alan):
        with pytest.raises(Refused, match="can't take tickets"):
            assign(adas_ticket, user, actor=Actor.agent(grace))


def test_a_private_teams_ticket_is_seen_by_its_members_and_leads(
    adas_ticket: Ticket, grace: User, alan: User, margaret: User
) -> None:
    board = Team.objects.create(name="Board", is_private=True)
    board.members.add(alan)
    assign_team(adas_ticket, board, actor=Actor.agent(margaret))
    seen = {user: Ticket.objects.visible_to(user).exists() for user in (grace, alan, margaret)}
    assert seen == {grace: False, alan: True, margaret: True}


def test_followers_and_people_in_copy_come_and_go(adas_ticket: Ticket, grace: User, linus: User, ada: Customer) -> None:
    add_follower(adas_ticket, linus, actor=Actor.agent(grace))
    remove_follower(adas_ticket, linus, actor=Actor.agent(grace))
    charles = identify("email", "charles@example.org").customer
    add_cc(adas_ticket, charles, "charles@example.org", actor=Actor.agent(grace), state="suggested")
    add_cc(adas_ticket, charles, "charles@example.org", actor=Actor.agent(grace), state="suggested")
    add_cc(adas_ticket, charles, "charles@example.org", actor=Actor.agent(grace))
    assert TicketCC.objects.get().state == "cc"
    add_cc(adas_ticket, charles, "charles@example.org", actor=Actor.agent(grace), state="unverified")
    assert TicketCC.objects.get().state == "cc"
    remove_cc(adas_ticket, "charles@example.org", actor=Actor.agent(grace))
    kinds = list(TicketEvent.objects.filter(ticket=adas_ticket).values_list("kind", flat=True))
    assert kinds[2:] == ["follower.added", "follower.removed", "cc.added", "cc.added", "cc.removed"]


def test_the_same_mail_in_a_second_inbox_is_told_once(adas_ticket: Ticket, grace: User, billing: Inbox) -> None:
    for _ in range(2):
        note_also_received(adas_ticket, billing, actor=Actor.agent(grace))
    assert list(adas_ticket.also_seen_in.all()) == [billing]
    assert TicketEvent.objects.filter(kind="mail.also_received").count() == 1


def test_a_closed_ticket_stays_as_it_is(adas_ticket: Ticket, grace: User) -> None:
    actor = Actor.agent(grace)
    change_status(adas_ticket, Status.SOLVED, actor=actor)
    change_status(adas_ticket, Status.CLOSED, actor=actor)
    attempts: list[tuple[Callable[..., Ticket], Any]] = [
        (assign, grace),
        (change_priority, "high"),
        (set_tags, ["late"]),
    ]
    for service, value in attempts:
        with pytest.raises(TicketClosed):
            service(adas_ticket, value, actor=actor)


def test_a_role_at_the_time_is_kept_with_the_words(adas_ticket: Ticket, grace: User) -> None:
    note = add_note(adas_ticket, "<p>Hm.</p>", actor=Actor.agent(grace))
    grace.role = Role.LEAD
    grace.save()
    note.refresh_from_db()
    assert note.author_role == "agent"
