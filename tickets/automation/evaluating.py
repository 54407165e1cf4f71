"""Whether a rule holds: the one reading of its conditions, for the real run, the debugger, replay and lint.

Rules that are read together share their questions: what 200 of them ask is often the same, and is answered once.
Whatever takes a statement is asked last, and only where the rest has not decided.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from tickets.conditions.field import Field
from tickets.conditions.situation import Situation, Values
from tickets.conditions.tree import Condition, Group, Node, Tree, parse

Answer = bool | None  # None: not asked


class RuleLike(Protocol):
    """A Rule, or a draft of one. `kind` is the scope of its conditions: trigger or automation."""

    @property
    def kind(self) -> str: ...
    @property
    def conditions(self) -> Tree: ...


@dataclass(frozen=True)
class Seen:
    """One condition as it was found: the values it saw, those before the gesture, and whether it held."""

    condition: Condition
    values: Values
    before: Values
    holds: Answer


@dataclass(frozen=True)
class Verdict:
    holds: bool
    seen: tuple[Seen, ...]


class Question:
    """A condition without its place in a tree."""

    __slots__ = ("condition", "field", "is_costly")

    def __init__(self, condition: Condition) -> None:
        self.condition = condition
        self.field: Field = condition.field
        self.is_costly = condition.field.source.is_costly


class Questions:
    """Those of all rules that are read together, each once."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str, str], Question] = {}

    def of(self, condition: Condition) -> Question:
        value = json.dumps(condition.value, sort_keys=True)
        return self._known.setdefault((condition.field.key, condition.operator, value), Question(condition))

    def fields(self) -> list[Field]:
        return list({question.field.key: question.field for question in self._known.values()}.values())


class Asked:
    """The conditions of one rule, read and ready to be asked. Raises `Invalid` where they can't be."""

    def __init__(self, rule: RuleLike, shared: Questions | None = None) -> None:
        group = parse(rule.conditions, rule.kind)
        self.conditions = tuple(group.conditions())
        shared = shared or Questions()
        self.questions = tuple(map(shared.of, self.conditions))
        self.fields = list({question.field.key: question.field for question in self.questions}.values())
        self.has_costly = any(question.is_costly for question in self.questions)
        places = {id(condition): place for place, condition in enumerate(self.conditions)}
        self.decide = _decider(group, places)


class Reading:
    """The answers of one situation, each given once."""

    def __init__(self, situation: Situation) -> None:
        self.situation = situation
        self._answers: dict[Question, bool] = {}

    def answer(self, question: Question) -> bool:
        known = self._answers.get(question)
        if known is None:
            known = self._answers[question] = self.situation.holds(question.condition)
        return known

    def read(self, rule: Asked, *, wholly: bool = False) -> tuple[bool, list[Answer]]:
        """Whether it holds, and the answer to each condition; `wholly` asks also what can't matter any more."""
        answer = self.answer
        if not rule.has_costly or wholly:
            answers: list[Answer] = [answer(question) for question in rule.questions]
            return bool(rule.decide(answers)), answers
        answers = [None if question.is_costly else answer(question) for question in rule.questions]
        decided = rule.decide(answers)
        for place, question in enumerate(rule.questions):
            if decided is not None:
                break
            if answers[place] is None:
                answers[place] = answer(question)
                decided = rule.decide(answers)
        return bool(decided), answers


def evaluate(rule: RuleLike | Asked, situation: Situation) -> Verdict:
    """Every condition of `rule`, with what it sees in `situation`. Raises `Invalid` where it can't be asked."""
    asked = rule if isinstance(rule, Asked) else Asked(rule)
    holds, answers = Reading(situation).read(asked, wholly=True)
    return Verdict(holds, seen(asked, answers, situation))


def seen(asked: Asked, answers: Sequence[Answer], situation: Situation) -> tuple[Seen, ...]:
    return tuple(
        Seen(condition, situation.values(condition.field), situation.before(condition.field), answer)
        if answer is not None
        else Seen(condition, (), (), None)
        for condition, answer in zip(asked.conditions, answers, strict=True)
    )


Decide = Callable[[Sequence[Answer]], Answer]


def _decider(node: Node, places: dict[int, int]) -> Decide:
    """A function of the answers: True, False, or None as long as an answer that is missing could decide."""
    if isinstance(node, Condition):
        place = places[id(node)]
        return lambda answers: answers[place]
    if not node.any and not node.none and all(isinstance(child, Condition) for child in node.all):
        return _all_of([places[id(child)] for child in node.all])
    return _group(node, places)


def _all_of(wanted: list[int]) -> Decide:
    """The plainest group, which most rules are."""

    def decide(answers: Sequence[Answer]) -> Answer:
        found: Answer = True
        for place in wanted:
            if not answers[place]:
                if answers[place] is False:
                    return False
                found = None
        return found

    return decide


def _group(group: Group, places: dict[int, int]) -> Decide:
    every, some, none = ([_decider(child, places) for child in part] for part in (group.all, group.any, group.none))

    def decide(answers: Sequence[Answer]) -> Answer:
        parts = [child(answers) for child in every]
        parts += [_not(child(answers)) for child in none]
        if some:
            parts.append(_any([child(answers) for child in some]))
        return _all(parts)

    return decide


def _not(answer: Answer) -> Answer:
    return None if answer is None else not answer


def _any(answers: Sequence[Answer]) -> Answer:
    return True if True in answers else None if None in answers else False


def _all(answers: Sequence[Answer]) -> Answer:
    return False if False in answers else None if None in answers else True
