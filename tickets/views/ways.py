"""The ways an answer can go, as the composer offers them and its form names them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.timesince import timeuntil
from django.utils.translation import gettext as _

from tickets import routes, services
from tickets.forms import MessageForm
from tickets.message_facts import MessageFacts
from tickets.models import Message, Ticket
from tickets.routes import Route
from tickets.services.answering import files_taken, window_over
from tickets.stamps import as_read
from tickets.surroundings import Surroundings
from tickets.views.support import StaffRequest

SOON = 2 * 3600  # seconds; a window that closes within is told in amber


@dataclass(frozen=True)
class Way:
    """A route with what the composer says of it."""

    route: Route
    is_chosen: bool
    why_not: str  # why nothing can be sent by it
    needs_template: bool
    note: str  # what is to be known before writing
    is_urgent: bool

    @property
    def files(self) -> str:
        """For scripts: "image/:5242880 video/:16777216"."""
        return " ".join(f"{prefix}:{largest}" for prefix, largest in files_taken(self.route.can))


def offered(request: StaffRequest, ticket: Ticket, around: Surroundings) -> list[Way]:
    """Nothing where only e-mail is there; else e-mail is the last of them."""
    with as_read(around.stamps):
        found = routes.routes_of(ticket)
    if not found:
        return []
    usual = routes.usual_route(ticket, around.said, found)
    asked = request.POST.get("route") or request.GET.get("route") or (usual.key if usual else routes.BY_EMAIL.key)
    now = timezone.now()
    chosen = asked if asked in {route.key for route in found} else routes.BY_EMAIL.key
    ways = [_way(route, route.key == chosen, now) for route in found]
    return [*ways, Way(routes.BY_EMAIL, chosen == routes.BY_EMAIL.key, "", False, "", False)]


def chosen_fields(ticket: Ticket, form: MessageForm) -> dict[str, Any]:
    """What `add_reply` is told of the way; nothing where the form names none, as for e-mail it always was."""
    if not (key := form.cleaned_data["route"]):
        return {}
    route = routes.route_of(ticket, key)
    if route is None:
        raise services.Refused(_("This way is no longer there. Choose another one."), field="route")
    if route.is_email:
        return {"route": route}
    return {"route": route, "template": form.chosen_template, "facts": _facts(ticket, route, form)}


def _facts(ticket: Ticket, route: Route, form: MessageForm) -> MessageFacts:
    """The message that is answered, where it was said in the same conversation."""
    answered = Message.objects.filter(ticket=ticket, pk=form.cleaned_data["answers"] or 0)
    if route.can.can_reply_to and answered.filter(facts__conversation=route.conversation).exists():
        return {"reply_to": form.cleaned_data["answers"]}
    return {}


def _way(route: Route, is_chosen: bool, now: datetime) -> Way:
    needs_template = not route.takes_words(now)
    why_not = route.unreachable or (window_over(route) if needs_template and not route.can.has_templates else "")
    return Way(route, is_chosen, why_not, needs_template and not why_not, *_note(route, now))


def _note(route: Route, now: datetime) -> tuple[str, bool]:
    """How long words of our own may be sent, and whether that is not long any more."""
    if route.problem:
        return _("Waits: %(problem)s") % {"problem": route.problem}, True
    if route.is_public:
        return _("Everybody can read it."), True
    until = max(filter(None, (route.open_until, route.human_until)), default=None)
    if route.can.window is None or until is None or until <= now:
        return "", False
    left = timeuntil(until, now, depth=1)
    words = (
        _("Open for %(time)s; after that choose a template.") if route.can.has_templates else _("Open for %(time)s.")
    )
    return words % {"time": left}, (until - now).total_seconds() < SOON
