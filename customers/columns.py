"""What each column of a record takes from people and programs, and how its value is written down in the audit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django.conf.locale import LANG_INFO
from django.core.exceptions import ValidationError
from django.core.validators import validate_domain_name
from django.utils.translation import gettext as _

from customers import policies, words
from customers.domains import refuse_shared
from customers.errors import Refused
from customers.models import Customer, FieldOf, IdentityKind, Organisation
from helpdesk.accounts.models import User
from helpdesk.lib.typed import whole_number

Record = Customer | Organisation
Check = Callable[[Any, Record], Any]
MAX_DOMAINS = 100
LEVELS = 20  # of parent companies


@dataclass(frozen=True)
class Column:
    """`check` gives what is to be stored, or raises `Refused`."""

    check: Check
    is_row: bool = False  # names another row


def stored(value: Any) -> Any:
    """A value of a column as the audit and forms compare it: JSON; of a row, its id."""
    return value.pk if isinstance(value, User | Organisation) else value


def said(value: Any) -> Any:
    """A value as the audit keeps it: of a row its name as it is now."""
    return str(value) if isinstance(value, User | Organisation) else value


def _line(limit: int) -> Column:
    return Column(lambda value, record: words.line(value, limit))


def _block(limit: int) -> Column:
    return Column(lambda value, record: words.block(value, limit))


def _language(value: Any, record: Record) -> str:
    code = str(value or "").strip()
    known = {code.lower(): code for code, facts in LANG_INFO.items() if "name" in facts and len(code) <= 8}
    if not code:
        return ""
    found = known.get(code.lower().replace("_", "-")) or known.get(code.lower().replace("_", "-").partition("-")[0])
    if found is None:
        raise Refused(_("“%(value)s” is no language: write its code, like en or de.") % {"value": code[:40]})
    return found


@cache
def _zones() -> dict[str, str]:
    return {zone.lower(): zone for zone in available_timezones()}


def _time_zone(value: Any, record: Record) -> str:
    name = str(value or "").strip()
    if not name:
        return ""
    found = _zones().get(name.lower().replace(" ", "_"))
    if found is None:
        raise Refused(_("“%(value)s” is no time zone: write it like Europe/Berlin.") % {"value": name[:60]})
    return found


def _organisation(value: Any, record: Record) -> Organisation | None:
    """From the row, its id, or its name in any case."""
    if value is None or isinstance(value, Organisation):
        return value
    if isinstance(value, int):
        found = Organisation.objects.filter(pk=value).first()
    else:
        name = " ".join(str(value).split())
        if not name:
            return None
        named = Organisation.objects.filter(name__iexact=name)
        found = named.filter(name=name).first() or named.first()
    if found is None:
        reason = _("There is no organisation “%(name)s”. Create it first, or choose another.")
        raise Refused(reason % {"name": str(value)[:80]})
    return found


def _parent(value: Any, record: Record) -> Organisation | None:
    """`Refused` where the company would be above itself."""
    parent = _organisation(value, record)
    above, levels = parent.pk if parent else None, 0
    while above is not None:
        if above == record.pk:
            reason = _("%(parent)s belongs to %(name)s already: neither can be above the other.")
            raise Refused(reason % {"parent": parent, "name": record})
        levels += 1
        if levels > LEVELS:
            raise Refused(_("A company has at most %(count)s companies above it.") % {"count": LEVELS})
        above = Organisation.objects.values_list("parent_id", flat=True).get(pk=above)  # as it is now
    return parent


def _owner(value: Any, record: Record) -> User | None:
    """From the row, its id or its e-mail address. Whoever owns it already may stay, whatever became of them."""
    if value is None or value == "":
        return None
    if isinstance(value, User):
        found: User | None = value
    elif isinstance(value, int) or whole_number(str(value)) is not None:
        found = User.objects.filter(pk=int(value)).first()
    else:
        found = User.objects.filter(email=str(value).strip().lower()).first()
    if found is None:
        raise Refused(_("There is no colleague “%(name)s”.") % {"name": str(value)[:80]})
    if found.pk != record.owner_id and not policies.may_edit_customer(found):
        raise Refused(_("%(name)s does not answer customers, and cannot own one.") % {"name": found})
    return found


def _channel(value: Any, record: Record) -> str:
    kind = str(value or "").strip().lower()
    if kind and kind not in IdentityKind.values:
        raise Refused(_("“%(value)s” is no channel.") % {"value": kind[:40]})
    return kind


def _domains(value: Any, record: Record) -> list[str]:
    assert isinstance(record, Organisation)
    given = value if isinstance(value, list | tuple) else str(value or "").replace(",", " ").split()
    domains = list(dict.fromkeys(str(one).strip().lower().lstrip("@").rstrip(".") for one in given if str(one).strip()))
    if len(domains) > MAX_DOMAINS:
        raise Refused(_("At most %(count)s domains.") % {"count": MAX_DOMAINS})
    for domain in domains:
        try:
            validate_domain_name(domain)
        except ValidationError as error:
            raise Refused(_("“%(domain)s” is no domain, like example.com.") % {"domain": domain[:80]}) from error
    refuse_shared([domain for domain in domains if domain not in record.domains], record)
    return domains


def _organisation_name(value: Any, record: Record) -> str:
    name = words.line(value, 160)
    if not name:
        raise Refused(_("An organisation needs a name."))
    if Organisation.objects.filter(name=name).exclude(pk=record.pk).exists():
        raise Refused(_("There is an organisation “%(name)s” already.") % {"name": name})
    return name


def _external_id(value: Any, record: Record) -> str | None:
    """None rather than "": the column is unique."""
    external = words.line(value, 160) or None
    if external and Organisation.objects.filter(external_id=external).exclude(pk=record.pk).exists():
        raise Refused(_("Another organisation has the external id “%(id)s”.") % {"id": external})
    return external


def _yes(value: Any, record: Record) -> bool:
    return value if isinstance(value, bool) else str(value).strip().lower() in ("1", "true", "yes", "on")


SHARED = {
    "tier": _line(40),
    "account_type": _line(40),
    "tags": Column(lambda value, record: words.tags(value)),
    "owner": Column(_owner, is_row=True),
    "notes": _block(10_000),
}
COLUMNS: dict[str, dict[str, Column]] = {
    FieldOf.CUSTOMER: {
        "name": _line(200),
        "pronouns": _line(40),
        "organisation": Column(_organisation, is_row=True),
        "language": Column(_language),
        "time_zone": Column(_time_zone),
        "location": _line(160),
        "preferred_channel": Column(_channel),
        "contact_preferences": _line(500),
        **SHARED,
    },
    FieldOf.ORGANISATION: {
        "name": Column(_organisation_name),
        "domains": Column(_domains),
        "external_id": Column(_external_id),
        "parent": Column(_parent, is_row=True),
        "shares_tickets": Column(_yes),
        **SHARED,
    },
}
