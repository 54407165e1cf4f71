"""The signed links of surveys: who holds one may answer for the one who was asked, and nothing more.

What the link says is signed, not stored. Opening it changes nothing, however often: see docs/decisions/surveys.md.
"""

from __future__ import annotations

import re
from typing import Final

from django.conf import settings
from django.urls import reverse

from helpdesk.lib.signing import sign, verify
from tickets.models import Survey, SurveyInvitation

_TOKEN = re.compile(r"(?P<pk>[0-9]{1,18})\.(?P<mac>[a-z2-7]{16})", re.IGNORECASE)
_ANSWER: Final = "survey-answer"
_TRIAL: Final = "survey-trial"


def token_of(invitation: SurveyInvitation) -> str:
    return f"{invitation.pk}.{sign(_ANSWER, invitation.pk, invitation.ticket_id, invitation.survey_id)}"


def answer_address(invitation: SurveyInvitation, value: int | None = None) -> str:
    address = settings.PUBLIC_URL + reverse("survey-answer", args=[token_of(invitation)])
    return address if value is None else f"{address}?v={value}"


def read_token(token: str) -> SurveyInvitation | None:
    """The invitation that we signed so; None for any other, as for one whose ticket is gone."""
    match = _TOKEN.fullmatch(token)
    if not match:
        return None
    rows = SurveyInvitation.objects.select_related("survey", "ticket__inbox", "customer", "chat__agent", "chat__team")
    invitation = rows.filter(pk=match["pk"]).first()
    if invitation is None:
        return None
    signed = (invitation.pk, invitation.ticket_id, invitation.survey_id)
    return invitation if verify(match["mac"], _ANSWER, *signed) else None


def trial_address(survey: Survey, value: int | None = None) -> str:
    """What a test mail leads to: the page as customers see it, which keeps nothing."""
    token = f"{survey.pk}.{sign(_TRIAL, survey.pk)}"
    address = settings.PUBLIC_URL + reverse("survey-trial", args=[token])
    return address if value is None else f"{address}?v={value}"


def read_trial(token: str) -> Survey | None:
    match = _TOKEN.fullmatch(token)
    if not match or not verify(match["mac"], _TRIAL, int(match["pk"])):
        return None
    return Survey.objects.filter(pk=match["pk"], deleted_at=None).first()
