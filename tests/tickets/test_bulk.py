"""Many tickets changed as a job: what it was asked for, for whom, and what became of each."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from customers.actors import Actor
from customers.models import Customer
from helpdesk.accounts.models import Role, Team, User
from tests.cast import open_for
from tickets import bulk
from tickets.automation.actions import check_actions
from tickets.automation.macro_upkeep import create_macro, read_actions
from tickets.models import BulkJob, BulkOutcome, BulkState, Inbox, MacroUse, Message, Notification, Ticket, TicketEvent
from tickets.services import Refused, add_reply, change_status, set_tags

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def tickets(ada: Customer, support: Inbox) -> list[Ticket]:
    return [open_for(ada, support, f"Question {number}") for number in range(5)]


def wanted(**fields: Any) -> list[Any]:
    return check_actions([{"field": field, "value": value} for field, value in fields.items()])


def job_of(user: User, tickets: Any, **fields: Any) -> BulkJob:
    numbers: Any = [getattr(t, "pk", t) for t in tickets] if isinstance(tickets, list) else tickets
    return bulk.start_job(user, wanted(**fields), submit_key=uuid4(), tickets=numbers, now=timezone.now())


def finished(job: BulkJob) -> BulkJob:
    assert not bulk.run_job(job.pk)
    return BulkJob.objects.select_related("user").get(pk=job.pk)


def reasons(job: BulkJob) -> dict[int, str]:
    return dict(job.items.filter(outcome=BulkOutcome.REFUSED).values_list("ticket_id", "reason"))


def test_all_are_changed_and_tell_why(tickets: list[Ticket], grace: User) -> None:
    job = finished(job_of(grace, tickets, status="pending", current_tags="refund", assignee_id="current_user"))
    assert (job.state, job.total, job.changed, job.refused) == ("done", 5, 5, 0)
    assert job.title == "Set the status to Pending; add the tags refund; assign to me"
    assert set(Ticket.objects.values_list("status", "assignee", "tags__0")) == {("pending", grace.pk, "refund")}
    events = TicketEvent.objects.filter(ticket=tickets[0]).order_by("pk")[2:]
    assert [event.kind for event in events] == ["bulk.edited", "status.changed", "tags.changed", "assignee.changed"]
    assert events[0].payload == {"job_id": job.pk, "total": 5}
    assert {event.actor_user_id for event in events} == {grace.pk}
    assert len({event.gesture_id for event in events}) == 1


def test_what_is_so_already_is_unchanged(tickets: list[Ticket], grace: User) -> None:
    set_tags(tickets[0], ["oil"], actor=Actor.agent(grace))
    before = TicketEvent.objects.filter(ticket=tickets[0]).count()
    job = finished(job_of(grace, tickets, current_tags="oil"))
    assert (job.changed, job.unchanged, job.refused) == (4, 1, 0)
    assert TicketEvent.objects.filter(ticket=tickets[0]).count() == before
    assert bulk.result_of(job) == "4 of 5 tickets changed · 1 had nothing to change"


def test_a_macro_that_finds_all_so_already_changes_nothing(tickets: list[Ticket], grace: User) -> None:
    macro = create_macro(grace, "Oil", owner=grace, actions=read_actions([{"field": "set_tags", "value": "oil"}]))
    set_tags(tickets[0], ["oil"], actor=Actor.agent(grace))
    before = TicketEvent.objects.filter(ticket=tickets[0]).count()
    job = finished(job_of(grace, tickets, macro=str(macro.pk)))
    assert (job.changed, job.unchanged, job.refused) == (4, 1, 0)
    assert TicketEvent.objects.filter(ticket=tickets[0]).count() == before
    assert MacroUse.objects.count() == 4


def test_what_can_not_be_is_refused_in_words_and_the_rest_goes_on(
    tickets: list[Ticket], grace: User, alan: User
) -> None:
    closed, hidden, gone, *_others = tickets
    for status in ("solved", "closed"):
        change_status(closed, status, actor=Actor.agent(grace))
    Ticket.objects.filter(pk=hidden.pk).update(team=Team.objects.create(name="Legal", is_private=True))
    numbers = [ticket.pk for ticket in tickets]
    Message.objects.filter(ticket=gone).delete()
    TicketEvent.objects.filter(ticket=gone).delete()
    gone.delete()
    job = finished(job_of(alan, numbers, priority="high", current_tags="late"))
    assert (job.state, job.changed, job.refused) == ("done", 2, 3)
    assert reasons(job) == {
        numbers[0]: "This ticket is closed and can't be changed any more.",
        numbers[1]: "It does not exist any more, or you may not see it.",
        numbers[2]: "It does not exist any more, or you may not see it.",
    }
    assert Ticket.objects.get(pk=hidden.pk).priority == ""
    notification = Notification.objects.get(user=alan)
    assert (notification.kind, notification.detail) == ("bulk_done", "2 of 5 tickets changed · 3 refused")


def test_a_ticket_is_changed_wholly_or_not_at_all(tickets: list[Ticket], grace: User) -> None:
    set_tags(tickets[0], [f"tag{n}" for n in range(50)], actor=Actor.agent(grace))
    job = finished(job_of(grace, tickets, priority="high", current_tags="one-more"))
    assert reasons(job) == {tickets[0].pk: "At most 50 tags of 60 characters each."}
    assert Ticket.objects.get(pk=tickets[0].pk).priority == ""
    assert not TicketEvent.objects.filter(ticket=tickets[0], kind="bulk.edited").exists()


def test_permission_is_asked_when_the_change_is_made(tickets: list[Ticket], grace: User) -> None:
    job = job_of(grace, tickets, priority="high")
    grace.role = Role.LIGHT
    grace.save()
    assert set(reasons(finished(job)).values()) == {"You may not change it."}
    assert not Ticket.objects.filter(priority="high").exists()


def test_everybody_gets_a_message_of_their_own(tickets: list[Ticket], ada: Customer, grace: User) -> None:
    job = finished(job_of(grace, tickets, comment_value="We are back.", comment_mode_is_public=True, status="solved"))
    assert job.changed == 5
    replies = Message.objects.filter(author_user=grace)
    assert [(reply.to, reply.delivery_state) for reply in replies] == [(["ada@example.org"], "queued")] * 5
    assert all(reply.send_at and reply.send_at > reply.created_at for reply in replies)


def test_an_inbox_that_can_not_send_refuses_its_tickets_only(
    tickets: list[Ticket], ada: Customer, billing: Inbox, grace: User
) -> None:
    """The outbox says no at the end of the gesture: then each ticket is tried alone."""
    other = open_for(ada, billing, "An invoice")
    billing.is_active = False
    billing.save()
    job = finished(job_of(grace, [*tickets, other], comment_value="Hello", comment_mode_is_public=True))
    assert (job.changed, job.refused) == (5, 1)
    assert "deactivated" in reasons(job)[other.pk]
    assert not other.messages.filter(author_user=grace).exists()


def test_what_breaks_on_one_ticket_stops_neither_the_others_nor_the_worker(
    tickets: list[Ticket], grace: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = bulk._Edit._apply

    def break_on_one(self: Any, running: Any) -> None:
        if running.ticket.pk == tickets[2].pk:
            raise ZeroDivisionError
        good(self, running)

    monkeypatch.setattr(bulk._Edit, "_apply", break_on_one)
    job = finished(job_of(grace, tickets, priority="high"))
    assert (job.state, job.changed, job.refused) == ("done", 4, 1)
    assert "Something went wrong" in reasons(job)[tickets[2].pk]


def test_a_database_that_is_away_is_no_refusal(
    tickets: list[Ticket], grace: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose(self: Any, running: Any) -> None:
        raise OperationalError("deadlock detected")

    job = job_of(grace, tickets, priority="high")
    with monkeypatch.context() as patch:
        patch.setattr(bulk._Edit, "_apply", lose)
        with pytest.raises(OperationalError):
            bulk.run_job(job.pk)
    assert BulkJob.objects.get(pk=job.pk).refused == 0
    assert finished(job).changed == 5


def test_whom_it_names_may_be_gone_by_then(tickets: list[Ticket], grace: User, alan: User) -> None:
    job = job_of(grace, tickets, assignee_id=str(alan.pk))
    alan.is_active = False
    alan.save()
    assert set(reasons(finished(job)).values()) == {"The person to be chosen is not active any more."}


def test_a_list_is_fixed_when_it_is_asked_for(
    tickets: list[Ticket], ada: Customer, support: Inbox, grace: User
) -> None:
    asked = Ticket.objects.visible_to(grace).filter(status="new").order_by("-updated_at")
    job = job_of(grace, asked, status="solved")
    open_for(ada, support, "Came later")
    assert finished(job).changed == 5
    assert Ticket.objects.filter(status="new").count() == 1
    with pytest.raises(Refused, match="no tickets"):
        job_of(grace, Ticket.objects.none(), status="solved")
    assert BulkJob.objects.count() == 1


def test_sent_twice_it_is_one_job(tickets: list[Ticket], grace: User, alan: User) -> None:
    key, numbers = uuid4(), [ticket.pk for ticket in tickets]

    def send(user: User) -> BulkJob:
        return bulk.start_job(user, wanted(priority="high"), submit_key=key, tickets=[*numbers, *numbers], now=START)

    first, second = send(grace), send(grace)
    assert (first.pk, second.total, second.items.count()) == (second.pk, 5, 5)
    with pytest.raises(Refused):
        send(alan)


def test_cancelling_stops_after_the_chunk(tickets: list[Ticket], grace: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "CHUNK", 2)
    job = job_of(grace, tickets, priority="high")
    assert bulk.run_chunk(job.pk, now=timezone.now())
    bulk.cancel(job, now=timezone.now())
    job = finished(job)
    assert (job.state, job.changed, job.done) == ("cancelled", 2, 2)
    assert Ticket.objects.filter(priority="high").count() == 2
    bulk.cancel(job, now=timezone.now())
    assert not bulk.run_chunk(job.pk, now=timezone.now())


def test_a_job_without_a_worker_is_found_again(tickets: list[Ticket], grace: User) -> None:
    job = bulk.start_job(grace, wanted(priority="low"), submit_key=uuid4(), tickets=[tickets[0].pk], now=START)
    assert bulk.due_jobs(now=START + timedelta(seconds=29)) == []
    later = START + timedelta(seconds=31)
    assert bulk.due_jobs(now=later) == [job.pk]
    assert bulk.due_jobs(now=later) == []
    finished(job)
    assert bulk.due_jobs(now=later + timedelta(days=1)) == []


def test_what_ended_long_ago_is_forgotten(tickets: list[Ticket], grace: User) -> None:
    finished(job_of(grace, tickets, priority="low"))
    open_still = job_of(grace, tickets, priority="high")
    assert bulk.delete_old(now=timezone.now() + timedelta(days=89)) == 0
    assert bulk.delete_old(now=timezone.now() + timedelta(days=91)) == 1
    assert list(BulkJob.objects.all()) == [open_still]


def test_it_speaks_the_language_of_who_asked(tickets: list[Ticket], grace: User) -> None:
    grace.language = "de"
    grace.save()
    change_status(tickets[0], "solved", actor=Actor.agent(grace))
    change_status(tickets[0], "closed", actor=Actor.agent(grace))
    assert "geschlossen" in reasons(finished(job_of(grace, tickets, priority="low")))[tickets[0].pk]


def together(*work: Callable[[], Any]) -> None:
    start = threading.Barrier(len(work))

    def run(act: Callable[[], Any]) -> None:
        start.wait()
        try:
            act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(work)) as pool:
        list(pool.map(run, work))


@pytest.mark.django_db(transaction=True)
def test_two_workers_do_nothing_twice(tickets: list[Ticket], grace: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "CHUNK", 1)
    job = job_of(grace, tickets, comment_value="Once")
    together(*[lambda: bulk.run_job(job.pk)] * 4)
    job = finished(job)
    assert (job.state, job.changed) == ("done", 5)
    assert Message.objects.filter(kind="note").count() == 5
    assert Notification.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_agent_who_saves_meanwhile_loses_nothing(
    tickets: list[Ticket], grace: User, alan: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "CHUNK", 3)
    job = job_of(grace, tickets, current_tags="bulk", comment_value="From the bulk edit")

    def save_all() -> None:
        for ticket in reversed(tickets):
            add_reply(ticket, "<p>By hand</p>", actor=Actor.agent(alan))
            set_tags(ticket, [*Ticket.objects.get(pk=ticket.pk).tags, "hand"], actor=Actor.agent(alan))

    together(lambda: bulk.run_job(job.pk), save_all)
    assert finished(job).changed == 5
    for ticket in Ticket.objects.all():
        assert ticket.message_count == ticket.messages.count() == 3
        assert "hand" in ticket.tags
        assert ticket.assignee == alan
        assert ticket.last_event_id == ticket.events.latest("pk").pk


@pytest.mark.django_db(transaction=True)
def test_a_double_click_is_one_job(tickets: list[Ticket], grace: User) -> None:
    key, numbers = uuid4(), [ticket.pk for ticket in tickets]

    def send() -> None:
        bulk.start_job(grace, wanted(priority="high"), submit_key=key, tickets=numbers, now=START)

    together(*[send] * 4)
    assert (BulkJob.objects.count(), BulkJob.objects.get().items.count()) == (1, 5)
    assert BulkJob.objects.get().state == BulkState.QUEUED
