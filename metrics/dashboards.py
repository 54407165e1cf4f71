"""Saving report pages under a name: for oneself, a team or everyone."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from helpdesk.accounts.models import Role, Team, User
from metrics.models import Dashboard

ME, EVERYONE = "me", "everyone"
KEPT = ("preset", "from", "to", "compare", "clock", "filter")  # of an address


def kept_query(query: str) -> str:
    """What of an address makes the page; where one was on it is left out."""
    given = QueryDict(query)
    return urlencode({name: given[name] for name in KEPT if given.get(name)})


def may_change(user: User, dashboard: Dashboard) -> bool:
    """One's own; shared ones who made them, and admins."""
    return dashboard.owner_id == user.pk or (
        dashboard.owner_id is None and (user.role == Role.ADMIN or dashboard.created_by_id == user.pk)
    )


class DashboardForm(forms.ModelForm[Dashboard]):
    audience = forms.ChoiceField(label=gettext_lazy("Who sees it"))

    class Meta:
        model = Dashboard
        fields = ("title",)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        teams = Team.objects.exclude(pk__in=user.hidden_team_ids)
        choices = [(ME, _("Only me")), *((f"team-{team.pk}", _("Team %(team)s") % {"team": team}) for team in teams)]
        self.fields["audience"].choices = [*choices, (EVERYONE, _("Everyone with reports"))]  # type: ignore[attr-defined]
        self.initial.setdefault("audience", self._audience())

    def _audience(self) -> str:
        if self.instance.pk is None or self.instance.owner_id:
            return ME
        return f"team-{self.instance.team_id}" if self.instance.team_id else EVERYONE

    def clean_title(self) -> str:
        title = str(self.cleaned_data["title"]).strip()
        if not title:
            raise ValidationError(_("Give it a name."))
        return title

    def save(self, commit: bool = True) -> Dashboard:
        audience = self.cleaned_data["audience"]
        dashboard = self.instance
        dashboard.owner = self.user if audience == ME else None
        dashboard.team_id = int(audience.removeprefix("team-")) if audience.startswith("team-") else None
        if dashboard.created_by_id is None:
            dashboard.created_by = self.user
        return super().save(commit)
