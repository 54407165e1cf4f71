"""Making an assistant's flow. A draft may be unfinished; what is active has no problem. Refused: nothing changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Count, Q
from django.utils.text import slugify
from django.utils.translation import gettext as _

from tickets.chat.flow_steps import MOST_STEPS, RESERVED, problems
from tickets.models import ChatFlow, ChatState, ChatWidget, FlowOutcome, FlowRun
from tickets.services import Refused

COUNTED: Final = timedelta(days=30)


def first_language(widget: ChatWidget) -> str:
    """What everybody gets whose own language is not there."""
    return widget.languages[0] if widget.languages else "en"


@transaction.atomic
def save_flow(flow: ChatFlow | None, *, name: str, widget: ChatWidget) -> ChatFlow:
    flow = ChatFlow.objects.select_for_update().get(pk=flow.pk) if flow else ChatFlow()
    if flow.is_active and flow.widget_id != widget.pk:
        raise Refused(_("Switch it off before it goes to another widget."), field="widget")
    flow.name, flow.widget = name, widget
    flow.save()
    return flow


@transaction.atomic
def set_active(flow: ChatFlow, is_active: bool) -> None:
    """Switch it on or off. Raises `Refused` for one with problems, and where the widget has another already."""
    flow = ChatFlow.objects.select_for_update(of=("self",)).select_related("widget").get(pk=flow.pk)
    if is_active:
        found = problems(flow.steps, language=first_language(flow.widget))
        if found:
            raise Refused(f"{found[0].step}: {found[0].reason}" if found[0].step else found[0].reason)
        other = ChatFlow.objects.filter(widget=flow.widget, is_active=True).exclude(pk=flow.pk).first()
        if other:
            raise Refused(_("“%(name)s” is active on this widget. Switch it off first.") % {"name": other})
    flow.is_active = is_active
    flow.save(update_fields=["is_active", "updated_at"])


@transaction.atomic
def save_step(flow: ChatFlow, name: str, step: Mapping[str, Any], *, version: str) -> str:
    """Change the step `name`, or add one where it is empty. Returns its name.

    `version` is what the writer's page was made of. Raises `Refused` when it is another by now; an active flow takes
    no change that would leave it with a problem.
    """
    flow = _locked(flow, version)
    steps = list(flow.steps)
    place = next((place for place, each in enumerate(steps) if each["id"] == name), len(steps))
    if place == len(steps):
        if len(steps) >= MOST_STEPS:
            raise Refused(_("A flow has at most %(most)s steps.") % {"most": MOST_STEPS})
        name = _free_name(step, {each["id"] for each in steps})
    steps[place : place + 1] = [{**step, "id": name}]
    _store(flow, steps, adds=place == len(flow.steps))
    return name


@transaction.atomic
def delete_step(flow: ChatFlow, name: str, *, version: str) -> None:
    """Raises `Refused` for the first step, and for one that another leads to."""
    flow = _locked(flow, version)
    if flow.steps and flow.steps[0]["id"] == name:
        raise Refused(_("A flow begins with its first step. Change it instead."))
    rest = [each for each in flow.steps if each["id"] != name]
    if leading := [each["id"] for each in rest if name in _leads_to(each)]:
        raise Refused(
            _("These steps lead to it: %(names)s. Let them lead elsewhere first.") % {"names": ", ".join(leading)}
        )
    _store(flow, rest)


def _locked(flow: ChatFlow, version: str) -> ChatFlow:
    flow = ChatFlow.objects.select_for_update(of=("self",)).select_related("widget").get(pk=flow.pk)
    if version != version_of(flow):
        raise Refused(_("Somebody has changed this flow since you opened it. Your words are still here."))
    return flow


def version_of(flow: ChatFlow) -> str:
    return flow.updated_at.isoformat()


def _store(flow: ChatFlow, steps: Sequence[Mapping[str, Any]], *, adds: bool = False) -> None:
    """A new step of an active flow may stand there unused: it is written before anything can lead to it."""
    found = problems(steps, language=first_language(flow.widget))
    if flow.is_active and [each for each in found if not (adds and each.step == steps[-1]["id"] and not each.place)]:
        raise Refused(found[0].reason, field=found[0].place)
    flow.steps = list(steps)
    flow.save(update_fields=["steps", "updated_at"])


def _leads_to(step: Mapping[str, Any]) -> set[str]:
    return {step.get("next", ""), *(option.get("next", "") for option in step.get("options", []))}


def _free_name(step: Mapping[str, Any], taken: set[str]) -> str:
    words = next((each.get("text", "") for each in step.get("texts", {}).values() if each.get("text")), "")
    name = "-".join(slugify(words).split("-")[:4])[:30] or "step"
    names = [name, *(f"{name}-{number}" for number in range(2, MOST_STEPS + 3))]
    return next(each for each in names if each not in taken | RESERVED)


@dataclass(frozen=True)
class Figures:
    """Of the last 30 days. `left`: went away without an answer that helped and without asking for people."""

    runs: int
    opened: int
    solved: int
    handed_over: int
    left: int

    @property
    def solved_share(self) -> int | None:
        return round(100 * self.solved / self.runs) if self.runs else None


def figures(flow: ChatFlow, *, now: datetime) -> Figures:
    counted = FlowRun.objects.filter(flow=flow, started_at__gt=now - COUNTED).aggregate(
        runs=Count("pk"),
        opened=Count("pk", filter=~Q(opened=[])),
        solved=Count("pk", filter=Q(outcome=FlowOutcome.SOLVED)),
        handed_over=Count("pk", filter=Q(outcome=FlowOutcome.HANDED_OVER)),
        left=Count("pk", filter=Q(outcome=FlowOutcome.OPEN, chat__state=ChatState.ENDED)),
    )
    return Figures(**counted)
