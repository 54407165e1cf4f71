"""Rows without their words: texts, lists and JSON are emptied; numbers, moments, choices and keys stay."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Value
from django.db.models.functions import Cast, Concat

# Words that say of what kind a row is, not whose: numbers are counted by them.
KINDS = frozenset((
    "kind", "status", "state", "source", "channel", "currency", "actor_kind", "author_role", "tier", "account_type",
    "language", "time_zone", "proved_by", "purpose", "match_rule", "rule", "tone", "metric", "priority", "type",
))  # fmt: skip


def pointing_at(
    target: type[models.Model], *, but: Collection[type[models.Model]] = (), apps_of: Collection[str] = ()
) -> Iterator[tuple[type[models.Model], str]]:
    """Each model with a foreign key to `target`, and the key's name; of some apps only, where they are named."""
    for model in apps.get_models():
        if model in but or (apps_of and model._meta.app_label not in apps_of):
            continue
        for field in model._meta.local_fields:
            if field.remote_field and field.related_model is target:
                yield model, field.name


def blank_rows(model: type[models.Model], rows: dict[str, Any], *, keep: Collection[str] = ()) -> int:
    """Empty the words of those rows, in one statement; how many rows. What must be unique becomes "erased-<id>"."""
    values = {field.name: value for field, value in words_of(model, keep=keep)}
    return model._default_manager.filter(**rows).update(**values) if values else 0


def words_of(model: type[models.Model], *, keep: Collection[str] = ()) -> Iterator[tuple[models.Field[Any, Any], Any]]:
    """Each field of the model that holds words, and what it holds without."""
    single = set(_unique(model))
    for field in model._meta.local_concrete_fields:
        if field.name in KINDS or field.name in keep or field.choices or field.remote_field or field.primary_key:
            continue
        if isinstance(field, models.CharField | models.TextField):
            is_single = field.unique or field.name in single
            yield field, _placeholder(field) if is_single else None if field.null else ""
        elif isinstance(field, models.JSONField):
            yield field, field.get_default() if field.has_default() else {}
        elif isinstance(field, ArrayField):
            yield field, []
        elif isinstance(field, models.BinaryField):
            yield field, None if field.null else b""
        elif isinstance(field, models.DateField) and not isinstance(field, models.DateTimeField) and field.null:
            yield field, None


def _unique(model: type[models.Model]) -> Iterator[str]:
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint):
            yield from constraint.fields


def _placeholder(field: models.Field[Any, Any]) -> Any:
    if field.null:
        return None
    return Concat(Value("erased-"), Cast(F("pk"), models.CharField()), output_field=models.CharField())
