"""Changes of surveys. What is asked already goes on; revisions say who changed what.

Callers ask `accounts.policies.may_manage` first. What is stored has been checked by the form.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from helpdesk.accounts.models import User
from tickets import realtime, revisions
from tickets.models import Survey, SurveyMail, SurveyMailKind
from tickets.services.errors import Refused
from tickets.surveys.asking import hurry

MOST = 50
TOPIC = "surveys"


def all_surveys() -> QuerySet[Survey]:
    """Those that are not deleted, in the order in which they are asked."""
    return Survey.objects.filter(deleted_at=None).order_by("position", "pk")


@transaction.atomic
def create_survey(author: User | None, title: str, **fields: Any) -> Survey:
    """A new one at the end."""
    if all_surveys().count() >= MOST:
        raise Refused(_("There are %(count)s surveys already. Delete one first.") % {"count": MOST})
    survey = Survey.objects.create(title=title, created_by=author, position=_last_position(), **fields)
    revisions.keep(survey, author, _("Created"))
    _tell_pages()
    return survey


@transaction.atomic
def change_survey(
    survey: Survey, author: User, fields: Mapping[str, Any], *, seen: str = "", change: str = ""
) -> Survey:
    """Set `fields`. Raises `revisions.ChangedMeanwhile`: see there; and `Refused` where answers would be mixed up."""
    survey = _locked(survey)
    revisions.refuse_stale(survey, seen)
    revisions.begin(survey)
    asked = (fields.get("kind", survey.kind), fields.get("scale", survey.scale))
    if asked != (survey.kind, survey.scale) and survey.invitations.exists():
        words = _("People were asked by this scale already. Switch it off, and make a new survey for another scale.")
        raise Refused(words, field="scale")
    for name, value in fields.items():
        setattr(survey, name, value)
    return _saved(survey, author, change)


def set_active(survey: Survey, author: User, active: bool) -> Survey:
    if active == survey.is_active:
        return survey
    change = _("Switched on") if active else _("Switched off")
    return change_survey(survey, author, {"is_active": active}, change=change)


@transaction.atomic
def move_survey(survey: Survey, place: int) -> None:
    """To `place`, the first being 0; all positions are written anew."""
    others = list(all_surveys().select_for_update().exclude(pk=survey.pk))
    others.insert(min(max(place, 0), len(others)), survey)
    for position, one in enumerate(others):
        one.position = position
    Survey.objects.bulk_update(others, ["position"])
    _tell_pages()


@transaction.atomic
def delete_survey(survey: Survey, author: User) -> Survey:
    """The row stays, because answers and timelines name it; restoring a revision brings it back, switched off."""
    survey = _locked(survey)
    revisions.begin(survey)
    survey.is_active, survey.deleted_at = False, timezone.now()
    return _saved(survey, author, _("Deleted"))


@transaction.atomic
def restore_survey(survey: Survey, number: int, author: User) -> Survey:
    """What it was in that revision; one that was deleted comes back switched off, at the end."""
    survey = _locked(survey)
    asked = (survey.kind, survey.scale)
    revisions.begin(survey)
    revisions.put_back(survey, number)
    if (survey.kind, survey.scale) != asked and survey.invitations.exists():
        raise Refused(_("People were asked by another scale since."))
    if survey.deleted_at:
        survey.is_active, survey.deleted_at, survey.position = False, None, _last_position()
    return _saved(survey, author, revisions.restored_from(number))


@transaction.atomic
def send_trial(survey: Survey, to: User, language: str) -> SurveyMail:
    """The mail as customers get it, to whoever sets it up; its links keep nothing."""
    mail = SurveyMail.objects.create(
        kind=SurveyMailKind.TRIAL, survey=survey, email=to.email, language=language, due_at=timezone.now()
    )
    transaction.on_commit(hurry)
    return mail


def _locked(survey: Survey) -> Survey:
    return Survey.objects.select_for_update(of=("self",)).get(pk=survey.pk)


def _saved(survey: Survey, author: User, change: str) -> Survey:
    survey.updated_at = timezone.now()
    survey.save()
    revisions.keep(survey, author, change)
    _tell_pages()
    return survey


def _last_position() -> int:
    last: int | None = all_surveys().aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1


def _tell_pages() -> None:
    transaction.on_commit(lambda: realtime.publish({"t": "changed", "topics": [TOPIC]}))
