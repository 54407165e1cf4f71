"""The ways an answer can go, as the composer offers them and its form names them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.timesince import timeuntil
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_GET

from tickets import policies, routes, services
from tickets.confrontation import Sign
from tickets.forms import MessageForm
from tickets.message_facts import MessageFacts
from tickets.models import Message, Ticket
from tickets.routes import Route
from tickets.services.answering import files_taken, unwanted, window_over
from tickets.services.approval import in_short, reasons_to_ask
from tickets.stamps import as_read
from tickets.surroundings import Surroundings, surroundings
from tickets.views.support import StaffRequest, require, staff_only, ticket_for

SOON = timedelta(hours=2)  # a window that closes within is told in amber
FILES = {"": _lazy("files"), "image": _lazy("pictures"), "video": _lazy("videos"), "audio": _lazy("sound")}


@dataclass(frozen=True)
class Way:
    """A route with what the composer says of it."""

    route: Route
    is_chosen: bool
    needs_template: bool = False  # nothing else can be sent now
    why_not: str = ""  # why nothing at all can be
    note: str = ""  # what is to be known before writing
    proposes: bool = False  # a second person has to approve it first
    until: datetime | None = None  # words of our own can be sent so long

    @property
    def is_urgent(self) -> bool:
        return bool(self.note) or (self.until is not None and self.until - timezone.now() < SOON)

    @property
    def told(self) -> str:
        """In the order of what matters most."""
        if self.why_not or self.note or not self.until:
            return self.why_not or self.note
        words = _("Open for %(time)s.")
        if self.route.can.has_templates:
            words = _("Open for %(time)s; after that choose a template.")
        return words % {"time": timeuntil(self.until, depth=1)}

    @property
    def file_words(self) -> str:
        """What files the channel takes, and we do: "pictures 5 MB, documents 25 MB"."""
        largest: dict[str, int] = {}
        for prefix, most in files_taken(self.route.can):
            words = str(FILES.get(prefix.partition("/")[0], _("documents")))
            largest[words] = max(min(most, settings.MAX_ATTACHMENT_BYTES), largest.get(words, 0))
        return ", ".join(f"{words} {filesizeformat(most)}" for words, most in largest.items())


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
    ways = [_way(ticket, route, route.key == chosen, now) for route in found]
    return [*ways, Way(routes.BY_EMAIL, chosen == routes.BY_EMAIL.key)]


@require_GET
@staff_only
def ways_fragment(request: StaffRequest, number: int) -> HttpResponse:
    """The choice as it is now: who writes opens the window again."""
    ticket = ticket_for(request, number)
    require(policies.may_reply(request.user, ticket))
    found = offered(request, ticket, surroundings(ticket, request.user))
    return render(request, "tickets/_ways.html", {"ticket": ticket, "ways": found, "answered": None})


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
    answered = answered_by(ticket, route, form)
    return {"reply_to": answered} if answered else {}


def answered_by(ticket: Ticket, route: Route, form: MessageForm) -> int | None:
    """Id of the message that the form names, if it is one of the conversation's."""
    named: int = form.cleaned_data["answers"] or 0
    said = Message.objects.filter(ticket=ticket, pk=named, facts__conversation=route.conversation)
    return named if route.can.can_reply_to and said.exists() else None


def _way(ticket: Ticket, route: Route, is_chosen: bool, now: datetime) -> Way:
    is_closed, asked = not route.takes_words(now), reasons_to_ask(ticket, route)
    why_not = route.unreachable or (unwanted(route) if route.is_refused else "")
    why_not = why_not or (window_over(route) if is_closed and not route.can.has_templates else "")
    until = max(filter(None, (route.open_until, route.human_until)), default=None) if route.can.window else None
    return Way(
        route,
        is_chosen,
        needs_template=is_closed and not why_not,
        why_not=why_not,
        note=_note(route, asked),
        proposes=bool(asked),
        until=until if until and until > now else None,
    )


def _note(route: Route, asked: list[Sign]) -> str:
    if route.problem:
        return _("Waits: %(problem)s") % {"problem": route.problem}
    if asked:
        return _("Everybody can read it. A colleague approves it first: %(why)s.") % {"why": in_short(asked)}
    return _("Everybody can read it.") if route.is_public else ""
