"""A draft of a rule tried on the past: begun from its editor, watched while it runs, stopped when seen enough."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from helpdesk.lib.handover import hand_over
from tickets.automation import replaying
from tickets.builder import LONGEST, LONGEST_ACTIONS
from tickets.conditions import Invalid
from tickets.models import Replay
from tickets.realtime import replay_topic
from tickets.services.errors import Refused
from tickets.tasks import run_replay
from tickets.views.rule_editor import read_json
from tickets.views.rules import kind_context, managed, plural
from tickets.views.support import StaffRequest, wants_fragment

EXAMPLES_SHOWN = 20


@require_POST
@managed
def begin(request: StaffRequest, kind: str) -> HttpResponseBase:
    """The rule in the form, on the tickets of the last `days`. Nothing is changed, and nothing is saved."""
    days = request.POST.get("days", "")
    conditions = read_json(request.POST.get("conditions", "")[:LONGEST], None)
    actions = read_json(request.POST.get("actions", "")[:LONGEST_ACTIONS], None)
    wanted = int(days) if days.isdecimal() and len(days) < 6 else 0
    try:
        replay = replaying.start_replay(request.user, kind, conditions or {}, actions, days=wanted, now=timezone.now())
    except (Invalid, Refused) as error:
        context = kind_context(kind) | {"error": str(error), "list_url": f"settings-{plural(kind)}"}
        name = "_replay" if wants_fragment(request) else "replay"
        return render(request, f"settings/rules/{name}.html", context, status=422)
    hand_over(run_replay, replay.pk)
    if wants_fragment(request):
        return render(request, "settings/rules/_replay.html", context_of(replay))
    return redirect("replay", replay_id=replay.pk)


@require_GET
@managed
def watch(request: StaffRequest, replay_id: int) -> HttpResponse:
    replay = _own(request, replay_id)
    name = "_replay" if wants_fragment(request) else "replay"
    return render(request, f"settings/rules/{name}.html", context_of(replay))


@require_POST
@managed
def cancellation(request: StaffRequest, replay_id: int) -> HttpResponseBase:
    replay = _own(request, replay_id)
    replaying.cancel_replay(replay, now=timezone.now())
    if not wants_fragment(request):
        return redirect("replay", replay_id=replay.pk)
    replay.refresh_from_db()
    return render(request, "settings/rules/_replay.html", context_of(replay))


def context_of(replay: Replay) -> dict[str, Any]:
    examples = replaying.examples_of(replay)
    return kind_context(replay.kind) | {
        "replay": replay,
        "topic": replay_topic(replay.pk, replay.asked_by_id),
        "is_running": replay.state in replaying.UNFINISHED,
        "examples": examples[:EXAMPLES_SHOWN],
        "reservations": replaying.reservations(replay.kind, replay.conditions),
        "list_url": f"settings-{plural(replay.kind)}",
    }


def _own(request: StaffRequest, replay_id: int) -> Replay:
    return get_object_or_404(Replay, pk=replay_id, asked_by=request.user)
