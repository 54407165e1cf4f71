"""Which answers a second person must have seen before everybody can read them."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q
from django.utils.translation import gettext as _

from tickets.confrontation import Sign, in_words
from tickets.models import PublicCase, Ticket, Triage
from tickets.routes import Route
from tickets.services.errors import Refused

SETTING = "setting"  # an admin wants it so for the whole account


class NeedsApproval(Refused):
    """It may be proposed (`services.propose_reply`) by `route`, for `reasons`."""

    def __init__(self, route: Route, reasons: Sequence[Sign]) -> None:
        words = _("Everybody can read this, so a colleague has to approve it first: %(reasons)s.")
        super().__init__(words % {"reasons": why(reasons)}, field="route")
        self.route, self.reasons = route, list(reasons)


def reasons_to_ask(ticket: Ticket, route: Route | None) -> list[Sign]:
    """Why an answer by `route` needs a second person; empty where it needs none."""
    if route is None or not route.is_public:
        return []
    asked: list[Sign] = [{"kind": SETTING}] if route.approves_public else []
    case = PublicCase.objects.filter(ticket=ticket, flagged_at__isnull=False).first()
    return [*asked, *(case.signs if case else ())]


def may_be_answered(ticket: Ticket) -> bool:
    """By a rule, where rules may post at all: not what is ignored, nor what may become a quarrel."""
    cases = PublicCase.objects.filter(ticket=ticket)
    return not cases.filter(Q(triage=Triage.IGNORED) | Q(flagged_at__isnull=False)).exists()


def in_short(reasons: Sequence[Sign]) -> str:
    """As `why`, where the signs stand beside it already."""
    return "; ".join(
        [
            *([_("an admin wants it so")] if any(each["kind"] == SETTING for each in reasons) else []),
            *([_("it may become a quarrel")] if any(each["kind"] != SETTING for each in reasons) else []),
        ]
    )


def why(reasons: Sequence[Sign]) -> str:
    """In words, as the end of a sentence."""
    said = [_("an admin wants it so")] if any(each["kind"] == SETTING for each in reasons) else []
    if signs := in_words(reasons):
        said.append(_("it may become a quarrel, because %(signs)s") % {"signs": ", ".join(signs)})
    return "; ".join(said)
