"""The form of a macro: its words in an editor of their own, what it changes in the builder of actions."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.conf.locale import LANG_INFO
from django.core.exceptions import ValidationError
from django.utils.html import linebreaks, urlize
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from helpdesk.accounts.models import Team, User
from helpdesk.lib.html import clean_composer_html, html_to_text
from tickets import policies
from tickets.automation.actions import IS_PUBLIC, Wanted, action_catalogue
from tickets.automation.kinds import MACRO
from tickets.automation.macro_upkeep import read_actions
from tickets.automation.macros import WORDS, changes_in, mode_of
from tickets.automation.placeholder_names import OFFERED
from tickets.builder import ActionsField
from tickets.conditions import Invalid, Problem
from tickets.forms import MultipleIntegerField
from tickets.models import Macro

ME, EVERYONE = "me", "everyone"
HTML = "comment_value_html"


class ChangesField(ActionsField):
    """What a macro changes; none is fine for one that only writes."""

    def check(self, read: object) -> Any:
        if read == []:
            return []
        actions = read_actions(read)
        if any(action["field"] in (*WORDS, IS_PUBLIC) for action in actions):
            raise Invalid([Problem("", "", _("Write words into the field for words."))])
        return actions


class MacroForm(forms.ModelForm[Macro]):
    audience = forms.ChoiceField(label=gettext_lazy("Who can use it"))
    words = forms.CharField(label=gettext_lazy("Words"), required=False, widget=forms.Textarea(attrs={"rows": 8}))
    where = forms.ChoiceField(
        label=gettext_lazy("Where they go"), required=False,
        choices=[("", gettext_lazy("Wherever one is writing")), ("reply", gettext_lazy("A reply to the customer")),
                 ("note", gettext_lazy("An internal note"))],
    )  # fmt: skip
    language = forms.ChoiceField(label=gettext_lazy("Language of its words"), required=False)
    actions = ChangesField(label=gettext_lazy("Changes"))
    keep_files = MultipleIntegerField(required=False, widget=forms.MultipleHiddenInput)

    class Meta:
        model = Macro
        fields: ClassVar = ["title", "description", "folder", "shortcut", "language", "is_active"]

    def __init__(self, data: Any = None, *, instance: Macro, user: User) -> None:
        super().__init__(data, instance=instance)
        self.user = user
        self.fields["audience"].choices = audiences(user)  # type: ignore[attr-defined]
        self.fields["language"].choices = [("", _("Any")), *languages()]  # type: ignore[attr-defined]
        self.fields["folder"].widget.attrs.update(list="folders", autocomplete="off")
        self.fields["description"].widget.attrs["placeholder"] = _("What it is for, in one line")
        self.initial.update(
            audience=audience_of(instance),
            words=words_in(instance.actions),
            where=mode_of(instance.actions),
            actions=changes_in(instance),
        )

    def clean_title(self) -> str:
        title = " ".join(str(self.cleaned_data["title"]).split())
        if not title:
            raise ValidationError(_("Give the macro a title."))
        return title

    def clean_folder(self) -> str:
        parts = str(self.cleaned_data["folder"]).replace("›", "::").split("::")
        return "::".join(" ".join(part.split()) for part in parts if part.strip())

    def clean_words(self) -> list[Wanted]:
        html = clean_composer_html(str(self.cleaned_data["words"]))
        if not html_to_text(html).strip():
            return []
        try:
            return read_actions([{"field": HTML, "value": html}])
        except Invalid as invalid:
            raise ValidationError(str(invalid)) from invalid

    def clean(self) -> None:
        if not self.errors and not self.cleaned_data["words"] and not self.cleaned_data["actions"]:
            raise ValidationError(_("A macro needs words to write, or something to change."))

    @property
    def action_problems(self) -> list[Problem]:
        field = self.fields["actions"]
        assert isinstance(field, ChangesField)
        if self.is_bound or not self.instance.pk:
            return field.problems
        try:
            field.check(changes_in(self.instance))
        except Invalid as invalid:
            return invalid.problems
        return []

    @property
    def folders(self) -> list[str]:
        known = Macro.objects.visible_to(self.user).exclude(folder="").order_by("folder")
        return list(known.values_list("folder", flat=True).distinct())

    def values(self) -> dict[str, Any]:
        """The fields of the macro, once the form is valid."""
        data = self.cleaned_data
        words: list[Wanted] = data["words"]
        if words and data["where"]:
            words = [*words, Wanted(field=IS_PUBLIC, value=data["where"] == "reply")]
        names = ("title", "description", "folder", "shortcut", "language", "is_active")
        return {
            **{name: data[name] for name in names},
            **place_of(data["audience"], self.user),
            "actions": [*words, *data["actions"]],
        }


def words_in(actions: list[Wanted]) -> str:
    """The words of a macro as HTML, placeholders and all; those of an import may be plain text."""
    html = ""
    for action in actions:
        if action["field"] == HTML:
            html += action["value"]
        elif action["field"] == "comment_value":
            html += linebreaks(urlize(action["value"], autoescape=True))
    return html


def changes_data(user: User) -> dict[str, Any]:
    """For the builder: what a macro may change beside its words."""
    catalogue = action_catalogue(user, scope=MACRO)
    return {
        "actions": [action for action in catalogue if action["key"] not in (*WORDS, IS_PUBLIC)],
        "placeholders": placeholders(),
    }


def placeholders() -> list[tuple[str, str]]:
    return [(f"{{{{{name}}}}}", str(label)) for name, label in OFFERED]


def audiences(user: User) -> list[tuple[str, str]]:
    found = [(ME, _("Only me"))]
    if policies.may_share_macros(user):
        found += [(f"team-{team.pk}", _("Team %(team)s") % {"team": team}) for team in Team.objects.all()]
        found.append((EVERYONE, _("Everyone")))
    return found


def audience_of(macro: Macro) -> str:
    if macro.owner_id:
        return ME
    return f"team-{macro.team_id}" if macro.team_id else EVERYONE


def place_of(audience: str, user: User) -> dict[str, Any]:
    """Owner and team for `audience`, which the form has checked to be one of the choices."""
    if audience == EVERYONE:
        return {"owner": None, "team": None}
    if audience == ME:
        return {"owner": user, "team": None}
    return {"owner": None, "team": Team.objects.get(pk=int(audience.removeprefix("team-")))}


def languages() -> list[tuple[str, str]]:
    """Two-letter codes with their names in the reader's language, which is what is worked out of messages."""
    codes = {code for code in LANG_INFO if len(code) == 2}
    named = [(code, str(get_language_info(code)["name_translated"])) for code in codes if "name" in LANG_INFO[code]]
    return sorted(named, key=lambda pair: pair[1])
