"""Records are changed here and nowhere else: by the form, the API, an import and a merge alike.

`values` are by column, or by `custom_fields.<key>`. All of them are taken or none; each that differs is one event.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from json import dumps, loads
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from customers import fields as custom
from customers.actors import Actor
from customers.columns import COLUMNS, Record, said, stored
from customers.errors import Problems, Refused
from customers.events import RecordChanged, RecordCreated, record
from customers.models import Customer, CustomField, FieldOf, Organisation, RecordEvent
from customers.timeline import said as told


class Stale(Refused):
    """Somebody has changed the field since the form was drawn: `now` is what it says, as `seen_of` has it."""

    def __init__(self, reason: str, *, field: str, now: str) -> None:
        super().__init__(reason, field=field)
        self.now = now


@dataclass
class _Change:
    """The columns and fields of one record, while it is changed."""

    record: Record
    of: str
    known: dict[str, CustomField] = field(default_factory=dict)
    wanted: dict[str, Any] = field(default_factory=dict)

    def current(self, name: str) -> Any:
        if name.startswith(custom.PREFIX):
            return self.record.custom_fields.get(name.removeprefix(custom.PREFIX))
        return getattr(self.record, name)

    def check(self, name: str, value: Any) -> Any:
        if name.startswith(custom.PREFIX):
            known = self.known.get(name.removeprefix(custom.PREFIX))
            if known is None:
                raise Refused(_("There is no such field."))
            return custom.check(known, value)
        column = COLUMNS[self.of].get(name)
        if column is None:
            raise Refused(_("There is no such field."))
        return column.check(value, self.record)

    def set(self, name: str, value: Any) -> str:
        """The column that has to be saved."""
        if not name.startswith(custom.PREFIX):
            setattr(self.record, name, value)
            return name
        values = {**self.record.custom_fields, name.removeprefix(custom.PREFIX): value}
        self.record.custom_fields = {key: one for key, one in values.items() if one is not None}
        return "custom_fields"


def seen_of(value: Any) -> str:
    """A value as a form carries it along, to tell whether another one has changed it meanwhile."""
    return dumps(stored(value), ensure_ascii=False)


def value_of(subject: Record, name: str) -> Any:
    return _Change(subject, _kind(subject)).current(name)


def change_customer(
    customer: Customer,
    values: Mapping[str, Any],
    *,
    actor: Actor,
    seen: Mapping[str, str] | None = None,
    now: datetime | None = None,
) -> Customer:
    """The customer as it is afterwards. Raises `Problems` with a sentence for each field that was refused.

    `seen` are the values that the form showed (`seen_of`): what is still the same there is not touched, and what
    another has changed since raises `Stale`.
    """
    with transaction.atomic():
        rows = Customer.objects.select_for_update(of=("self",), no_key=True).select_related("organisation", "owner")
        locked = rows.get(pk=customer.pk)
        refuse_gone(locked)
        _change(locked, values, actor=actor, seen=seen or {}, now=now)
        return locked


def change_organisation(
    organisation: Organisation,
    values: Mapping[str, Any],
    *,
    actor: Actor,
    seen: Mapping[str, str] | None = None,
    now: datetime | None = None,
) -> Organisation:
    """As `change_customer`."""
    with transaction.atomic():
        if {"parent", "domains"} & set(values):
            _one_at_a_time()
        rows = Organisation.objects.select_for_update(of=("self",), no_key=True).select_related("parent", "owner")
        locked = rows.get(pk=organisation.pk)
        _change(locked, values, actor=actor, seen=seen or {}, now=now)
        return locked


def _one_at_a_time() -> None:
    """Two who put each other's company above at the same moment would close the circle unseen, and two who name one
    domain would both have it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('onethread.parents'))")


def create_customer(
    values: Mapping[str, Any], *, actor: Actor, by: str = "agent", now: datetime | None = None
) -> Customer:
    """Raises `Problems` as `change_customer` does, and then there is no record."""
    customer = Customer()
    _fill(customer, values)
    with transaction.atomic():
        customer.save()
        record(customer, RecordCreated(by), actor=actor, now=now)
    return customer


def create_organisation(
    values: Mapping[str, Any], *, actor: Actor, by: str = "agent", now: datetime | None = None
) -> Organisation:
    """As `create_customer`; a name is needed."""
    organisation = Organisation()
    try:
        with transaction.atomic():
            if "domains" in values:
                _one_at_a_time()
            _fill(organisation, {"name": "", **values})
            organisation.save()
            record(organisation, RecordCreated(by), actor=actor, now=now)
    except IntegrityError as error:  # somebody was quicker
        reason = _("There is an organisation “%(name)s” already.") % {"name": organisation.name}
        raise Problems({"name": reason}) from error
    return organisation


def refuse_gone(customer: Customer) -> None:
    if customer.merged_into_id:
        raise Refused(_("This record was merged into another one meanwhile. Nothing was changed."))
    if customer.erased_at:
        raise Refused(_("This record was erased. Nothing was changed."))


def _kind(subject: Record) -> str:
    return FieldOf.CUSTOMER if isinstance(subject, Customer) else FieldOf.ORGANISATION


def _fill(subject: Record, values: Mapping[str, Any]) -> None:
    change = _opened(subject, values)
    for name, value in _checked(change, values).items():
        change.set(name, value)


def _opened(subject: Record, names: Mapping[str, Any]) -> _Change:
    change = _Change(subject, _kind(subject))
    if any(name.startswith(custom.PREFIX) for name in names):
        change.known = {known.key: known for known in custom.fields_of(change.of)}
    return change


def _checked(change: _Change, values: Mapping[str, Any]) -> dict[str, Any]:
    wanted, problems = {}, {}
    for name, value in values.items():
        try:
            wanted[name] = change.check(name, value)
        except Refused as refusal:
            problems[name] = str(refusal)
    if problems:
        raise Problems(problems)
    return wanted


def _change(
    subject: Record, values: Mapping[str, Any], *, actor: Actor, seen: Mapping[str, str], now: datetime | None
) -> None:
    change = _opened(subject, values)
    changed = list(_differing(change, _checked(change, values), seen))
    if not changed:
        return
    _save(subject, {change.set(name, value) for name, _old, value in changed})
    for name, old, value in changed:
        record(subject, RecordChanged(name, said(old), said(value)), actor=actor, now=now)


def _differing(change: _Change, wanted: Mapping[str, Any], seen: Mapping[str, str]) -> Iterator[tuple[str, Any, Any]]:
    """The name, old and new value of what is to be changed."""
    for name, value in wanted.items():
        old = change.current(name)
        if name not in seen:
            new = value
        elif name == "tags":  # what others added or took out meanwhile stays so
            new = _merged(old, _tags_in(seen[name]), value)
        elif seen_of(value) == seen[name] or stored(value) == stored(old):
            continue  # not what this form was sent for
        elif seen_of(old) != seen[name]:
            raise Stale(_who_changed(change.record, name, said(old)), field=name, now=seen_of(old))
        else:
            new = value
        if stored(new) != stored(old):
            yield name, old, new


def _tags_in(seen: str) -> list[str]:
    """None in what no form of ours has written: then nobody's tags are taken out."""
    try:
        read = loads(seen)
    except (ValueError, RecursionError):
        return []
    return read if isinstance(read, list) else []


def _merged(current: list[str], seen: list[str], wanted: list[str]) -> list[str]:
    kept = [tag for tag in current if tag in wanted or tag not in seen]
    return [*kept, *(tag for tag in wanted if tag not in seen and tag not in kept)]


def _save(subject: Record, columns: set[str]) -> None:
    try:
        with transaction.atomic():
            subject.save(update_fields=[*columns, "updated_at"])
    except IntegrityError as error:  # somebody took the name or the external id a moment ago
        name = "name" if "name" in columns else "external_id"
        raise Problems({name: _("Another record has taken this a moment ago.")}) from error


def _who_changed(subject: Record, name: str, now: Any) -> str:
    newest = RecordEvent.objects.filter(
        **({"customer": subject} if isinstance(subject, Customer) else {"organisation": subject}),
        kind=RecordChanged.kind, payload__field=name,
    ).order_by("-created_at", "-pk").first()  # fmt: skip
    known = {"who": newest.actor_name if newest else _("Somebody"), "now": told(now)}
    return _("%(who)s changed this to “%(now)s” meanwhile.") % known
