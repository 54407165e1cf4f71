"""What admins fill in to set up a chat widget, its questions and its keys. Words stand there once for each language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.fields import PREFIX, fields_of
from customers.models import FieldOf
from knowledge_base.centres import direction_of
from knowledge_base.language_names import language_label, offered_languages
from tickets.contact_forms import QuestionForm
from tickets.models import ChatWidget, Inbox, KeyAlgorithm
from tickets.portal.form_fields import TAGS, Question
from tickets.portal.form_upkeep import languages as house_languages
from tickets.services import Refused

TEXTS: Final = {
    "title": (gettext_lazy("Title"), 60, gettext_lazy("Chat with us")),
    "greeting": (gettext_lazy("Greeting"), 300, gettext_lazy("Hello! How can we help?")),
    "placeholder": (gettext_lazy("In the empty line"), 60, gettext_lazy("Write a message")),
    "offline": (
        gettext_lazy("When nobody is there"),
        300,
        gettext_lazy("Nobody is here right now. Leave us a message, and we answer by e-mail."),
    ),
}


class WidgetForm(forms.ModelForm[ChatWidget]):
    """Fields `title_de`, `greeting_de`, … for each language of the widget; one just added has its own next time."""

    languages = forms.MultipleChoiceField(label=gettext_lazy("Languages"), widget=forms.CheckboxSelectMultiple)
    origins = forms.CharField(
        label=gettext_lazy("Sites it may stand on"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "ltr", "spellcheck": "false"}),
        help_text=gettext_lazy(
            "One a line, like https://shop.example or https://*.shop.example. Our own pages always may."
        ),
    )
    hue = forms.IntegerField(
        label=gettext_lazy("Colour"),
        min_value=0,
        max_value=359,
        initial=276,
        widget=forms.NumberInput(attrs={"type": "range", "min": 0, "max": 359}),
        help_text=gettext_lazy("The colour of the brand on the colour wheel. All others follow from it."),
    )
    offer_seconds = forms.IntegerField(
        label=gettext_lazy("Seconds to accept a chat"), min_value=10, max_value=300, initial=30
    )
    quiet_minutes = forms.IntegerField(
        label=gettext_lazy("Ends when the visitor is silent for"),
        min_value=0,
        max_value=1440,
        initial=30,
        help_text=gettext_lazy("Minutes; 0 is never."),
    )
    whatsapp = forms.CharField(
        label=gettext_lazy("WhatsApp number to go on with"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("With its country, like +49 30 1234567. Visitors are offered it beside e-mail."),
    )

    class Meta:
        model = ChatWidget
        fields = [
            "name", "is_active", "hue", "is_at_start", "languages",
            "inbox", "team", "calendar", "centre", "suggests_articles", "offer_seconds", "quiet_minutes",
            "asks_name", "asks_email", "needs_verified", "takes_files", "shows_link_cards",
            "watches_visitors", "asks_consent",
            "origins", "token_audience", "whatsapp",
        ]  # fmt: skip
        help_texts = {
            "name": gettext_lazy("For you; visitors see the title."),
            "is_at_start": gettext_lazy(
                "The button stands on the left, or on the right where lines run from right to left."
            ),
            "team": gettext_lazy("Empty: the inbox’s team."),
            "calendar": gettext_lazy("When chats are taken. Empty: the team’s hours, or the house’s."),
            "centre": gettext_lazy("Where suggested articles come from. Empty: the help centre without a host."),
            "shows_link_cards": gettext_lazy("Off: a link is a link, and nothing is fetched from elsewhere."),
            "watches_visitors": gettext_lazy("Agents see who is on the site and on which page, and may invite them."),
            "asks_consent": gettext_lazy(
                "For sites that ask their visitors first: the page says so with Onethread.consent()."
            ),
            "token_audience": gettext_lazy("What stands in aud of tokens; others are refused."),
            "takes_files": gettext_lazy("Programs never, and each file is checked."),
        }

    def __init__(self, data: Any = None, *, instance: ChatWidget | None) -> None:
        super().__init__(data, instance=instance)
        self.codes: list[str] = list(instance.languages) if instance else house_languages()
        languages: Any = self.fields["languages"]
        languages.choices = _offered(self.codes)
        inbox: Any = self.fields["inbox"]
        inbox.queryset = Inbox.objects.filter(is_active=True)
        origins = "\n".join(instance.origins) if instance else ""
        self.initial = {**self.initial, "languages": self.codes, "origins": origins}
        for code in self.codes:
            for name, (label, most, otherwise) in TEXTS.items():
                self.fields[f"{name}_{code}"] = self._text(instance, code, name, label, most, otherwise)

    def _text(
        self, instance: ChatWidget | None, code: str, name: str, label: Any, most: int, otherwise: Any
    ) -> forms.CharField:
        attributes = {
            "lang": code,
            "dir": direction_of(code),
            "placeholder": otherwise,
            "data-text": name,
            "data-language": code,
        }
        kind = forms.Textarea({**attributes, "rows": 2}) if most > 100 else forms.TextInput(attributes)
        said = instance.texts.get(code, {}).get(name, "") if instance else ""
        return forms.CharField(label=label, required=False, max_length=most, initial=said, widget=kind)

    @property
    def texts(self) -> list[tuple[str, str, list[forms.BoundField]]]:
        return [(code, language_label(code), [self[f"{name}_{code}"] for name in TEXTS]) for code in self.codes]

    def _post_clean(self) -> None:
        """Services check the rest and write: the model is not filled here."""

    @property
    def values(self) -> dict[str, Any]:
        columns = {name: self.cleaned_data[name] for name in self._meta.fields or ()}
        said = {code: {name: self.cleaned_data[f"{name}_{code}"] for name in TEXTS} for code in self.codes}
        chosen = self.cleaned_data["languages"]
        return {
            **columns,
            "texts": {code: words for code, words in said.items() if code in chosen and any(words.values())},
        }

    def refuse(self, refusal: Refused) -> None:
        self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal))


def _offered(chosen: Sequence[str]) -> list[tuple[str, str]]:
    """Those in use and those of the house first: the rest of the world by name."""
    known = dict(offered_languages())
    near = list(dict.fromkeys([*chosen, *house_languages(), "en", "de"]))
    return [(code, language_label(code)) for code in near] + [
        (code, name) for code, name in known.items() if code not in near
    ]


class ChatQuestionForm(QuestionForm):
    """As of a contact form, and where the answer goes beside the ticket's words."""

    goes_to = forms.ChoiceField(label=gettext_lazy("The answer also goes to"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        goes_to: Any = self.fields["goes_to"]
        goes_to.choices = [
            ("", _("Nothing else: it stands on the ticket")),
            (TAGS, _("Tags of the ticket")),
            (
                _("Fields of the customer"),
                [(f"{PREFIX}{field.key}", field.title) for field in fields_of(FieldOf.CUSTOMER)],
            ),
        ]

    def asked(self) -> Question:
        return replace(super().asked(), goes_to=self.cleaned_data["goes_to"])


class KeyForm(forms.Form):
    algorithm = forms.ChoiceField(
        label=gettext_lazy("How your site signs"), choices=KeyAlgorithm.choices, widget=forms.RadioSelect
    )
    public_key = forms.CharField(
        label=gettext_lazy("Public key"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "ltr", "spellcheck": "false", "class": "mono"}),
        help_text=gettext_lazy("In PEM form, for RS256 only."),
    )

    def refuse(self, refusal: Refused) -> None:
        self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal))
