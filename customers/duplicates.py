"""Who may be the same person, and why: only what seldom misleads, each reason with how sure it makes us.

A name alone is no reason, nor is a domain: the reasons are a number, a mailbox, or a name together with something that
few people share. Records that are new or changed are compared with all others, by indexes, a few hundred at a time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from django.db import transaction
from django.utils import timezone

from customers.folding import Folded, fold_name
from customers.identify import PUBLIC_MAIL_PROVIDERS, domain_of
from customers.models import Customer, DuplicateSuggestion, Identity, IdentityKind, SuggestionState, UncheckedCustomer
from helpdesk.accounts.models import User

PIECE = 200  # records compared at a time
NAMESAKES = 300  # looked at for one name
SHARED_BY = 6  # records; what more of them have in common is nobody's own
WEIGHTS = {
    "phone": 90, "mailbox": 85, "handle": 75, "external": 70, "organisation": 60, "domain": 60,
    "vouched": 90, "link": 90,
}  # fmt: skip
TOLD = ("vouched", "link")  # once, by what happened: comparing the records finds it in neither
NUMBERS = (IdentityKind.PHONE, IdentityKind.WHATSAPP)
HANDLES = (IdentityKind.EMAIL, IdentityKind.TELEGRAM, IdentityKind.X, IdentityKind.INSTAGRAM)
# In front of an @ they name an office, not a person.
ROLES = frozenset(
    "info mail email office hello hallo contact kontakt support help service sales vertrieb admin team post shop "
    "billing accounting buchhaltung invoice rechnung orders bestellung noreply news newsletter jobs me".split()
)

Pair = tuple[int, int]


@dataclass
class Known:
    """A record as far as it is compared."""

    pk: int
    name: str  # folded; empty when it is no full name
    organisation: int | None
    numbers: set[str] = field(default_factory=set)
    mailboxes: set[str] = field(default_factory=set)
    domains: set[str] = field(default_factory=set)
    handles: set[str] = field(default_factory=set)
    external: set[tuple[str, str]] = field(default_factory=set)

    def learn(self, kind: str, value: str) -> None:
        if kind in NUMBERS:
            self.numbers.add(value)
        elif kind == IdentityKind.EXTERNAL:
            source, _colon, number = value.rpartition(":")
            if source and len(number) > 2:
                self.external.add((source, number))
        elif kind == IdentityKind.EMAIL:
            self.mailboxes.add(plain_mailbox(value))
            if (domain := domain_of(value)) not in PUBLIC_MAIL_PROVIDERS:
                self.domains.add(domain)
        if kind in HANDLES and (handle := _handle(value)):
            self.handles.add(handle)

    def shared_keys(self) -> Iterator[tuple[str, ...]]:
        """What another record would have to share, that comparing them may be worth it."""
        yield from (("phone", number) for number in self.numbers)
        yield from (("mailbox", mailbox) for mailbox in self.mailboxes)
        if self.name:
            if self.organisation:
                yield "organisation", self.name, str(self.organisation)
            yield from (("domain", self.name, domain) for domain in self.domains)
            yield from (("handle", self.name, handle) for handle in self.handles)
            yield from (("external", self.name, number) for _source, number in self.external)


def plain_mailbox(address: str) -> str:
    """Without what stands behind a plus, which names no other mailbox (RFC 5233)."""
    local, at, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0]}{at}{domain}"


def reasons_for(one: Known, other: Known) -> Iterator[dict[str, Any]]:
    """What speaks for it that both are one person."""
    for number in sorted(one.numbers & other.numbers):
        yield {"kind": "phone", "value": number}
    for mailbox in sorted(one.mailboxes & other.mailboxes):
        yield {"kind": "mailbox", "value": mailbox}
    if not one.name or one.name != other.name:
        return
    if one.organisation and one.organisation == other.organisation:
        yield {"kind": "organisation", "value": ""}
    elif shared := sorted(one.domains & other.domains):
        yield {"kind": "domain", "value": shared[0]}
    for handle in sorted(one.handles & other.handles):
        yield {"kind": "handle", "value": handle}
    theirs = {number: source for source, number in other.external}
    for source, number in sorted(one.external):
        if theirs.get(number, source) != source:
            yield {"kind": "external", "value": number}


def score_of(reasons: Iterable[dict[str, Any]]) -> int:
    """How sure, of 100: independent hints leave less and less doubt, and never none."""
    doubt = 1.0
    for reason in reasons:
        doubt *= 1 - WEIGHTS[reason["kind"]] / 100
    return min(99, round(100 * (1 - doubt)))


@transaction.atomic
def look_for_duplicates(limit: int = PIECE) -> int:
    """Compare the next records that changed; how many. Two workers never take the same ones."""
    noted = UncheckedCustomer.objects.select_for_update(skip_locked=True).order_by("customer_id")[:limit]
    ids = [row.customer_id for row in noted]
    if ids:
        _compare(ids)
        UncheckedCustomer.objects.filter(pk__in=ids).delete()
    return len(ids)


def _compare(ids: Sequence[int]) -> None:
    mine = _known(Customer.objects.current().filter(pk__in=ids))
    all_known = {**_neighbours(mine.values()), **mine}
    found: dict[Pair, list[dict[str, Any]]] = {}
    for one, other in _candidates(all_known.values()):
        if (one.pk in mine or other.pk in mine) and (reasons := list(reasons_for(one, other))):
            found[min(one.pk, other.pk), max(one.pk, other.pk)] = reasons
    _write(ids, found)


def _candidates(known: Iterable[Known]) -> Iterator[tuple[Known, Known]]:
    """Those that share something, each pair once. What many share is a switchboard, not a person."""
    by_key: dict[tuple[str, ...], list[Known]] = defaultdict(list)
    for each in known:
        for key in each.shared_keys():
            by_key[key].append(each)
    met: set[Pair] = set()
    for sharing in by_key.values():
        if len(sharing) <= SHARED_BY:
            for one, other in combinations(sharing, 2):
                if (pair := (min(one.pk, other.pk), max(one.pk, other.pk))) not in met:
                    met.add(pair)
                    yield one, other


def _neighbours(mine: Iterable[Known]) -> dict[int, Known]:
    """Records that share a number, a mailbox or a name with one of these."""
    mine = list(mine)
    numbers = sorted({value for each in mine for value in each.numbers})
    mailboxes = sorted({value for each in mine for value in each.mailboxes})
    names = sorted({each.name for each in mine if each.name})
    identities = Identity.objects.filter(kind__in=NUMBERS, value__in=numbers) | Identity.objects.filter(
        kind=IdentityKind.EMAIL, value__in=mailboxes
    )
    ids = {*identities.values_list("customer", flat=True), *_with_plus(mailboxes)}
    found = _known(Customer.objects.current().filter(pk__in=ids))
    for first in range(0, len(names), 50):
        some = names[first : first + 50]
        namesakes = Customer.objects.current().alias(folded=Folded("name")).filter(folded__in=some)
        found |= _known(namesakes.order_by()[: NAMESAKES * len(some)])
    return found


def _with_plus(mailboxes: Iterable[str]) -> list[int]:
    """Who writes from one of these with a plus and more. One question each, for the index of trigrams."""
    emails = Identity.objects.filter(kind=IdentityKind.EMAIL)
    each = [
        emails.filter(value__startswith=f"{local}+", value__endswith=f"@{domain}").values_list("customer", flat=True)
        for local, _at, domain in (mailbox.partition("@") for mailbox in mailboxes if mailbox.isascii())
    ]
    return list(emails.none().values_list("customer", flat=True).union(*each, all=True)) if each else []


def _known(customers: Any) -> dict[int, Known]:
    known = {
        pk: Known(pk, _full_name(name), organisation)
        for pk, name, organisation in customers.values_list("pk", "name", "organisation")
    }
    for pk, kind, value in Identity.objects.filter(customer__in=list(known)).values_list("customer", "kind", "value"):
        known[pk].learn(kind, value)
    return known


def _full_name(name: str) -> str:
    """Two words at least: a first name is shared by thousands."""
    folded = " ".join(fold_name(name).split())
    return folded if " " in folded and "@" not in folded else ""


def _handle(value: str) -> str:
    """What somebody calls themselves, wherever they do."""
    local = fold_name(value.lstrip("@").partition("@")[0].partition("+")[0])
    return "" if local in ROLES or len(local) < 4 or local.isdigit() else local


def _write(ids: Sequence[int], found: dict[Pair, list[dict[str, Any]]]) -> None:
    """New ones are suggested, open ones follow what is known now; what somebody decided is never asked again."""
    for side in ("first", "second"):
        for row in DuplicateSuggestion.objects.filter(**{f"{side}__in": ids}):
            pair = row.first_id, row.second_id
            told = [reason for reason in row.reasons if reason["kind"] in TOLD]
            if told:
                compared = [reason for reason in found.get(pair, []) if reason["kind"] not in TOLD]
                found[pair] = [*compared, *told]
            elif pair not in found and row.state == SuggestionState.OPEN:
                row.delete()
    DuplicateSuggestion.objects.bulk_create(
        [
            DuplicateSuggestion(first_id=first, second_id=second, reasons=reasons, score=score_of(reasons))
            for (first, second), reasons in found.items()
        ],
        update_conflicts=True, unique_fields=["first", "second"], update_fields=["reasons", "score"],
    )  # fmt: skip


@transaction.atomic
def suggest(one: int, other: int, kind: str, value: str) -> None:
    """Ask about two customers because of what happened: a reason of `TOLD`. Who was told apart stays so."""
    first, second = sorted((one, other))
    row, _is_new = DuplicateSuggestion.objects.select_for_update().get_or_create(
        first_id=first, second_id=second, defaults={"score": 0}
    )
    reason = {"kind": kind, "value": value}
    if reason not in row.reasons:
        row.reasons = [*row.reasons, reason]
        row.score = score_of(row.reasons)
        row.save(update_fields=["reasons", "score"])


def dismiss(suggestion: DuplicateSuggestion, *, by: User) -> None:
    """They are not the same person, and are not suggested again."""
    DuplicateSuggestion.objects.filter(pk=suggestion.pk, state=SuggestionState.OPEN).update(
        state=SuggestionState.DISMISSED, decided_by=by, decided_at=timezone.now()
    )


def open_suggestions() -> Any:
    """Those about two records that are still two, the surest first."""
    live = {f"{side}__{column}": None for side in ("first", "second") for column in ("merged_into", "erased_at")}
    return (
        DuplicateSuggestion.objects.filter(state=SuggestionState.OPEN, **live)
        .select_related("first__organisation", "second__organisation")
        .order_by("-score", "-pk")
    )
