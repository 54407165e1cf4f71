"""What the demo company asks its customers, and what they say: most are content, some are not, a few change their mind.

Each ticket has a chance of its own, drawn by its number, so that the stories around it stay what they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

from helpdesk.accounts.models import Team
from helpdesk.demo.company import Company
from tickets.conditions import check
from tickets.models import Score, Survey, SurveyInvitation, SurveyKind, SurveyMoment, Ticket
from tickets.services import usual_recipients
from tickets.surveys.active import survey_for
from tickets.surveys.answering import answer
from tickets.surveys.asking import note_asked
from tickets.surveys.planning import DONE, due_at
from tickets.surveys.scales import choice_of
from tickets.surveys.upkeep import create_survey

ANSWERED: Final = 0.46
CHANGED: Final = 0.25  # of those who were not content, once somebody has called them
AT_LATEST: Final = timedelta(days=20)  # before the ticket is closed
REASONS: Final = [
    {"code": "slow", "texts": {"en": "It took too long", "de": "Es hat zu lange gedauert"}},
    {"code": "unsolved", "texts": {"en": "My problem is not solved", "de": "Mein Problem ist nicht gelöst"}},
    {"code": "unclear", "texts": {"en": "The answer was hard to follow", "de": "Die Antwort war schwer verständlich"}},
    {"code": "tone", "texts": {"en": "The tone of the answer", "de": "Der Ton der Antwort"}},
    {"code": "product", "texts": {"en": "The product itself", "de": "Das Produkt selbst"}},
]
# Chances of each value, the least content first.
CHANCES: Final[dict[str, Sequence[int]]] = {
    SurveyKind.CSAT: (5, 6, 9, 31, 49),
    SurveyKind.NPS: (2, 1, 2, 2, 3, 5, 6, 12, 20, 24, 23),
    SurveyKind.CES: (3, 4, 6, 9, 18, 33, 27),
}
GOOD: Final = (
    "Quick and friendly, thank you.", "Solved on the first try. I did not expect that.", "",
    "The explanation with the photo helped a lot.", "", "Very patient with my many questions!", "",
    "The new valve came the next day. Wonderful.", "", "", "Kind, clear, done.", "My tomatoes say thanks as well.",
)  # fmt: skip
NEUTRAL: Final = (
    "It works now, but I had to write twice.", "", "All right in the end.", "", "Fine. A shorter way would be nice.",
)  # fmt: skip
BAD: Final = (
    "Four days until anybody answered. In July that is the end of a bed of lettuce.",
    "I was asked for the same photo twice.", "It still drips.", "", "Nobody read what I wrote.",
    "I got an answer, but not to my question.", "The controller lost its schedule again the day after.",
)  # fmt: skip
WORDS: Final = {Score.GOOD: GOOD, Score.NEUTRAL: NEUTRAL, Score.BAD: BAD}
AFTERWARDS: Final = ("Somebody rang me and sorted it out. Thank you.", "It works now. Sorry for the harsh words.")


def set_up_surveys(company: Company) -> None:
    """Satisfaction for most, effort where money is involved, recommendation for organisations, thumbs after chats."""
    admin = company.staff["admin"]
    billing = Team.objects.filter(name="Billing").first()
    common: dict[str, Any] = {"is_active": True, "reasons": REASONS, "remind_after_days": 5, "apart_days": 14}
    create_survey(
        admin, "Organisations: would you recommend us?", kind=SurveyKind.NPS, scale=11, delay_minutes=24 * 60,
        conditions=_only("organization_id", "is_not", ""), **common,
    )  # fmt: skip
    if billing:
        create_survey(
            admin, "Money matters: how easy was it?", kind=SurveyKind.CES, scale=7, delay_minutes=120,
            conditions=_only("group_id", "is", billing.pk), **common,
        )  # fmt: skip
    create_survey(admin, "After each request", kind=SurveyKind.CSAT, scale=5, delay_minutes=120, **common)
    create_survey(
        admin, "After a chat", kind=SurveyKind.CSAT, scale=2, moment=SurveyMoment.CHAT, delay_minutes=10, **common
    )


def _only(field: str, operator: str, value: Any) -> dict[str, Any]:
    return check({"all": [{"field": field, "operator": operator, "value": value}]})


def told(ticket: Ticket, solved_at: datetime) -> Iterator[datetime]:
    """Yields when somebody is asked, answers and thinks again, and writes it down once it is resumed."""
    rng = Random(f"opinion of {ticket.pk}")
    survey = survey_for(ticket, SurveyMoment.SOLVED, now=solved_at)
    address = next(iter(usual_recipients(ticket).to), "")
    if survey is None or not address:
        return
    asked_at = due_at(survey, ticket, solved_at)
    yield asked_at
    invitation = _ask(survey, ticket, address, asked_at)
    if invitation is None or rng.random() > ANSWERED:
        return
    answered_at = asked_at + min(timedelta(hours=rng.expovariate(1 / 16)), timedelta(days=9))
    yield answered_at
    value = _value(survey, ticket, rng)
    _answer(invitation, value, rng, answered_at)
    if value <= survey.scale // 3 and rng.random() < CHANGED:
        again_at = min(answered_at + timedelta(hours=rng.uniform(20, 90)), solved_at + AT_LATEST)
        yield again_at
        answer(invitation, survey.scale - 1, comment=rng.choice(AFTERWARDS), now=again_at)


def _ask(survey: Survey, ticket: Ticket, address: str, now: datetime) -> SurveyInvitation | None:
    """None where there is nothing to ask any more, or they were asked a short while ago."""
    ticket.refresh_from_db()
    lately = SurveyInvitation.objects.filter(
        customer=ticket.requester_id, sent_at__gt=now - timedelta(days=survey.apart_days)
    )
    if ticket.status not in DONE or lately.exists():
        return None
    invitation = SurveyInvitation.objects.create(
        survey=survey, ticket=ticket, customer=ticket.requester, moment=SurveyMoment.SOLVED, created_at=now
    )
    note_asked(invitation, Ticket.objects.lock(ticket.pk), address, now, is_history=True)
    return invitation


def _value(survey: Survey, ticket: Ticket, rng: Random) -> int:
    """Who had to write again is less content."""
    chances = CHANCES[survey.kind]
    first = 0 if survey.kind == SurveyKind.NPS else 1
    drawn = rng.choices(range(first, first + len(chances)), chances)[0]
    return max(first, drawn - 1) if ticket.reopen_count and rng.random() < 0.6 else drawn


def _answer(invitation: SurveyInvitation, value: int, rng: Random, now: datetime) -> None:
    survey = invitation.survey
    choice = choice_of(survey.kind, survey.scale, value)
    assert choice is not None
    words = rng.choice(WORDS[choice.score])
    codes = [str(reason["code"]) for reason in REASONS]
    reasons = rng.sample(codes, rng.choice((1, 1, 2))) if choice.score == Score.BAD else []
    answer(invitation, value, reasons=reasons, comment=words, now=now)
