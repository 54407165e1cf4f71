"""What a column of a file can mean, and which one it probably does."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.columns import COLUMNS
from customers.fields import PREFIX, fields_of
from customers.folding import fold_name
from customers.models import Customer, FieldOf, Organisation

IDENTITIES: dict[str, str | Promise] = {
    "external_id": _("External id"),
    "email": _("E-mail"),
    "phone": _("Phone"),
}
# What people call things; the names of our own fields come besides.
WORDS = {
    "name": "name, full name, customer, customer name, contact, display name, kunde, kundenname, vollständiger name",
    "first_name": "first name, given name, vorname",
    "last_name": "last name, surname, family name, nachname, familienname",
    "email": "email, mail, email address, emailadresse, mailadresse",
    "phone": "phone, telephone, tel, phone number, mobile, telefon, telefonnummer, handy, mobil",
    "external_id": "external id, id, customer id, customer number, crm id, kundennummer, kunden id, externe id",
    "organisation": "organisation, organization, company, company name, firma, unternehmen",
    "language": "language, locale, sprache",
    "time_zone": "time zone, zeitzone",
    "location": "location, city, town, ort, stadt",
    "tier": "tier, plan, level, stufe",
    "account_type": "account type, kontoart",
    "tags": "tags, labels, schlagwörter",
    "owner": "owner, account manager, betreuer",
    "notes": "notes, note, comment, notizen, bemerkung, kommentar",
    "pronouns": "pronouns, pronoun, pronomen",
    "domains": "domains, domain, domänen",
    "parent": "parent, parent company, muttergesellschaft",
}
NAME_PARTS: dict[str, str | Promise] = {"first_name": _("First name"), "last_name": _("Last name")}


def targets_for(of: str) -> list[tuple[str, str]]:
    """(target, label), in the order in which they are offered."""
    model = Customer if of == FieldOf.CUSTOMER else Organisation
    columns = [(name, _label(model, name)) for name in COLUMNS[of]]
    besides = [*IDENTITIES.items(), *NAME_PARTS.items()] if of == FieldOf.CUSTOMER else []
    custom = [(f"{PREFIX}{field.key}", field.title) for field in fields_of(of)]
    return [*columns, *((name, str(label)) for name, label in besides), *custom]


def _label(model: type[Customer] | type[Organisation], name: str) -> str:
    label = str(getattr(model._meta.get_field(name), "verbose_name", name))
    return label[:1].upper() + label[1:]


def guess(header: Sequence[str], of: str) -> list[str]:
    """A target for each column, each at most once; "" where nothing fits."""
    known: dict[str, str] = {}
    for target, label in targets_for(of):
        for word in (label, target, target.removeprefix(PREFIX)):
            known.setdefault(_plain(word), target)
    offered = {target for target, _label in targets_for(of)}
    for target, words in WORDS.items():
        if target in offered:
            for word in words.split(","):
                known.setdefault(_plain(word), target)
    found: list[str] = []
    for title in header:
        target = known.get(_plain(title), "")
        found.append("" if target in found else target)
    return found


def _plain(title: str) -> str:
    return re.sub(r"[\W_]+", "", fold_name(title))
