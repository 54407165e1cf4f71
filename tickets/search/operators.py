"""The filters that can be typed, and the condition of tickets/conditions that each of them is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.db.models.enums import Choices
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Customer, Organisation
from helpdesk.accounts.models import Team, User
from tickets.models import Channel, Inbox, Priority, Status, TicketType
from tickets.search.dates import read_date
from tickets.search.values import BadValue, Condition, condition

MAX_MATCHES = 100  # that one name may mean
ME, NOBODY = ("me", "mine", "ich"), ("none", "nobody", "niemand", "-")
COMPARISONS = {"<": "less_than", "<=": "less_than_equal", ">": "greater_than", ">=": "greater_than_equal"}

# What may be typed → the field it asks.
ALIASES: dict[str, str] = {
    "status": "status", "priority": "priority", "type": "type", "ticket_type": "type", "channel": "via_id",
    "via": "via_id", "is": "is", "assignee": "assignee_id", "agent": "assignee_id", "team": "group_id",
    "group": "group_id", "tag": "current_tags", "tags": "current_tags", "from": "requester_id",
    "requester": "requester_id", "customer": "requester_id", "organization": "organization_id",
    "organisation": "organization_id", "org": "organization_id", "to": "inbox_id", "inbox": "inbox_id", "cc": "cc",
    "subject": "subject_includes_word", "has": "has", "created": "created_at", "updated": "updated_on",
    "solved": "solved_at", "closed": "closed_at", "due": "due_at", "due_date": "due_at",
}  # fmt: skip

EXAMPLES = {
    "status": "status:open", "priority": "priority:high", "type": "type:incident", "via_id": "channel:email",
    "is": "is:unassigned", "assignee_id": "assignee:me", "group_id": "team:support", "current_tags": "tag:refund",
    "requester_id": "from:ada@example.org", "organization_id": "organization:\"Analytical Engines\"",
    "inbox_id": "to:support", "cc": "cc:ada@example.org", "subject_includes_word": "subject:invoice",
    "has": "has:attachment", "created_at": "created>2026-01-31", "updated_on": "updated>7days",
    "solved_at": "solved<2026-01-31", "closed_at": "closed>30days", "due_at": "due<2026-01-31",
}  # fmt: skip


def condition_for(name: str, comparison: str, value: str) -> Condition:
    """What the filter `name` with `value` asks. Raises `BadValue`."""
    field = ALIASES[name]
    value, comparison = value.strip(), comparison.removeprefix(":")
    if not value:
        raise BadValue(
            _("“%(name)s” needs a value, as in %(example)s.") % {"name": f"{name}:", "example": EXAMPLES[field]}
        )
    if comparison and field not in ("status", "priority", *DATES):
        raise BadValue(
            _("“%(name)s” can't be compared with %(sign)s: write %(example)s.")
            % {"name": name, "sign": comparison, "example": EXAMPLES[field]}
        )
    return READERS[field](field, COMPARISONS.get(comparison, "is"), value)


def _choice(choices: type[Choices], empty: str = "") -> Callable[[str, str, str], Condition]:
    """A value by its name or by its label in the user's language."""

    def read(field: str, operator: str, value: str) -> Condition:
        wanted = value.lower()
        if wanted in NOBODY and "" in choices.values:
            return condition(field, operator, "")
        for known, label in choices.choices:
            if known and wanted in (str(known), str(label).lower()):
                return condition(field, operator, known)
        known_values = ", ".join(str(known) for known in choices.values if known)
        raise BadValue(
            _("There is no %(field)s “%(value)s”: it is one of %(known)s.")
            % {"field": WORDS[field], "value": value[:60], "known": known_values}
        )

    return read


def _status(field: str, operator: str, value: str) -> Condition:
    if value.lower() in ("unsolved", "active"):
        return condition(field, "less_than", Status.SOLVED.value)
    return _choice(Status)(field, operator, value)


def _user(field: str, operator: str, value: str) -> Condition:
    if value.lower() in ME:
        return condition(field, "is", "current_user")
    if value.lower() in NOBODY:
        return condition(field, "is", "")
    return _reference(field, value, User.objects.all(), Q(name__icontains=value) | Q(email__iexact=value))


def _team(field: str, operator: str, value: str) -> Condition:
    if value.lower() in NOBODY:
        return condition(field, "is", "")
    return _reference(field, value, Team.objects.all(), Q(name__icontains=value))


def _inbox(field: str, operator: str, value: str) -> Condition:
    return _reference(field, value, Inbox.objects.all(), Q(name__icontains=value) | Q(address__iexact=value))


def _organisation(field: str, operator: str, value: str) -> Condition:
    if value.lower() in NOBODY:
        return condition(field, "is", "")
    found = Q(name__icontains=value) | Q(domains__contains=[value.lower()])
    return _reference(field, value, Organisation.objects.all(), found)


def _customer(field: str, operator: str, value: str) -> Condition:
    if "@" in value:
        found = Q(identities__value=value.lower())
    else:  # by the same words as the customers in the results
        from tickets.search.people import customers_named

        return _reference(field, value, customers_named(value), Q())
    return _reference(field, value, Customer.objects.all(), found)


def _reference(field: str, value: str, rows: QuerySet[Any, Any], found: Q) -> Condition:
    """The rows that are called `value`; one that is called exactly so stands alone."""
    ids: list[int] = []
    if len(value) <= 320:
        candidates = list(rows.filter(found).order_by("pk").distinct()[: MAX_MATCHES + 1])
        exact = [row for row in candidates if _is_called(row, value)]
        ids = [row.pk for row in exact or candidates]
    if not ids:
        raise BadValue(_("No %(field)s is called “%(value)s”.") % {"field": WORDS[field], "value": value[:60]})
    if len(ids) > MAX_MATCHES:
        raise BadValue(
            _("More than %(limit)s match “%(value)s”: write more of the name, or the address.")
            % {"limit": MAX_MATCHES, "value": value[:60]}
        )
    return condition(field, "includes", ids) if len(ids) > 1 else condition(field, "is", ids[0])


def _is_called(row: Model, value: str) -> bool:
    return str(getattr(row, "name", "")).lower() == value.lower()


def _tags(field: str, operator: str, value: str) -> Condition:
    if value.lower() in NOBODY:
        return condition(field, "not_present", None)
    return condition(field, "includes", value)


def _words(field: str, operator: str, value: str) -> Condition:
    return condition(field, "includes", [value])


def _cc(field: str, operator: str, value: str) -> Condition:
    return condition("cc_address", "includes", [value])


def _has(field: str, operator: str, value: str) -> Condition:
    kinds = {
        "attachment": "attachment", "attachments": "attachment", "file": "attachment", "cc": "cc",
        "tags": "current_tags", "assignee": "assignee_id", "team": "group_id", "due": "due_at",
    }  # fmt: skip
    if value.lower() not in kinds:
        raise BadValue(_unknown("has", value, kinds))
    return condition(kinds[value.lower()], "present", None)


STATES: dict[str, Condition] = {
    **{status.value: condition("status", "is", status.value) for status in Status},
    "unsolved": condition("status", "less_than", "solved"),
    "mine": condition("assignee_id", "is", "current_user"),
    "unassigned": condition("assignee_id", "is", ""),
    "assigned": condition("assignee_id", "is_not", ""),
    "waiting": condition("is_waiting", "is", "true"),
    "urgent": condition("priority", "is", "urgent"),
    "followed": condition("follower", "is", "current_user"),
    "mentioned": condition("mention", "is", "current_user"),
}


def _is(field: str, operator: str, value: str) -> Condition:
    if value.lower() not in STATES:
        raise BadValue(_unknown("is", value, STATES))
    return STATES[value.lower()]


def _unknown(name: str, value: str, known: Any) -> str:
    return _("“%(name)s” knows no “%(value)s”, only %(known)s.") % {
        "name": f"{name}:",
        "value": value[:60],
        "known": ", ".join(known),
    }


DATES = ("created_at", "updated_on", "solved_at", "closed_at", "due_at")
READERS: dict[str, Callable[[str, str, str], Condition]] = {
    "status": _status,
    "priority": _choice(Priority),
    "type": _choice(TicketType),
    "via_id": _choice(Channel),
    "is": _is,
    "has": _has,
    "assignee_id": _user,
    "group_id": _team,
    "requester_id": _customer,
    "organization_id": _organisation,
    "inbox_id": _inbox,
    "current_tags": _tags,
    "cc": _cc,
    "subject_includes_word": _words,
    **dict.fromkeys(DATES, read_date),
}
WORDS: dict[str, str | Promise] = {
    "status": gettext_lazy("status"),
    "priority": gettext_lazy("priority"),
    "type": gettext_lazy("type"),
    "via_id": gettext_lazy("channel"),
    "assignee_id": gettext_lazy("agent"),
    "group_id": gettext_lazy("team"),
    "requester_id": gettext_lazy("customer"),
    "organization_id": gettext_lazy("organisation"),
    "inbox_id": gettext_lazy("inbox"),
}
