"""Two records beside each other, in words: for whoever decides whether they are one person, and what stays."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from customers.fields import said
from customers.folding import Folded, fold_name
from customers.merge_fields import BOTH, CUSTOM, JOINED, MINE, THEIRS, fields_of, is_unknown, proposed, snapshot
from customers.models import Customer, CustomField, FieldOf, Identity, IdentityKind
from customers.moving import own_references
from customers.normalising import shown
from customers.signals import merge_foreseen

FOUND = 10

REASONS = {
    "phone": gettext_lazy("Same phone number: %(value)s"),
    "mailbox": gettext_lazy("Same mailbox: %(value)s"),
    "handle": gettext_lazy("Same name, and both are called “%(value)s”"),
    "external": gettext_lazy("Same name, and the same number %(value)s in two systems"),
    "organisation": gettext_lazy("Same name at the same organisation"),
    "domain": gettext_lazy("Same name at %(value)s"),
    "vouched": gettext_lazy("A messenger vouches that %(value)s belongs to both"),
    "link": gettext_lazy("One opened the other’s personal link, writing from %(value)s"),
}
MOVING = {
    "customers.Identity": gettext_lazy("Addresses and numbers"),
    "customers.ImportantDate": gettext_lazy("Important dates"),
    "customers.Order": gettext_lazy("Orders"),
    "customers.CustomerEvent": gettext_lazy("Events from other systems"),
    "customers.Consent": gettext_lazy("Consents"),
    "customers.RecordEvent": gettext_lazy("Entries in the record’s history"),
}


@dataclass(frozen=True)
class Line:
    """A field that differs: what both say, and which is proposed."""

    field: str
    title: str
    mine: str
    theirs: str
    chosen: str

    @property
    def can_be_both(self) -> bool:
        return self.field in JOINED and bool(self.mine and self.theirs)


def reason_in_words(reason: dict[str, Any]) -> str:
    value = reason["value"]
    return str(REASONS[reason["kind"]]) % {
        "value": shown(IdentityKind.PHONE, value) if reason["kind"] in ("phone", "vouched") else value
    }


def lines(mine: Customer, theirs: Customer, chosen: dict[str, str] | None = None) -> list[Line]:
    """The fields in which two records differ."""
    one, other = snapshot(mine), snapshot(theirs)
    custom = {field.key: field for field in CustomField.objects.filter(of=FieldOf.CUSTOMER)}
    found = []
    for field in fields_of(one, other):
        a, b = one.get(field), other.get(field)
        if a != b and not (is_unknown(a) and is_unknown(b)):
            choice = (chosen or {}).get(field) or proposed(field, a, b)
            words = [_in_words(field, value, customer, custom) for value, customer in ((a, mine), (b, theirs))]
            found.append(Line(field, title_of(field, custom), words[0], words[1], choice))
    return found


def title_of(field: str, custom: dict[str, CustomField] | None = None) -> str:
    if field.startswith(CUSTOM):
        key = field.removeprefix(CUSTOM)
        known = (custom or {}).get(key) or CustomField.objects.filter(of=FieldOf.CUSTOMER, key=key).first()
        return known.title if known else key
    if field == "created_at":
        return _("Customer since")
    label = str(getattr(Customer._meta.get_field(field), "verbose_name", field))
    return label[:1].upper() + label[1:]


def chosen_in(data: Any, mine: Customer, theirs: Customer) -> dict[str, str]:
    """What the form says for each field; anything else than one of the three words is left to the proposal."""
    fields = fields_of(snapshot(mine), snapshot(theirs))
    return {f: data[f"of.{f}"] for f in fields if data.get(f"of.{f}") in (MINE, THEIRS, BOTH)}


def moving_with(customer: Customer) -> list[str]:
    """What else the record has, as sentences: it would move."""
    said_by_apps = [words for _receiver, words in merge_foreseen.send(Customer, customer=customer) if words]
    return [*(sentence for words in said_by_apps for sentence in words), *_own_counts(customer)]


def identities_of(customer: Customer) -> list[Identity]:
    """With `words`: each as people read it."""
    found = list(customer.identities.all())
    for each in found:
        vars(each)["words"] = shown(each.kind, each.value)
    return found


def others_named(text: str, customer: Customer) -> QuerySet[Customer]:
    """Records that `text` may mean: a number, a part of an address or of a name."""
    text = text.strip()
    others = Customer.objects.current().exclude(pk=customer.pk).select_related("organisation")
    if not text:
        return others.none()
    by_number = Q(pk=int(text)) if text.isascii() and text.isdigit() and len(text) < 18 else Q(pk=None)
    addresses = Identity.objects.filter(value__icontains=text).values("customer")[:FOUND]
    named = Customer.objects.current().alias(folded=Folded("name")).filter(folded__contains=fold_name(text))
    ids = [*addresses.values_list("customer", flat=True), *named.values_list("pk", flat=True)[:FOUND]]
    return others.filter(by_number | Q(pk__in=ids)).prefetch_related("identities").order_by("name", "pk")[:FOUND]


def _own_counts(customer: Customer) -> Iterable[str]:
    for reference in own_references():
        rows = reference.model._default_manager.filter(**{reference.field: customer}).count()
        if rows:
            title = MOVING.get(reference.model._meta.label, reference.model._meta.verbose_name_plural)
            yield f"{title}: {rows}"


def _language(code: str) -> str:
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


def _in_words(field: str, value: Any, customer: Customer, custom: dict[str, CustomField]) -> str:
    if field.startswith(CUSTOM):
        known = custom.get(field.removeprefix(CUSTOM))
        return said(known, value) if known else str(value or "")
    match field:
        case "organisation" | "owner":
            return str(getattr(customer, field) or "")
        case "tags":
            return ", ".join(value)
        case "language":
            return _language(value) if value else ""
        case "avatar":
            return _("A picture") if value else ""
        case "preferred_channel":
            return str(IdentityKind(value).label) if value in IdentityKind.values else value
        case "created_at":
            return date_format(customer.created_at, "DATE_FORMAT")
    return str(value or "")
