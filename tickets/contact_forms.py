"""What admins fill in to make a contact form, and a question of one. Words stand there once for each language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from helpdesk.accounts.models import Team
from knowledge_base.centres import own_name
from tickets.models import ContactForm, Inbox, Priority
from tickets.portal.form_fields import Kind, Option, Question
from tickets.services import Refused, clean_tag
from tickets.services.fields import LONGEST_TAG, MAX_TAGS

SPARE_ROWS: Final = 3


class ContactFormForm(forms.Form):
    slug = forms.SlugField(
        label=_("Address"), max_length=60, help_text=_("What stands behind /contact/, as “returns”.")
    )
    inbox = forms.ModelChoiceField(Inbox.objects.filter(is_active=True), label=_("Answered from"))
    team = forms.ModelChoiceField(
        Team.objects.all(),
        label=_("Team"),
        required=False,
        empty_label="–",
        help_text=_("Empty: the inbox’s team, as for mail."),
    )
    priority = forms.ChoiceField(label=_("Priority"), choices=Priority.choices, required=False)
    tags = forms.CharField(label=_("Tags"), required=False, max_length=400, help_text=_("With commas between them."))
    is_active = forms.BooleanField(label=_("Active"), required=False, initial=True)

    def __init__(self, data: Any = None, *, form: ContactForm | None, languages: Sequence[str]) -> None:
        initial = {name: getattr(form, name) for name in self.base_fields} if form else {}
        if form:
            initial["tags"] = ", ".join(form.tags)
        super().__init__(data, initial=initial)
        self.languages = languages
        for code in languages:
            known = form.texts.get(code, {}) if form else {}
            more = {"initial": known.get("title", ""), "max_length": 80, "required": False}
            self.fields[f"title_{code}"] = forms.CharField(label=_("Title"), **more)
            more = {"initial": known.get("description", ""), "max_length": 300, "required": False}
            self.fields[f"description_{code}"] = forms.CharField(label=_("What it is for"), **more)

    def clean_tags(self) -> list[str]:
        """What a ticket would not take is refused here: its requests could not become tickets."""
        tags = list(dict.fromkeys(filter(None, (clean_tag(tag) for tag in self.cleaned_data["tags"].split(",")))))
        if len(tags) > MAX_TAGS or any(len(tag) > LONGEST_TAG for tag in tags):
            raise forms.ValidationError(_("At most %(count)s tags of 60 characters each."), params={"count": MAX_TAGS})
        return tags

    @property
    def texts(self) -> list[tuple[str, str, forms.BoundField, forms.BoundField]]:
        return [(code, own_name(code), self[f"title_{code}"], self[f"description_{code}"]) for code in self.languages]

    @property
    def values(self) -> dict[str, Any]:
        said = {
            code: {
                "title": self.cleaned_data[f"title_{code}"],
                "description": self.cleaned_data[f"description_{code}"],
            }
            for code in self.languages
        }
        columns = {name: self.cleaned_data[name] for name in self.base_fields}
        return {**columns, "texts": {code: text for code, text in said.items() if any(text.values())}}

    def refuse(self, refusal: Refused) -> None:
        field = f"title_{self.languages[0]}" if refusal.field == "texts" else refusal.field
        self.add_error(field if field in self.fields else None, str(refusal))


class QuestionForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=Kind.choices)
    is_required = forms.BooleanField(label=_("Has to be answered"), required=False)
    when = forms.ChoiceField(label=_("Asked"), required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        question: Question | None,
        above: Sequence[Question],
        languages: Sequence[str],
        language: str,
    ) -> None:
        initial = {name: getattr(question, name) for name in self.base_fields} if question else {}
        super().__init__(data, initial=initial)
        self.question, self.above, self.languages, self.language = question, above, languages, language
        when: Any = self.fields["when"]
        when.choices = [("", _("Always")), *((each.key, each.label(language)) for each in above)]
        for code in languages:
            known = question.texts.get(code, {}) if question else {}
            self.fields[f"label_{code}"] = forms.CharField(
                label=_("Question"), initial=known.get("label", ""), max_length=200, required=False
            )
            self.fields[f"help_{code}"] = forms.CharField(
                label=_("Help"), initial=known.get("help", ""), max_length=300, required=False
            )

    @property
    def texts(self) -> list[tuple[str, str, forms.BoundField, forms.BoundField]]:
        return [(code, own_name(code), self[f"label_{code}"], self[f"help_{code}"]) for code in self.languages]

    @property
    def rows(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Each option: what it is stored as, and its label in each language; and empty ones for more."""
        options = self._options() if self.is_bound else (self.question.options if self.question else ())
        rows = [
            (option.value, [(code, dict(option.texts.get(code, {})).get("label", "")) for code in self.languages])
            for option in options
        ]
        return [*rows, *[("", [(code, "") for code in self.languages])] * SPARE_ROWS]

    @property
    def deciders(self) -> list[tuple[str, str, list[tuple[str, str, bool]]]]:
        """Key and label of each question above; its answers: value, label, and whether this one is asked after it."""
        chosen = self._chosen()
        return [
            (
                each.key,
                each.label(self.language),
                [(value, self._label(each, value), f"{each.key}:{value}" in chosen) for value in each.values],
            )
            for each in self.above
        ]

    def _label(self, question: Question, value: str) -> str:
        found = next((option for option in question.options if option.value == value), None)
        return found.label(self.language) if found else str(_("ticked"))

    def _chosen(self) -> set[str]:
        if isinstance(self.data, QueryDict) and self.is_bound:
            return set(self.data.getlist("answer"))
        question = self.question
        return {f"{question.when}:{value}" for value in question.answers} if question else set()

    def _options(self) -> list[Option]:
        """As the rows were sent: one value a row, one label a row in each language."""
        assert isinstance(self.data, QueryDict)
        values = self.data.getlist("value")
        labels = {code: self.data.getlist(f"option_{code}") for code in self.languages}
        return [
            Option(
                value, {code: {"label": said[at].strip()[:80]} for code, said in labels.items() if said[at : at + 1]}
            )
            for at, value in enumerate(values)
        ]

    def asked(self) -> Question:
        """As it was filled in; the key is given when it is saved."""
        data, when = self.cleaned_data, self.cleaned_data["when"]
        texts = {
            code: {"label": data[f"label_{code}"], "help": data[f"help_{code}"]}
            for code in self.languages
            if data[f"label_{code}"] or data[f"help_{code}"]
        }
        known = set(self.question.values) if self.question else set()
        options = [replace_unknown(option, known) for option in self._options()]
        answers = {value for key, _colon, value in (each.partition(":") for each in self._chosen()) if key == when}
        return Question(
            key="", kind=Kind(data["kind"]), texts=texts, options=tuple(options), is_required=data["is_required"],
            when=when, answers=frozenset(answers) if when else frozenset(),
        )  # fmt: skip

    def refuse(self, refusal: Refused) -> None:
        field = f"label_{self.languages[0]}" if refusal.field == "label" else refusal.field
        self.add_error(field if field in self.fields else None, str(refusal))


def replace_unknown(option: Option, known: set[str]) -> Option:
    """A value that we did not give is none: it would stand in style sheets."""
    return option if option.value in known else Option("", option.texts)
