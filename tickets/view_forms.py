"""The form of a saved view."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from helpdesk.accounts.models import Team, User
from tickets import policies
from tickets.builder import ConditionsField
from tickets.columns import COLUMNS, DEFAULT_COLUMNS, GROUPABLE, SORTABLE
from tickets.conditions import Problem, problems
from tickets.models import SavedView, ViewLayout

ME, EVERYONE = "me", "everyone"
UP, DOWN = "up", "down"
NO_GROUPS = "none"


class ViewForm(forms.ModelForm[SavedView]):
    audience = forms.ChoiceField(label=gettext_lazy("Who sees it"))
    conditions = ConditionsField(label=gettext_lazy("Conditions"))
    columns = forms.MultipleChoiceField(
        label=gettext_lazy("Columns"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=lambda: [(key, column.label) for key, column in COLUMNS.items()],
    )  # fmt: skip
    sort = forms.ChoiceField(
        label=gettext_lazy("Sort by"), choices=lambda: [(key, column.label) for key, column in SORTABLE.items()]
    )
    direction = forms.ChoiceField(
        label=gettext_lazy("Direction"),
        choices=[(UP, gettext_lazy("smallest or oldest first")), (DOWN, gettext_lazy("greatest or newest first"))],
    )  # fmt: skip
    group_by = forms.ChoiceField(
        label=gettext_lazy("Group by"),
        choices=lambda: [(NO_GROUPS, _("No groups")), *((key, column.label) for key, column in GROUPABLE.items())],
    )  # fmt: skip
    layout = forms.ChoiceField(label=gettext_lazy("Show as"), choices=ViewLayout.choices, widget=forms.RadioSelect)

    class Meta:
        model = SavedView
        fields: ClassVar = ["title", "description", "conditions", "columns", "sort", "group_by", "layout", "is_active"]

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["audience"].choices = audiences(user, self.instance)  # type: ignore[attr-defined]
        self.fields["description"].widget.attrs["placeholder"] = _("What it is for, in a few words")
        sort = str(self.initial.get("sort") or "-updated_at")
        self.initial.update(sort=sort.removeprefix("-"), direction=DOWN if sort.startswith("-") else UP)
        self.initial.setdefault("audience", audience_of(self.instance))
        if not self.initial.get("columns"):
            self.initial["columns"] = list(DEFAULT_COLUMNS)
        self.initial["group_by"] = str(self.initial.get("group_by") or "").removeprefix("-") or NO_GROUPS

    def clean_title(self) -> str:
        title: str = self.cleaned_data["title"].strip()
        if not title:
            raise ValidationError(_("Give the view a title."))
        return title

    @property
    def found_problems(self) -> list[Problem]:
        """With the conditions as the form shows them: those sent, or those stored."""
        field = self.fields["conditions"]
        assert isinstance(field, ConditionsField)
        if self.is_bound:
            return field.problems
        return problems(self.initial.get("conditions") or {})

    @property
    def ordered_columns(self) -> list[tuple[str, Any, bool]]:
        """(key, label, chosen): the chosen ones first and in their order."""
        chosen = [key for key in self["columns"].value() or [] if key in COLUMNS]
        rest = [key for key in COLUMNS if key not in chosen]
        return [(key, COLUMNS[key].label, key in chosen) for key in [*dict.fromkeys(chosen), *rest]]

    def values(self) -> dict[str, Any]:
        """The fields of the view, once the form is valid."""
        data = self.cleaned_data
        return {
            **{name: data[name] for name in self.Meta.fields if name != "sort"},
            **place_of(data["audience"], self.user, self.instance),
            "sort": sort_of(data),
            "group_by": "" if data["group_by"] == NO_GROUPS else data["group_by"],
        }


def sort_of(data: Mapping[str, Any]) -> str:
    """The order that a form asks for, as lists name it."""
    return ("-" if data.get("direction") == DOWN else "") + str(data.get("sort") or "")


def audiences(user: User, view: SavedView) -> list[tuple[str, str]]:
    """Who may be chosen: always oneself; teams and everyone by those who may share."""
    found = [(ME, _("Only me"))]
    if policies.may_share_views(user):
        found += [(f"team-{team.pk}", _("Team %(team)s") % {"team": team}) for team in Team.objects.all()]
        found.append((EVERYONE, _("Everyone")))
    return found


def audience_of(view: SavedView) -> str:
    if view.pk is None or view.owner_id:
        return ME
    return f"team-{view.team_id}" if view.team_id else EVERYONE


def place_of(audience: str, user: User, view: SavedView) -> dict[str, Any]:
    """Owner and team of a view for `audience`, which the form has checked to be one of the choices."""
    if audience == EVERYONE:
        return {"owner": None, "team": None}
    if audience == ME:
        return {"owner": user, "team": None}
    return {"owner": None, "team": Team.objects.get(pk=int(audience.removeprefix("team-")))}
