"""Who is asked, when, and how often: an invitation waits, is decided once, and its mail goes out once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from channels_app.survey_mails import OUTBOX
from customers.actors import Actor
from customers.consent import set_consent
from customers.models import Customer
from helpdesk.accounts.calendar_changes import create_calendar
from helpdesk.accounts.models import User
from tests.cast import open_for
from tickets.models import Inbox, Status, Survey, SurveyInvitation, SurveyMail, Ticket, TicketEvent
from tickets.services import change_status, gesture
from tickets.surveys import asking
from tickets.surveys.asking import decide, sweep
from tickets.surveys.planning import due_at

pytestmark = pytest.mark.django_db
LATER = timedelta(minutes=61)


def invitation() -> SurveyInvitation:
    return SurveyInvitation.objects.get()


def test_it_waits_for_its_time_and_is_then_asked_once(solved: Ticket, survey: Survey) -> None:
    waiting = invitation()
    assert (waiting.state, waiting.due_at) == ("waiting", solved.solved_at + timedelta(hours=1))  # type: ignore[operator]
    assert sweep() == 0 and not SurveyMail.objects.exists()
    now = timezone.now() + LATER
    assert (sweep(now=now), sweep(now=now)) == (1, 0)
    asked = invitation()
    assert (asked.state, asked.sent_at, asked.mailed_to) == ("sent", now, "ada@example.org")
    assert asked.expires_at == now + timedelta(days=30) and asked.remind_at == now + timedelta(days=3)
    event = TicketEvent.objects.get(kind="survey.sent")
    assert event.payload == {
        "invitation_id": asked.pk, "title": survey.title, "to": "ada@example.org", "reminder": False,
    }  # fmt: skip
    assert (OUTBOX.send_due(now=now), OUTBOX.send_due(now=now)) == (1, 0)
    assert [sent.recipients() for sent in mail.outbox] == [["ada@example.org"]]


def test_what_is_opened_again_before_is_not_asked_about(solved: Ticket, grace: User) -> None:
    change_status(solved, Status.OPEN, actor=Actor.agent(grace))
    assert (invitation().state, invitation().reason, invitation().due_at) == ("skipped", "reopened", None)
    assert sweep(now=timezone.now() + LATER) == 0
    change_status(solved, Status.SOLVED, actor=Actor.agent(grace))
    assert SurveyInvitation.objects.filter(state="waiting").count() == 1, "once it is done again, it waits again"


def test_a_ticket_is_asked_about_once(solved: Ticket, grace: User) -> None:
    sweep(now=timezone.now() + LATER)
    change_status(solved, Status.OPEN, actor=Actor.agent(grace))
    change_status(solved, Status.SOLVED, actor=Actor.agent(grace))
    assert invitation().state == "sent"


@pytest.mark.parametrize("reason", ["consent", "inactive", "address", "machine"])
def test_some_are_not_asked_and_the_timeline_says_why(
    reason: str, solved: Ticket, survey: Survey, ada: Customer, grace: User
) -> None:
    if reason == "consent":
        set_consent(ada, "email", "survey", False, actor=Actor.agent(grace))
    elif reason == "inactive":
        Survey.objects.update(is_active=False)
    elif reason == "address":
        ada.identities.all().delete()
        solved.messages.update(from_address="")
    else:
        solved.messages.update(is_auto_reply=True)
    assert sweep(now=timezone.now() + LATER) == 0
    assert (invitation().state, invitation().reason) == ("skipped", reason)
    assert TicketEvent.objects.get(kind="survey.skipped").payload["reason"] == reason
    assert not SurveyMail.objects.exists()


def test_one_person_gets_no_more_than_one_in_so_many_days(
    solved: Ticket, survey: Survey, ada: Customer, support: Inbox, grace: User
) -> None:
    other = change_status(open_for(ada, support, "Another"), Status.SOLVED, actor=Actor.agent(grace))
    now = timezone.now() + LATER
    assert sweep(now=now) == 1
    assert SurveyInvitation.objects.get(ticket=other).reason == "recent"
    third = change_status(open_for(ada, support, "Third"), Status.SOLVED, actor=Actor.agent(grace))
    Survey.objects.update(apart_days=0)
    sweep(now=now + timedelta(hours=2))
    assert SurveyInvitation.objects.get(ticket=third).state == "sent"


def test_the_first_survey_whose_conditions_hold_is_asked(
    adas_ticket: Ticket, survey: Survey, grace: User, ada: Customer, support: Inbox
) -> None:
    urgent = {"all": [{"field": "priority", "operator": "is", "value": "urgent"}]}
    first = Survey.objects.create(title="Urgent ones", kind="ces", scale=7, is_active=True, conditions=urgent)
    Survey.objects.filter(pk=survey.pk).update(position=5)
    change_status(adas_ticket, Status.SOLVED, actor=Actor.agent(grace))
    other = open_for(ada, support, "Fire")
    Ticket.objects.filter(pk=other.pk).update(priority="urgent")
    change_status(other, Status.SOLVED, actor=Actor.agent(grace))
    asked = dict(SurveyInvitation.objects.values_list("ticket_id", "survey_id"))
    assert asked == {adas_ticket.pk: survey.pk, other.pk: first.pk}


def test_a_survey_that_is_off_or_for_another_moment_asks_nobody(
    adas_ticket: Ticket, survey: Survey, grace: User
) -> None:
    Survey.objects.update(moment="never")
    change_status(adas_ticket, Status.SOLVED, actor=Actor.agent(grace))
    assert not SurveyInvitation.objects.exists()


def test_history_that_is_told_asks_nobody(adas_ticket: Ticket, survey: Survey, grace: User) -> None:
    long_ago = timezone.now() - timedelta(days=40)
    with gesture(adas_ticket, actor=Actor.agent(grace), now=long_ago) as g:
        change_status(g.ticket, Status.SOLVED, actor=g.actor)
    assert not SurveyInvitation.objects.exists()


def test_the_delay_counts_working_hours_where_asked(solved: Ticket, survey: Survey) -> None:
    nine_to_five = [(day * 1440 + 540, day * 1440 + 1020) for day in range(1, 6)]
    create_calendar("Office", time_zone="UTC", week=nine_to_five)
    friday = timezone.now().replace(2026, 11, 20, 16, 30, 0, 0)
    survey.delay_is_business = True
    assert due_at(survey, solved, friday) == friday.replace(day=23, hour=9)
    survey.delay_is_business = False
    assert due_at(survey, solved, friday) == friday + timedelta(hours=1)


def test_reminded_once_and_then_no_more(solved: Ticket) -> None:
    now = timezone.now() + LATER
    sweep(now=now)
    OUTBOX.send_due(now=now)
    later = now + timedelta(days=3, minutes=1)
    assert (sweep(now=later), sweep(now=later), sweep(now=later + timedelta(days=9))) == (1, 0, 0)
    assert invitation().reminded_at == later and OUTBOX.send_due(now=later) == 1
    assert list(SurveyMail.objects.order_by("pk").values_list("kind", flat=True)) == ["question", "reminder"]
    assert [event.payload["reminder"] for event in TicketEvent.objects.filter(kind="survey.sent")] == [False, True]
    sweep(now=now + timedelta(days=31))
    assert invitation().state == "expired"


def test_who_says_no_meanwhile_is_neither_mailed_nor_counted(solved: Ticket, ada: Customer, grace: User) -> None:
    """The door for mail asks for consent at the last moment."""
    now = timezone.now() + LATER
    sweep(now=now)
    set_consent(ada, "email", "survey", False, actor=Actor.agent(grace))
    OUTBOX.send_due(now=now)
    assert not mail.outbox
    assert (invitation().state, invitation().reason, invitation().sent_at) == ("skipped", "bounced", None)


def test_a_worker_that_dies_leaves_it_as_it_was(solved: Ticket, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between deciding and committing: nothing is written, and the next one asks."""
    row, now = invitation(), timezone.now() + LATER

    def killed(*_args: object, **_kwargs: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(asking, "queue_mail", killed)
        with pytest.raises(KeyboardInterrupt):
            decide(row.pk, solved.pk, now=now)
    assert invitation().state == "waiting" and not SurveyMail.objects.exists()
    assert not TicketEvent.objects.filter(kind="survey.sent").exists()
    assert sweep(now=now) == 1 and SurveyMail.objects.count() == 1


def test_a_mail_in_the_hands_of_a_worker_that_died_is_not_sent_twice(solved: Ticket) -> None:
    now = timezone.now() + LATER
    sweep(now=now)
    row = OUTBOX.claim(now=now)
    assert row is not None and OUTBOX.hand_over(row, now=now)  # and then it dies
    assert OUTBOX.send_due(now=now + timedelta(hours=3)) == 1 and not mail.outbox
    assert SurveyMail.objects.get().last_error == "the worker stopped while it was sent"
