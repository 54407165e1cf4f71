"""Whom a note can name, for the composer's menu."""

from __future__ import annotations

from django.http import JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from helpdesk.accounts.models import Role
from helpdesk.lib.people import hue_of, initials_of
from tickets import policies, services
from tickets.services.mentions import Mentionable
from tickets.views.support import StaffRequest, require, staff_only, ticket_for


@require_GET
@staff_only
def mentionable(request: StaffRequest, number: int) -> JsonResponse:
    """Everybody and every team, the writer left out; `sees` is false for who would not be told."""
    ticket = ticket_for(request, number)
    require(policies.may_note(request.user, ticket))
    own = f"user:{request.user.pk}"
    people = [_shown(one) for one in services.mentionable(ticket) if one.reference != own]
    return JsonResponse({"people": people})


def _shown(one: Mentionable) -> dict[str, object]:
    is_team = one.role == "team"
    return {
        "id": one.reference,
        "name": one.name,
        "detail": str(_("Team") if is_team else Role(one.role).label),
        "words": one.email.partition("@")[0],
        "initials": initials_of(one.name),
        "hue": "" if is_team else hue_of(one.email),
        "sees": one.sees,
    }
