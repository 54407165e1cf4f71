"""The page's form of a request: what everybody is asked, and the questions of its topic."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from helpdesk.uploads import file_too_large
from knowledge_base.centres import centre_of
from tickets.portal.contact import Submission, address_of, tidy_address
from tickets.portal.form_answers import MOST_LINE, MOST_TEXT, read_answers
from tickets.portal.form_fields import Kind, Question, with_answer
from tickets.portal.form_guard import Stamp
from tickets.services import Refused


class RequestForm(forms.Form):
    use_required_attribute = False  # a browser would insist on questions that it does not show

    name = forms.CharField(label=_("Your name"), max_length=200, required=False)
    email = forms.EmailField(label=_("Your e-mail address"), max_length=254)
    subject = forms.CharField(label=_("Subject"), max_length=200)
    text = forms.CharField(label=_("How can we help?"), max_length=20_000, widget=forms.Textarea)

    def __init__(
        self,
        data: Any = None,
        *,
        questions: Sequence[Question],
        language: str,
        customer: Customer | None = None,
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=initial)
        self.questions = questions
        self.language = language
        self.customer = customer
        self.answers: dict[str, Any] = {}
        self.fields["email"].widget.attrs["autocomplete"] = "email"
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.fields["subject"].widget.attrs |= {"autocomplete": "off", "data-offers": ""}
        self.fields["text"].widget.attrs["rows"] = 8
        if customer is not None:  # we know both
            del self.fields["name"], self.fields["email"]
        for question in questions:
            self.fields[question.name] = _field(question, language)
        for field in self.fields.values():
            if isinstance(field.widget, forms.TextInput | forms.Textarea):
                field.widget.attrs["dir"] = "auto"  # as it is written, whatever the language of the page

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name in ("name", "subject"):
            data[name] = " ".join(data.get(name, "").split())
        assert isinstance(self.data, QueryDict)
        self.answers, problems = read_answers(self.questions, self.data)
        for key, problem in problems.items():
            self.add_error(f"q_{key}", problem)
        if self.customer is None and data.get("email"):
            data["email"] = tidy_address(data["email"])
        return data

    def submission(self, stamp: Stamp, request: HttpRequest, visitor: str) -> Submission:
        """What was sent, once the form is valid. Raises `Refused` for a file that was too large to be read."""
        if reason := file_too_large(request):
            raise Refused(reason, field="files")
        article = self.data.get("article", "")
        return Submission(
            submit_key=stamp.key,
            email=address_of(self.customer) if self.customer else self.cleaned_data["email"],
            name=str(self.customer) if self.customer else self.cleaned_data["name"],
            subject=self.cleaned_data["subject"],
            text=self.cleaned_data["text"],
            language=self.language,
            answers=self.answers,
            centre=centre_of(request),
            article_id=int(article) if article.isascii() and article.isdigit() and len(article) < 18 else None,
            visitor=visitor,
            files=_files(request),
        )

    def begin_at_first_error(self) -> None:
        """The browser goes there: on a phone what is wrong may stand far below what is seen."""
        order = ["name", "email", "subject", *(question.name for question in self.questions), "text"]
        if first := next((name for name in order if name in self.errors), None):
            self.fields[first].widget.attrs["autofocus"] = True

    @property
    def asked(self) -> list[tuple[Question, forms.BoundField, str]]:
        """Each question with its field, and when it counts, for browsers that can't hide the others."""
        labels = {question.key: question for question in self.questions}
        for question in self.questions:  # by now they are checked: what is left to say is which may be left out
            self.fields[question.name].required = question.is_required
        return [
            (question, self[question.name], _condition(question, labels.get(question.when), self.language))
            for question in self.questions
        ]


def _files(request: HttpRequest) -> list[UploadedFile[bytes]]:
    return [file for file in request.FILES.getlist("files") if file.name]


def _field(question: Question, language: str) -> forms.Field:
    """Nothing is required here: whether an answer is missing depends on the others (form_answers.py)."""
    known: dict[str, Any] = {"label": question.label(language), "help_text": question.help(language), "required": False}
    choices = [(option.value, option.label(language)) for option in question.options]
    field: forms.Field
    match question.kind:
        case Kind.LONG:
            field = forms.CharField(widget=forms.Textarea(attrs={"rows": 4, "maxlength": MOST_TEXT}), **known)
        case Kind.CHOICE:
            field = forms.CharField(widget=forms.Select(choices=[("", "–"), *choices]), **known)
        case Kind.SEVERAL:
            field = forms.Field(widget=forms.CheckboxSelectMultiple(choices=choices), **known)
        case Kind.TICK:
            field = forms.BooleanField(**known)
        case Kind.NUMBER:
            field = forms.CharField(widget=forms.TextInput(attrs={"inputmode": "decimal"}), **known)
        case Kind.DATE:
            field = forms.CharField(widget=forms.DateInput(attrs={"type": "date"}), **known)
        case _:
            field = forms.CharField(widget=forms.TextInput(attrs={"maxlength": MOST_LINE}), **known)
    return field


def _condition(question: Question, above: Question | None, language: str) -> str:
    if above is None:
        return ""
    if above.kind == Kind.TICK:
        return above.label(language)
    labels = [option.label(language) for option in above.options if option.value in question.answers]
    return with_answer(above.label(language), " / ".join(labels))
