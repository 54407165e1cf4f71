"""The catalogue of dimensions. Those of an admin's own fields are looked up when somebody asks for one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, timedelta

from django.db.models import F, Model
from django.db.models.enums import Choices
from django.db.models.expressions import Combinable
from django.db.models.fields.json import KeyTextTransform
from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from customers.models import Customer, CustomField, FieldOf, Organisation
from helpdesk.accounts.models import Team, User
from metrics.dimension import Dimension, Names, Value, of, of_ticket, then
from metrics.expressions import Unnested, day_of, part_of
from metrics.measure import Measure, Source, Text
from metrics.sources import SOURCES
from metrics.spans import Span
from tickets.models import Channel, Inbox, Priority, SlaMetric, SlaPolicy, Status, TicketType

__all__ = ["DIMENSIONS", "Dimension", "dimension", "dimensions"]

SLA = ("sla_achieved", "sla_met", "sla_breached")


def rows(model: type[Model], none: Text) -> Names:
    def names(keys: Collection[str]) -> Mapping[str, str]:
        known = model._default_manager.in_bulk([int(key) for key in keys if key])
        gone = _("deleted")
        return {key: str(known.get(int(key), f"{gone} ({key})")) if key else str(none) for key in keys}

    return names


def choices(values: type[Choices], none: Text = "") -> Names:
    labels = dict(values.choices)
    return lambda keys: {key: str(labels.get(key) or none or key) for key in keys}


def words(none: Text) -> Names:
    return lambda keys: {key: key or str(none) for key in keys}


def time(name: str, label: Text, keys: Callable[[Span], Sequence[str]], told: Callable[[str], str]) -> Dimension:
    def value(measure: Measure, span: Span) -> Combinable | None:
        if measure.is_live:
            return None
        if measure.source is Source.BACKLOG:
            return F("day") if name in ("day", "week", "month") else None
        zone = str(span.zone)
        match name:
            case "hour":
                return part_of(F(measure.date), zone, "hour")
            case "weekday":
                return part_of(F(measure.date), zone, "isodow")
        return day_of(F(measure.date), zone, name)

    return Dimension(name, label, value, lambda found: {key: told(key) for key in found}, keys)


def days(span: Span) -> list[str]:
    return [(span.first + timedelta(days=n)).isoformat() for n in range(span.days)]


def week_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def weeks(span: Span) -> list[str]:
    first = week_of(span.first)
    return [(first + timedelta(days=n)).isoformat() for n in range(0, (span.last - first).days + 1, 7)]


def months(span: Span) -> list[str]:
    return sorted({f"{day[:7]}-01" for day in days(span)})


def tags(measure: Measure, span: Span) -> Combinable | None:
    return None if measure.source is Source.BACKLOG else Unnested(F(SOURCES[measure.source].path("tags")))


def of_requester(column: str) -> Value:
    def value(measure: Measure, span: Span) -> Combinable | None:
        return None if measure.source is Source.BACKLOG else F(SOURCES[measure.source].path(f"requester__{column}"))

    return value


def hours(span: Span) -> list[str]:
    return [str(hour) for hour in range(24)]


def weekdays(span: Span) -> list[str]:
    return [str(day) for day in range(1, 8)]


def told_day(key: str) -> str:
    return date_format(date.fromisoformat(key), "SHORT_DATE_FORMAT")


def told_week(key: str) -> str:
    return _("Week of %(day)s") % {"day": told_day(key)}


def told_month(key: str) -> str:
    return date_format(date.fromisoformat(key), "YEAR_MONTH_FORMAT")


TEAM = then(moment="team_id", rating="team_id", chat="team_id", call="team_id")("team_id")
AGENT = then(moment="user_id", rating="assignee_id", chat="agent_id", call="agent_id")("assignee_id")

DIMENSIONS: Mapping[str, Dimension] = {
    one.name: one
    for one in (
        time("day", _l("Day"), days, told_day),
        time("week", _l("Week"), weeks, told_week),
        time("month", _l("Month"), months, told_month),
        time("hour", _l("Hour"), hours, lambda key: f"{int(key):02}:00"),
        time("weekday", _l("Weekday"), weekdays, lambda key: str(WEEKDAYS[int(key) - 1])),
        Dimension("channel", _l("Channel"), then(moment="channel")("channel"), choices(Channel)),
        Dimension("team", _l("Team"), TEAM, rows(Team, _l("No team"))),
        Dimension("agent", _l("Agent"), AGENT, rows(User, _l("Nobody"))),
        Dimension("priority", _l("Priority"), of_ticket("priority"), choices(Priority, _l("None"))),
        Dimension("status", _l("Status"), of_ticket("status"), choices(Status)),
        Dimension("type", _l("Type"), of_ticket("type"), choices(TicketType, _l("None"))),
        Dimension("inbox", _l("Inbox"), of_ticket("inbox_id"), rows(Inbox, "")),
        Dimension("tag", _l("Tag"), tags, words(_l("No tags")), has_many=True),
        Dimension("language", _l("Language"), of_ticket("language"), words(_l("Not known"))),
        Dimension("customer", _l("Customer"), of_ticket("requester_id"), rows(Customer, "")),
        Dimension("organization", _l("Organisation"), of_requester("organisation_id"),
                  rows(Organisation, _l("No organisation"))),
        Dimension("tier", _l("Customer’s tier"), of_requester("tier"), words(_l("None"))),
        Dimension("policy", _l("SLA policy"), of(Source.MOMENT, "ref", only=SLA), rows(SlaPolicy, _l("No policy"))),
        Dimension("sla_metric", _l("SLA metric"), of(Source.MOMENT, "name", only=SLA), choices(SlaMetric)),
    )
}  # fmt: skip


def dimension(name: str) -> Dimension | None:
    """By its name; `customer.<key>` and `organization.<key>` are fields that an admin added."""
    if name in DIMENSIONS:
        return DIMENSIONS[name]
    of_whom, _dot, key = name.partition(".")
    whose = {"customer": FieldOf.CUSTOMER, "organization": FieldOf.ORGANISATION}.get(of_whom)
    field = CustomField.objects.filter(of=whose, key=key, is_active=True).first() if whose else None
    return _of_field(field) if field else None


def dimensions() -> list[Dimension]:
    """All that can be asked for, an admin's own fields last."""
    return [*DIMENSIONS.values(), *map(_of_field, CustomField.objects.filter(is_active=True))]


def _of_field(field: CustomField) -> Dimension:
    path, prefix = (
        ("requester", "customer") if field.of == FieldOf.CUSTOMER else ("requester__organisation", "organization")
    )

    def value(measure: Measure, span: Span) -> Combinable | None:
        if measure.source is Source.BACKLOG:
            return None
        return KeyTextTransform(field.key, SOURCES[measure.source].path(f"{path}__custom_fields"))

    return Dimension(f"{prefix}.{field.key}", field.title, value, words(_l("None")))
