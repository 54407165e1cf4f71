"""What the panel asks before a chat, and before a message for later: drawn by templates/widget/_question.html."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from tickets.models import Asked, ChatWidget
from tickets.portal.form_fields import Kind, Question, questions_of

NAME, EMAIL = "name", "email"
TYPES: Final = {EMAIL: "email", Kind.DATE: "date"}
FILLS: Final = {EMAIL: "email", NAME: "name"}


@dataclass(frozen=True)
class Shown:
    """A question in one language. It is asked when the one named `when` was answered with one of `answers`."""

    key: str
    kind: str
    label: str
    help: str = ""
    options: tuple[tuple[str, str], ...] = ()
    required: bool = False
    when: str = ""
    answers: tuple[str, ...] = ()

    @property
    def type(self) -> str:
        return TYPES.get(self.kind, "text")

    @property
    def fill(self) -> str:
        """What browsers call it when they offer to fill it in."""
        return FILLS.get(self.kind, "off")


def before_chat(widget: ChatWidget, language: str) -> list[Shown]:
    return [*_person(widget, email=widget.asks_email), *_own(widget, language)]


def before_message(widget: ChatWidget, language: str) -> list[Shown]:
    """Without an address there could be no answer later."""
    return [*_person(widget, email=Asked.REQUIRED), *_own(widget, language)]


def _person(widget: ChatWidget, *, email: str) -> list[Shown]:
    asked = ((NAME, _("Your name"), widget.asks_name), (EMAIL, _("Your e-mail address"), email))
    return [Shown(key, key, label, required=how == Asked.REQUIRED) for key, label, how in asked if how != Asked.NO]


def _own(widget: ChatWidget, language: str) -> list[Shown]:
    return [_shown(question, language) for question in questions_of(widget)]


def _shown(question: Question, language: str) -> Shown:
    return Shown(
        key=question.key,
        kind=str(question.kind),
        label=question.label(language),
        help=question.help(language),
        options=tuple((option.value, option.label(language)) for option in question.options),
        required=question.is_required,
        when=question.when,
        answers=tuple(sorted(question.answers)),
    )
