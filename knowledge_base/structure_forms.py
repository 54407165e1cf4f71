"""Forms of categories, sections and help centres, with a name for each language that their readers may have."""

from __future__ import annotations

import re
from typing import Any, Final

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from helpdesk.lib.typed import whole_number
from knowledge_base.arranging import ICONS, TONES, Audience
from knowledge_base.centres import languages_of
from knowledge_base.language_names import language_label, offered_languages
from knowledge_base.models import AudienceKind, Category, HelpCentre, Section

TONE_NAMES: Final = {
    "blue": gettext_lazy("Blue"),
    "teal": gettext_lazy("Teal"),
    "green": gettext_lazy("Green"),
    "amber": gettext_lazy("Amber"),
    "orange": gettext_lazy("Orange"),
    "red": gettext_lazy("Red"),
    "pink": gettext_lazy("Pink"),
    "violet": gettext_lazy("Violet"),
    "slate": gettext_lazy("Grey"),
}
HOST: Final = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*")


class TextsForm(forms.Form):
    """Fields `name_de`, `description_de`, … for each language of the help centre, its own first."""

    def __init__(self, centre: HelpCentre, texts: dict[str, dict[str, str]], data: Any = None) -> None:
        super().__init__(data)
        self.tongues = languages_of(centre)
        for code in self.tongues:
            said, label = texts.get(code, {}), language_label(code)
            attributes = {"lang": code, "dir": "auto"}
            self.fields[f"name_{code}"] = forms.CharField(
                label=_("Name (%(language)s)") % {"language": label},
                required=code == centre.default_language,
                max_length=120,
                initial=said.get("name", ""),
                widget=forms.TextInput(attrs=attributes),
            )
            self.fields[f"description_{code}"] = forms.CharField(
                label=_("Description (%(language)s)") % {"language": label},
                required=False,
                max_length=500,
                initial=said.get("description", ""),
                widget=forms.TextInput(attrs=attributes),
            )

    @property
    def texts(self) -> dict[str, dict[str, str]]:
        given = self.cleaned_data
        return {
            code: {"name": given[f"name_{code}"], "description": given[f"description_{code}"]} for code in self.tongues
        }

    @property
    def text_fields(self) -> list[tuple[Any, Any]]:
        return [(self[f"name_{code}"], self[f"description_{code}"]) for code in self.tongues]


class CategoryForm(TextsForm):
    tone = forms.ChoiceField(label=gettext_lazy("Colour"), choices=[(tone, TONE_NAMES[tone]) for tone in TONES])
    icon = forms.ChoiceField(
        label=gettext_lazy("Icon"), choices=[(name, name) for name in ICONS], widget=forms.RadioSelect
    )

    def __init__(self, category: Category, data: Any = None) -> None:
        super().__init__(category.centre, category.texts, data)
        self.initial = {"tone": category.tone, "icon": category.icon}
        chosen = self.fields["icon"]
        assert isinstance(chosen, forms.ChoiceField)
        chosen.choices = [(name, name) for name in dict.fromkeys((*ICONS, category.icon))]


class SectionForm(TextsForm):
    """Whom a chosen section names comes as `organisation_ids` and `segment_ids`, each as often as there are some."""

    category = forms.ModelChoiceField(Category.objects.none(), label=gettext_lazy("Category"))
    audience = forms.ChoiceField(
        label=gettext_lazy("Who reads it"), choices=AudienceKind.choices, widget=forms.RadioSelect
    )

    def __init__(self, section: Section, data: Any = None) -> None:
        super().__init__(section.category.centre, section.texts, data)
        self.initial = {"category": section.category_id, "audience": section.audience}
        chosen = self.fields["category"]
        assert isinstance(chosen, forms.ModelChoiceField)
        chosen.queryset = Category.objects.select_related("centre").order_by("centre", "position", "pk")
        self.organisation_ids = _numbers(data, "organisation_ids") if data else section.organisation_ids
        self.segment_ids = _numbers(data, "segment_ids") if data else section.segment_ids

    @property
    def chosen(self) -> Audience:
        kind = AudienceKind(self.cleaned_data["audience"])
        return Audience(kind, tuple(self.organisation_ids), tuple(self.segment_ids))


class CentreForm(forms.ModelForm[HelpCentre]):
    languages = forms.MultipleChoiceField(label=gettext_lazy("Languages"), widget=forms.CheckboxSelectMultiple)
    default_language = forms.ChoiceField(
        label=gettext_lazy("Language to fall back on"),
        choices=offered_languages,
        help_text=gettext_lazy("Who asks for a language in which an article is missing reads it in this one."),
    )
    website = forms.URLField(
        label=gettext_lazy("The company’s site"),
        required=False,
        assume_scheme="https",
        help_text=gettext_lazy("Linked from every page."),
    )
    logo_file = forms.FileField(
        label=gettext_lazy("Logo"),
        required=False,
        help_text=gettext_lazy("PNG, JPEG or WebP. It is drawn at most 40 pixels high."),
    )
    drop_logo = forms.BooleanField(label=gettext_lazy("Without a logo"), required=False)

    class Meta:
        model = HelpCentre
        fields = [
            "name", "host", "website", "languages", "default_language", "hue", "needs_approval", "has_comments",
        ]  # fmt: skip
        help_texts = {
            "host": gettext_lazy(
                "The name it is asked for by, such as help.example.com. The one without answers all other names."
            ),
            "hue": gettext_lazy("The colour of the brand on the colour wheel, 0 to 359. All others follow from it."),
        }
        widgets = {"hue": forms.NumberInput(attrs={"type": "range", "min": 0, "max": 359})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        languages = self.fields["languages"]
        assert isinstance(languages, forms.MultipleChoiceField)
        languages.choices = sorted(offered_languages(), key=lambda known: known[0] not in self.instance.languages)
        welcome = self.instance.welcome
        self.welcomes = [f"welcome_{code}" for code in self.instance.languages]
        for code in self.instance.languages:
            self.fields[f"welcome_{code}"] = forms.CharField(
                label=_("Question above the search (%(language)s)") % {"language": language_label(code)},
                required=False,
                initial=welcome.get(code, ""),
                validators=[MaxLengthValidator(120)],
                widget=forms.TextInput(attrs={"lang": code, "dir": "auto"}),
            )
        if not self.instance.logo:
            del self.fields["drop_logo"]

    def clean_host(self) -> str:
        host = str(self.cleaned_data["host"]).strip().lower()
        if host and not HOST.fullmatch(host):
            raise forms.ValidationError(_("Only the name, such as help.example.com."))
        if HelpCentre.objects.filter(host=host).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(
                _("Another help centre is asked for by this name.")
                if host
                else _("Another help centre answers all other names.")
            )
        return host

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        default = given.get("default_language")
        if default and default not in given.get("languages", [default]):
            given["languages"] = [default, *given["languages"]]
        return given

    @property
    def welcome(self) -> dict[str, str]:
        said = {name.removeprefix("welcome_"): self.cleaned_data[name].strip() for name in self.welcomes}
        return {code: text for code, text in said.items() if text}


def _numbers(data: Any, name: str) -> list[int]:
    return [number for text in data.getlist(name) if (number := whole_number(text))]
