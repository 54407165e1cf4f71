"""Making contact forms, and the questions of forms and of chat widgets. Whatever is refused changes nothing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any, Final, TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from knowledge_base.models import HelpCentre
from tickets.models import ChatWidget, ContactForm
from tickets.portal.form_fields import (
    DECIDING,
    MOST_OPTIONS,
    MOST_QUESTIONS,
    WITH_OPTIONS,
    Kind,
    Option,
    Question,
    in_language,
    key_from,
    questions_of,
    value_from,
)
from tickets.services import Refused

Asking = TypeVar("Asking", ContactForm, ChatWidget)  # what has questions in its `fields`
RESERVED: Final = frozenset(("answers", "offers", "requests", "sent", "suggestions"))  # addresses of other pages


def languages() -> list[str]:
    """In which forms can be written: those of the help centres, what is fallen back on first."""
    found: dict[str, None] = {}
    for centre in HelpCentre.objects.order_by("host", "pk"):
        found |= dict.fromkeys([centre.default_language, *centre.languages])
    return list(found) or ["en"]


@transaction.atomic
def save_form(form: ContactForm | None, values: dict[str, Any]) -> ContactForm:
    """`values` are the columns but `fields`; raises `Refused` with the field."""
    form = ContactForm.objects.select_for_update().get(pk=form.pk) if form else ContactForm(position=_last() + 1)
    slug = values["slug"]
    if slug in RESERVED or ContactForm.objects.filter(slug=slug).exclude(pk=form.pk).exists():
        raise Refused(_("Another page has this address."), field="slug")
    if not any(text.get("title") for text in values["texts"].values()):
        raise Refused(_("Give it a title in one language at least."), field="texts")
    for name, value in values.items():
        setattr(form, name, value)
    form.save()
    return form


def _last() -> int:
    return ContactForm.objects.order_by("-position").values_list("position", flat=True).first() or 0


@transaction.atomic
def move_form(form: ContactForm, place: int) -> None:
    """To that place in the list, counted from 0."""
    forms = [each for each in ContactForm.objects.select_for_update() if each.pk != form.pk]
    forms.insert(max(0, min(place, len(forms))), form)
    for position, each in enumerate(forms):
        ContactForm.objects.filter(pk=each.pk).update(position=position)


@transaction.atomic
def save_question(form: Asking, key: str, question: Question) -> Question:
    """Change the question with `key`; with an empty one add `question` as the last, under a key made from its label."""
    form = _locked(form)
    questions: list[Question] = questions_of(form)
    known = next((each for each in questions if each.key == key), None)
    if known is None and len(questions) >= MOST_QUESTIONS:
        raise Refused(_("A form has at most %(count)s questions.") % {"count": MOST_QUESTIONS})
    label = in_language(question.texts, "en", "label")
    if not label:
        raise Refused(_("Give it a label in one language at least."), field="label")
    question = replace(question, key=known.key if known else key_from(label, {each.key for each in questions}))
    question = replace(question, options=_with_values(question))
    _refuse_unfit(question)
    changed = [question if each is known else each for each in questions] if known else [*questions, question]
    _store(form, changed)
    return question


def _locked(form: Asking) -> Asking:
    return type(form)._default_manager.select_for_update().get(pk=form.pk)


def _with_values(question: Question) -> tuple[Option, ...]:
    """Options keep what they are stored as; a new one gets it from its label."""
    if question.kind not in WITH_OPTIONS:
        return ()
    taken = {option.value for option in question.options if option.value}
    found = []
    for option in question.options:
        label = in_language(option.texts, "en", "label")
        if not label:
            continue
        value = option.value or value_from(label, taken)
        taken.add(value)
        found.append(Option(value, option.texts))
    return tuple(found)


def _refuse_unfit(question: Question) -> None:
    if question.kind in WITH_OPTIONS and len(question.options) < 2:
        raise Refused(_("A list has two options at least."), field="options")
    if len(question.options) > MOST_OPTIONS:
        raise Refused(_("A list has at most %(count)s options.") % {"count": MOST_OPTIONS}, field="options")
    if question.when and not question.answers:
        raise Refused(_("Choose the answers after which it is asked."), field="when")


def _store(form: Asking, questions: Sequence[Question]) -> None:
    """Checked as a whole: who decides about a question stands above it, and still has the answers asked for."""
    above: dict[str, Question] = {}
    for question in questions:
        if question.when:
            _refuse_lost(question, above.get(question.when))
        above[question.key] = question
    form.fields = [question.stored() for question in questions]
    form.save(update_fields=["fields", "updated_at"])


def _refuse_lost(question: Question, decider: Question | None) -> None:
    if decider is None:
        reason = _("“%(question)s” is asked only after certain answers to a question that has to stand above it.")
    elif decider.kind not in DECIDING or not question.answers <= set(decider.values):
        reason = _("“%(question)s” depends on an answer that would be gone. Change that question first.")
    else:
        return
    raise Refused(reason % {"question": question.label("en")})


@transaction.atomic
def move_question(form: Asking, key: str, place: int) -> None:
    form = _locked(form)
    questions = questions_of(form)
    moved = next(each for each in questions if each.key == key)
    rest = [each for each in questions if each is not moved]
    rest.insert(max(0, min(place, len(rest))), moved)
    _store(form, rest)


@transaction.atomic
def delete_question(form: Asking, key: str) -> None:
    form = _locked(form)
    _store(form, [each for each in questions_of(form) if each.key != key])


def deciding(questions: Sequence[Question], key: str) -> list[Question]:
    """Those above the question with `key` (a new one: all) whose answers may decide whether it is asked."""
    keys = [each.key for each in questions]
    above: Collection[Question] = questions[: keys.index(key)] if key in keys else questions
    return [each for each in above if each.kind in DECIDING]


def kinds() -> list[tuple[str, str]]:
    return [(kind.value, str(kind.label)) for kind in Kind]
