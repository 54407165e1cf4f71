"""What the assistant says of itself, and the buttons that it adds to those of its flow."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tickets.chat.flow_steps import HELPED, NOT_HELPED, PEOPLE, Step

Button = dict[str, str]  # {"id", "label"}


def name() -> str:
    """It never goes by a person's."""
    return _("Assistant")


def buttons(step: Step, language: str) -> list[Button]:
    """Under a step, the way to people last."""
    own = [{"id": option.id, "label": option.label(language)} for option in step.options]
    return [*own, *(asked_if_helped() if step.asks_if_helped else []), people()]


def asked_if_helped() -> list[Button]:
    return [{"id": HELPED, "label": _("Yes, this helped")}, {"id": NOT_HELPED, "label": _("No, it did not")}]


def people() -> Button:
    return {"id": PEOPLE, "label": _("Talk to a person")}
