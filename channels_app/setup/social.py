"""What admins choose for accounts on which people also write in public."""

from __future__ import annotations

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from channels_app.setup.fields import Field
from helpdesk.accounts.models import Team

LINK = "{{link}}"


def teams() -> list[tuple[str, str]]:
    """As a form offers them, when it is shown."""
    return [("", _now("None")), *((str(team.pk), team.name) for team in Team.objects.order_by("name"))]


SOCIAL = [
    Field(
        "approves_public",
        _("Public answers need a second person"),
        _("What an agent writes in public waits until a colleague has approved it."),
        is_flag=True,
        is_required=False,
    ),
    Field(
        "rules_may_post",
        _("Rules may post in public"),
        _("Without this, no trigger or automation ever writes anything that everybody can read."),
        is_flag=True,
        is_required=False,
    ),
    Field(
        "marketing_team",
        _("Marketing’s team"),
        _("Public posts that are sorted as marketing are given to it."),
        choices=teams,
        is_required=False,
    ),
    Field(
        "private_words",
        _("Words that lead to private"),
        _("The public answer by which people are asked to write privately. {{link}} is where they can."),
        is_required=False,
    ),
]
