"""How often something happened to the ticket."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tickets.conditions.field import COUNTS, Field
from tickets.conditions.numbers import Number
from tickets.conditions.sources import Column

FIELDS = (
    Field("replies", _("Agent replies"), COUNTS, Number(), Column("reply_count")),
    Field("reopens", _("Reopened"), COUNTS, Number(), Column("reopen_count")),
    Field("agent_stations", _("Assignees so far"), COUNTS, Number(), Column("assignee_stations")),
    Field("group_stations", _("Teams so far"), COUNTS, Number(), Column("team_stations")),
)
