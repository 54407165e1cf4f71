"""What the cells of one row say of a customer: each checked as the form would check it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from customers import fields as custom
from customers.columns import COLUMNS
from customers.errors import Refused
from customers.imports.problems import Problem
from customers.models import Customer, CustomField, FieldOf, IdentityKind, ImportJob
from customers.normalising import normalise
from customers.words import line
from helpdesk.accounts.models import User

KINDS = {"external_id": IdentityKind.EXTERNAL, "email": IdentityKind.EMAIL, "phone": IdentityKind.PHONE}
NAME_PARTS = ("first_name", "last_name")
Key = tuple[str, str]


@dataclass
class Read:
    """One row, every cell checked by itself."""

    number: int
    values: dict[str, Any] = field(default_factory=dict)
    keys: dict[str, Key] = field(default_factory=dict)  # target → (kind, value)
    organisation: str = ""


class Cells:
    """Keeps from row to row what it has looked up."""

    def __init__(self, job: ImportJob) -> None:
        self.country = job.country
        self.custom: dict[str, CustomField] = {row.key: row for row in custom.fields_of(FieldOf.CUSTOMER)}
        self.owners: dict[str, User] = {}
        self.blank = Customer()

    def read(self, number: int, cells: Mapping[str, str]) -> tuple[Read, list[Problem]]:
        one, wrong = Read(number), list[Problem]()
        for target, text in _with_whole_name(cells).items():
            if not text.strip():
                continue  # an empty cell says nothing; it does not empty the record
            try:
                self._read_cell(one, target, text)
            except Refused as refusal:
                wrong.append(Problem(number, target, text, str(refusal)))
        if not (wrong or one.keys or one.values.get("name")):
            reason = _("There is nobody in this row: no name, e-mail, phone or external id.")
            wrong.append(Problem(number, "", "", reason))
        return one, wrong

    def _read_cell(self, one: Read, target: str, text: str) -> None:
        if kind := KINDS.get(target):
            one.keys[target] = (kind, self._identity(kind, text))
        elif target == "organisation":
            one.organisation = line(text, 160)
        elif target == "owner":
            one.values["owner"] = self._owner(text)
        elif target.startswith(custom.PREFIX):
            known = self.custom.get(target.removeprefix(custom.PREFIX))
            if known is None:
                raise Refused(_("There is no such field."))
            one.values[target] = custom.check(known, text)
        else:
            one.values[target] = COLUMNS[FieldOf.CUSTOMER][target].check(text, self.blank)

    def _identity(self, kind: str, text: str) -> str:
        value = normalise(kind, text, country=self.country)
        local, at, domain = value.rpartition("@")
        fits = at and local and "." in domain and not any(char.isspace() for char in value) and len(value) <= 254
        if kind == IdentityKind.EMAIL and not fits:
            raise Refused(_("This is no e-mail address."))
        return value

    def _owner(self, text: str) -> User:
        if text not in self.owners:
            self.owners[text] = COLUMNS[FieldOf.CUSTOMER]["owner"].check(text, self.blank)
        return self.owners[text]


def _with_whole_name(cells: Mapping[str, str]) -> dict[str, str]:
    parts = " ".join(part.strip() for name in NAME_PARTS if (part := cells.get(name, "")).strip())
    whole = {target: text for target, text in cells.items() if target not in NAME_PARTS}
    if parts and not whole.get("name", "").strip():
        whole["name"] = parts
    return whole
