"""What admins fill in for an assistant's flow. Words stand there once for each language of its widget."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import uuid4

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from knowledge_base.centres import own_name
from knowledge_base.models import Article
from tickets.chat.flow_steps import LONGEST, MOST_OPTIONS, PEOPLE
from tickets.models import ChatFlow, ChatWidget
from tickets.services import Refused

SPARE_ROWS: Final = 2


class FlowForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80)
    widget = forms.ModelChoiceField(ChatWidget.objects.all(), label=_("Chat widget"))

    def __init__(self, data: Any = None, *, flow: ChatFlow | None) -> None:
        super().__init__(data, initial={"name": flow.name, "widget": flow.widget} if flow else {})

    def refuse(self, refusal: Refused) -> None:
        self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal))


class StepForm(forms.Form):
    articles = forms.CharField(
        label=_("Articles"),
        required=False,
        max_length=200,
        help_text=_("Their numbers, as in their addresses, with commas between them."),
    )
    asks_if_helped = forms.BooleanField(label=_("Ask whether it helped"), required=False)
    next = forms.ChoiceField(label=_("When it did not help"), required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        step: dict[str, Any] | None,
        steps: Sequence[tuple[str, str]],
        languages: Sequence[str],
    ) -> None:
        initial = {"articles": ", ".join(map(str, step.get("articles", [])))} if step else {}
        initial |= {name: step.get(name, "") for name in ("asks_if_helped", "next")} if step else {}
        super().__init__(data, initial=initial)
        self.step, self.languages = step, languages
        self.places = [(PEOPLE, str(_("People take over"))), *steps]
        following: Any = self.fields["next"]
        following.choices = self.places
        for code in languages:
            known = step.get("texts", {}).get(code, {}) if step else {}
            self.fields[f"text_{code}"] = forms.CharField(
                label=_("What the assistant says"),
                initial=known.get("text", ""),
                max_length=LONGEST,
                required=False,
                widget=forms.Textarea(attrs={"rows": 3, "lang": code}),
            )

    @property
    def texts(self) -> list[tuple[str, str, forms.BoundField]]:
        return [(code, own_name(code), self[f"text_{code}"]) for code in self.languages]

    @property
    def rows(self) -> list[tuple[str, list[tuple[str, str]], str]]:
        """Each button: its id, its label in each language, and where it leads; and empty ones for more."""
        options = self._sent() if self.is_bound else (self.step or {}).get("options", [])
        rows = [
            (
                each["id"],
                [(code, each["texts"].get(code, {}).get("label", "")) for code in self.languages],
                each["next"],
            )
            for each in options
        ]
        spare = max(0, min(SPARE_ROWS, MOST_OPTIONS - len(rows)))
        return [*rows, *[("", [(code, "") for code in self.languages], PEOPLE)] * spare]

    def _sent(self) -> list[dict[str, Any]]:
        """As the rows were sent, without those that say nothing."""
        assert isinstance(self.data, QueryDict)
        labels = {code: self.data.getlist(f"option_{code}") for code in self.languages}
        nexts, found = self.data.getlist("option_next"), []
        for at, name in enumerate(self.data.getlist("option")):
            said = {
                code: words[at].strip() for code, words in labels.items() if words[at : at + 1] and words[at].strip()
            }
            if said:
                texts = {code: {"label": words} for code, words in said.items()}
                found.append({"id": name[:40] or uuid4().hex[:8], "texts": texts, "next": "".join(nexts[at : at + 1])})
        return found

    def clean_articles(self) -> list[int]:
        words = self.cleaned_data["articles"].replace(",", " ").split()
        if not all(word.isascii() and word.isdigit() and len(word) < 19 for word in words):
            raise forms.ValidationError(_("Numbers of articles, with commas between them."))
        numbers = list(dict.fromkeys(map(int, words)))
        known = set(Article.objects.filter(pk__in=numbers).values_list("pk", flat=True))
        if missing := [str(number) for number in numbers if number not in known]:
            raise forms.ValidationError(
                _("There is no article with this number: %(numbers)s."), params={"numbers": ", ".join(missing)}
            )
        return numbers

    @property
    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        said = {code: data[f"text_{code}"].strip() for code in self.languages}
        return {
            "texts": {code: {"text": words} for code, words in said.items() if words},
            "articles": data["articles"],
            "options": self._sent(),
            "asks_if_helped": data["asks_if_helped"],
            "next": data["next"] if data["asks_if_helped"] else "",
        }

    def refuse(self, refusal: Refused) -> None:
        place = f"text_{self.languages[0]}" if refusal.field == "text" else refusal.field
        self.add_error(place if place in self.fields else None, str(refusal))
