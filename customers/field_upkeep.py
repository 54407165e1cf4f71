"""Custom fields as admins keep them: made, changed, put in order, deleted; the values of records go along."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from json import dumps
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import gettext as _

from customers import words
from customers.errors import Problems, Refused
from customers.models import CustomField, FieldKind, FieldOf
from customers.patterns import check_pattern

MAX_FIELDS, MAX_OPTIONS = 100, 200
LISTS = (FieldKind.DROPDOWN, FieldKind.MULTISELECT)
TABLES = {FieldOf.CUSTOMER: "customers_customer", FieldOf.ORGANISATION: "customers_organisation"}
RENAME_ONE = """
UPDATE {table} SET custom_fields = jsonb_set(
  custom_fields, ARRAY[%(key)s], %(names)s::jsonb -> (custom_fields ->> %(key)s))
WHERE custom_fields ->> %(key)s = ANY(%(old)s)
"""
RENAME_SEVERAL = """
UPDATE {table} SET custom_fields = jsonb_set(custom_fields, ARRAY[%(key)s], (
  SELECT jsonb_agg(COALESCE(%(names)s::jsonb -> (one #>> '{{}}'), one) ORDER BY place)
  FROM jsonb_array_elements(custom_fields -> %(key)s) WITH ORDINALITY AS each(one, place)))
WHERE jsonb_exists_any(custom_fields -> %(key)s, %(old)s)
"""


@transaction.atomic
def create_field(values: Mapping[str, Any]) -> CustomField:
    """Raises `Problems`. Without a key it gets one from its title."""
    of = FieldOf(values["of"])
    if CustomField.objects.filter(of=of).count() >= MAX_FIELDS:
        raise Refused(_("There are at most %(count)s fields.") % {"count": MAX_FIELDS})
    last = CustomField.objects.filter(of=of).aggregate(last=Max("position"))["last"]
    field = CustomField(of=of, kind=FieldKind(values["kind"]), position=0 if last is None else last + 1)
    field.key = _key(values.get("key") or slugify(str(values.get("title", ""))))
    _fill(field, values)
    return _saved(field)


@transaction.atomic
def change_field(field: CustomField, values: Mapping[str, Any], *, was: Sequence[str] = ()) -> CustomField:
    """`was` are the former names of `values["options"]`, one by one: what was renamed is renamed in the records too.

    What a field is of, its key and its kind stay: records, rules and programs rely on them.
    """
    locked = CustomField.objects.select_for_update().get(pk=field.pk)
    before = list(locked.options)
    renamed = _renamed(before, was, values.get("options", ()))
    _fill(locked, values)
    saved = _saved(locked)
    if renamed:
        _rename_values(saved, renamed)
    return saved


def _renamed(before: Sequence[str], was: Sequence[str], options: Sequence[str]) -> dict[str, str]:
    pairs = zip(was, options, strict=False)
    return {old: " ".join(new.split()) for old, new in pairs if old in before and new.strip() and old != new.strip()}


def _fill(field: CustomField, values: Mapping[str, Any]) -> None:
    problems: dict[str, str] = {}
    for name, check in CHECKS.items():
        try:
            setattr(field, name, check(field, values.get(name, "")))
        except Refused as refusal:
            problems[name] = str(refusal)
    field.is_internal = bool(values.get("is_internal"))
    field.is_active = bool(values.get("is_active", True))
    if problems:
        raise Problems(problems)


def _title(field: CustomField, value: str) -> str:
    title = words.line(value, 80)
    if not title:
        raise Refused(_("A field needs a title."))
    return title


def _help(field: CustomField, value: str) -> str:
    return words.line(value, 200)


def _pattern(field: CustomField, value: str) -> str:
    if field.kind != FieldKind.REGEXP:
        return ""
    if not value:
        raise Refused(_("Say what form it has, like [A-Z]{2}-[0-9]{4}."))
    return check_pattern(str(value))


def _options(field: CustomField, value: Sequence[str]) -> list[str]:
    if field.kind not in LISTS:
        return []
    options = [option for option in (words.line(one, 80) for one in value or ()) if option]
    if not options:
        raise Refused(_("A list needs something to choose from."))
    if len(options) > MAX_OPTIONS:
        raise Refused(_("A list has at most %(count)s options.") % {"count": MAX_OPTIONS})
    if len({option.casefold() for option in options}) < len(options):
        raise Refused(_("Two options are the same."))
    if any(";" in option for option in options):
        raise Refused(_("An option has no semicolon: it stands between several of them in files."))
    return options


CHECKS = {"title": _title, "help": _help, "pattern": _pattern, "options": _options}


def _key(text: str) -> str:
    key = re.sub(r"[^a-z0-9_]+", "_", str(text).strip().lower()).strip("_")[:40]
    if not re.match(r"[a-z]", key):
        reason = _("A key begins with a letter and has only a to z, digits and _.")
        raise Problems({"key": reason})
    return key


def _saved(field: CustomField) -> CustomField:
    try:
        with transaction.atomic():
            field.save()
    except IntegrityError as error:
        raise Problems({"key": _("Another field has the key “%(key)s” already.") % {"key": field.key}}) from error
    return field


def _rename_values(field: CustomField, names: Mapping[str, str]) -> None:
    statement = RENAME_ONE if field.kind == FieldKind.DROPDOWN else RENAME_SEVERAL
    with connection.cursor() as cursor:
        cursor.execute(
            statement.format(table=TABLES[FieldOf(field.of)]),
            {"key": field.key, "names": dumps(names), "old": list(names)},
        )


def move_field(field: CustomField, place: int) -> None:
    """To the `place`-th among the fields of the same record, counted from 0."""
    with transaction.atomic():
        fields = list(CustomField.objects.select_for_update().filter(of=field.of).order_by("position", "pk"))
        moved = next(one for one in fields if one.pk == field.pk)
        fields.remove(moved)
        fields.insert(max(0, min(place, len(fields))), moved)
        for position, one in enumerate(fields):
            one.position = position
        CustomField.objects.bulk_update(fields, ["position"])


def set_active(field: CustomField, is_active: bool) -> None:
    """Switched off it is shown and taken nowhere; its values stay."""
    CustomField.objects.filter(pk=field.pk).update(is_active=is_active)


def use_of(field: CustomField) -> int:
    """How many records have a value."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM {TABLES[FieldOf(field.of)]} WHERE jsonb_exists(custom_fields, %s)",  # noqa: S608 ours
            [field.key],
        )
        row = cursor.fetchone()
    return int(row[0]) if row else 0


@transaction.atomic
def delete_field(field: CustomField) -> int:
    """With its values, for ever; of how many records. Their audit keeps what they said."""
    locked = CustomField.objects.select_for_update().get(pk=field.pk)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {TABLES[FieldOf(locked.of)]} SET custom_fields = custom_fields - %s"  # noqa: S608 ours
            " WHERE jsonb_exists(custom_fields, %s)",
            [locked.key, locked.key],
        )
        changed = int(cursor.rowcount)
    locked.delete()
    return changed
