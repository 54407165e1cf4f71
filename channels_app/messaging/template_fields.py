"""Templates as forms show them: a field for each variable, and the words with a place for each of those in the text."""

from __future__ import annotations

from dataclasses import dataclass

from channels_app.messaging.templates import VARIABLE, Variable, approved, variables, words
from channels_app.models import MessageTemplate


@dataclass(frozen=True)
class Offered:
    """`pieces` are its words and its variables, in their order; `value` is how forms name it."""

    template: MessageTemplate
    pieces: list[str | Variable]

    @property
    def value(self) -> str:
        return f"{self.template.name}|{self.template.language}"

    @property
    def variables(self) -> list[Variable]:
        return variables(self.template)


def offered(account_id: int) -> list[Offered]:
    return [Offered(template, _pieces(template)) for template in approved(account_id)]


def _pieces(template: MessageTemplate) -> list[str | Variable]:
    pieces: list[str | Variable] = []
    for part, text in words(template).items():
        if text and pieces:
            pieces.append("\n\n")
        split = VARIABLE.split(text)  # words and names of variables take turns
        pieces += [Variable(part, piece) if number % 2 else piece for number, piece in enumerate(split)]
    return [piece for piece in pieces if piece]
