"""What admins fill in for an invitation to chat: when, to whom, and up to three wordings that are compared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Segment
from knowledge_base.centres import own_name
from tickets.chat.invitation_check import HELD_BACK
from tickets.models import ChatInvitation, ChatWidget
from tickets.services import Refused

WORDINGS: Final = ("a", "b", "c")


class InvitationForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("For you; visitors do not see it."))
    widget = forms.ModelChoiceField(ChatWidget.objects.all(), label=_("Chat widget"))
    is_active = forms.BooleanField(label=_("Active"), required=False, initial=True)
    page = forms.CharField(
        label=_("Only where the address contains"), required=False, max_length=200, help_text=_("As “/checkout”.")
    )
    seconds = forms.IntegerField(
        label=_("After so many seconds on the page"), min_value=0, max_value=86_400, initial=20
    )
    basket = forms.FloatField(label=_("Value of the basket at least"), required=False, min_value=0, max_value=1e8)
    visits = forms.IntegerField(
        label=_("Visits at least"),
        required=False,
        min_value=0,
        max_value=10_000,
        help_text=_("2 is whoever has been here before."),
    )
    languages = forms.CharField(
        label=_("Only in these languages"), required=False, max_length=100, help_text=_("As “de, fr”.")
    )
    segment = forms.ModelChoiceField(
        Segment.objects.none(),
        label=_("Only customers in this segment"),
        required=False,
        empty_label="–",
        help_text=_("Holds for visitors whom your site has signed in."),
    )
    needs_agents = forms.BooleanField(label=_("Only while somebody can answer"), required=False, initial=True)
    every_days = forms.IntegerField(
        label=_("Days until the same visitor may see it again"), min_value=0, max_value=3650, initial=7
    )
    goal = forms.SlugField(
        label=_("Goal"),
        required=False,
        max_length=40,
        help_text=_("What your page reports when it worked, as “purchase”."),
    )
    held_back = forms.IntegerField(
        label=_("Show nothing to so many of 100, to compare"), min_value=0, max_value=90, initial=0
    )

    def __init__(self, data: Any = None, *, invitation: ChatInvitation | None, languages: Sequence[str]) -> None:
        super().__init__(data, initial=_initial(invitation) if invitation else {})
        self.codes = languages
        segment: Any = self.fields["segment"]
        segment.queryset = Segment.objects.in_use()
        known = {each["key"]: each.get("texts", {}) for each in invitation.variants} if invitation else {}
        for key in WORDINGS:
            for code in languages:
                self.fields[f"text_{key}_{code}"] = forms.CharField(
                    label=own_name(code),
                    initial=known.get(key, {}).get(code, {}).get("text", ""),
                    required=False,
                    max_length=300,
                    widget=forms.Textarea(attrs={"rows": 2, "lang": code}),
                )

    @property
    def wordings(self) -> list[tuple[str, list[forms.BoundField]]]:
        return [(key.upper(), [self[f"text_{key}_{code}"] for code in self.codes]) for key in WORDINGS]

    def clean_languages(self) -> list[str]:
        words: list[str] = self.cleaned_data["languages"].replace(",", " ").lower().split()
        if any(len(word) > 8 for word in words):
            raise forms.ValidationError(_("Codes of languages, as “de, fr”."))
        return words

    @property
    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        asked = {name: data[name] for name in ("page", "seconds", "basket", "visits", "languages")}
        columns = ("name", "widget", "is_active", "segment", "needs_agents", "every_days", "goal")
        return {
            **{name: data[name] for name in columns},
            "conditions": {name: value for name, value in asked.items() if value},
            "variants": self._variants(),
        }

    def _variants(self) -> list[dict[str, Any]]:
        """Those that say something, with equal shares of what is not held back."""
        said = {
            key: {code: words for code in self.codes if (words := self.cleaned_data[f"text_{key}_{code}"].strip())}
            for key in WORDINGS
        }
        used = {key: texts for key, texts in said.items() if texts}
        held = self.cleaned_data["held_back"]
        weight = (100 - held) // max(1, len(used))
        shown = [
            {"key": key, "weight": weight, "texts": {code: {"text": words} for code, words in texts.items()}}
            for key, texts in used.items()
        ]
        return [*shown, {"key": HELD_BACK, "weight": held}] if held else shown

    def refuse(self, refusal: Refused) -> None:
        place = f"text_a_{self.codes[0]}" if refusal.field == "variants" else refusal.field
        self.add_error(place if place in self.fields else None, str(refusal))


def _initial(invitation: ChatInvitation) -> dict[str, Any]:
    columns = ("name", "widget", "is_active", "segment", "needs_agents", "every_days", "goal")
    held = next((each["weight"] for each in invitation.variants if each["key"] == HELD_BACK), 0)
    asked = invitation.conditions
    return {
        **{name: getattr(invitation, name) for name in columns},
        **{name: asked.get(name) for name in ("page", "basket", "visits")},
        "seconds": asked.get("seconds", 0),
        "languages": ", ".join(asked.get("languages", [])),
        "held_back": held,
    }
