"""A flow tried out: the same moves as in a chat, and nothing written down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from tickets.chat import suggesting
from tickets.chat.flow_steps import Step, read
from tickets.chat.flow_words import buttons
from tickets.models import ChatFlow


@dataclass(frozen=True)
class Shown:
    """A line of the preview. `said` is "bot", "visitor" or "event"; `options` are (id, label)."""

    said: str
    text: str
    options: Sequence[tuple[str, str]] = ()
    articles: Sequence[dict[str, Any]] = ()


def preview(flow: ChatFlow, choices: Sequence[str], *, language: str) -> list[Shown]:
    """What a visitor who presses these, one after the other, would see."""
    steps = read(flow.steps)
    step = steps.steps.get(steps.first)
    if step is None:
        return []
    with translation.override(language):
        lines = [_say(flow, step, language)]
        for choice in choices:
            label = dict(lines[-1].options).get(choice)
            if label is None:
                break
            lines.append(Shown("visitor", label))
            move = steps.move(step.id, choice)
            if move.step is None:
                end = (
                    _("Solved without an agent.") if move.is_solved else _("People take over, with all that was said.")
                )
                return [*lines, Shown("event", end)]
            step = move.step
            lines.append(_say(flow, step, language))
    return lines


def _say(flow: ChatFlow, step: Step, language: str) -> Shown:
    options = [(button["id"], button["label"]) for button in buttons(step, language)]
    cards = suggesting.cards(flow.widget, step.articles, visitor=None, language=language)
    return Shown("bot", step.text(language), options, cards)
