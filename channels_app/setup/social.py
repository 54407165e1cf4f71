"""What admins choose for accounts on which people also write in public."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from channels_app.models import ProviderAccount
from channels_app.setup.fields import Field
from helpdesk.accounts.models import Team, User
from tickets.models import SavedView, Triage
from tickets.saved_views import create_view
from tickets.services import Refused

LINK = "{{link}}"


TO_SORT = {"all": [{"field": "public_triage", "operator": "is", "value": Triage.NEW.value}]}
READS_PUBLIC = ("reads_comments", "reads_mentions")


def offer_view(account: ProviderAccount, before: Mapping[str, Any], by: User | None) -> None:
    """The queue of public posts, for everyone, once an account begins to read what is said in public.

    Whoever deletes it is not given another one by the next save.
    """
    begins = any(account.options.get(name) and not before.get(name) for name in READS_PUBLIC)
    if by is None or not begins or any("public_triage" in json.dumps(one.conditions) for one in _shared_views()):
        return
    with suppress(Refused):  # as many views as there may be
        create_view(by, _now("Public posts to sort"), mine=False, conditions=TO_SORT)


def _shared_views() -> QuerySet[SavedView]:
    return SavedView.objects.filter(owner=None)


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
