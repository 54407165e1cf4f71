"""Rows become organisations: one by one, through the services that the form uses, each taken whole or left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from customers.actors import Actor
from customers.errors import Problems, Refused
from customers.imports.people import Tally
from customers.imports.problems import Problem
from customers.models import ImportJob, Organisation
from customers.record import change_organisation, create_organisation


class _Undone(Exception):
    """Ends a savepoint of the dry run."""


class Companies:
    def __init__(self, job: ImportJob, *, actor: Actor, is_dry: bool) -> None:
        self.job, self.actor, self.is_dry = job, actor, is_dry

    def forget(self) -> None:
        """It keeps nothing."""

    def write(self, rows: Sequence[tuple[int, Mapping[str, str]]], *, now: datetime) -> tuple[Tally, list[Problem]]:
        tally, problems = Tally(), list[Problem]()
        for number, cells in rows:
            values = {target: text for target, text in cells.items() if text.strip()}
            try:
                outcome = self._take(values, now)
            except Problems as wrong:
                problems += [Problem(number, name, values.get(name, ""), said) for name, said in wrong.by_field.items()]
                tally.failed += 1
            except Refused as refusal:
                problems.append(Problem(number, refusal.field, values.get(refusal.field, ""), str(refusal)))
                tally.failed += 1
            else:
                setattr(tally, outcome, getattr(tally, outcome) + 1)
        return tally, problems

    def _take(self, values: dict[str, Any], now: datetime) -> str:
        known = self._known(values)
        if known and not self.job.update_existing:
            return "unchanged"
        outcome = "created"
        try:
            with transaction.atomic():
                if known:
                    values = {name: value for name, value in values.items() if name != "name" or value != known.name}
                    before = known.updated_at
                    changed = change_organisation(known, values, actor=self.actor, now=now)
                    outcome = "updated" if changed.updated_at != before else "unchanged"
                else:
                    create_organisation(values, actor=self.actor, by="import", now=now)
                if self.is_dry:
                    raise _Undone
        except _Undone:
            return outcome
        return outcome

    def _known(self, values: Mapping[str, Any]) -> Organisation | None:
        external = " ".join(str(values.get("external_id", "")).split())
        if external and (found := Organisation.objects.filter(external_id=external).first()):
            return found
        name = " ".join(str(values.get("name", "")).split())
        if not name and not external:
            raise Refused(_("There is no organisation in this row: no name and no external id."))
        return Organisation.objects.filter(name__iexact=name).first() if name else None
