"""From an address to the one customer it belongs to."""

from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from customers.models import PROOFS, Customer, Identity, IdentityKind, Organisation, ProvedBy
from customers.normalising import name_from, normalise

__all__ = ["are_colleagues", "domain_of", "identify", "normalise"]

# Domains that millions share: two people there are not colleagues.
PUBLIC_MAIL_PROVIDERS = frozenset(
    "gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com ymail.com aol.com icloud.com me.com "
    "mac.com gmx.de gmx.net gmx.at gmx.ch web.de t-online.de freenet.de mail.com mail.ru yandex.ru yandex.com "
    "proton.me protonmail.com pm.me tutanota.com tuta.com fastmail.com zoho.com hey.com hotmail.co.uk yahoo.co.uk "
    "hotmail.fr yahoo.fr orange.fr free.fr laposte.net wanadoo.fr libero.it qq.com 163.com 126.com naver.com "
    "yahoo.co.jp docomo.ne.jp bol.com.br uol.com.br comcast.net verizon.net att.net btinternet.com".split()
)


def domain_of(address: str) -> str:
    return address.rpartition("@")[2].lower()


def identify(kind: str, value: str, *, name: str = "", proved_by: str = "", country: str = "") -> Identity:
    """The identity for `value`, with a new customer behind it when nobody is known by it.

    Without `proved_by` it is taken for a message that came from there. `country` is whose a telephone number is that
    does not say; one that cannot be is `Refused`. Safe when the same new address arrives in parallel: the unique
    constraint decides, the loser's customer is rolled back and both callers get the same identity.
    """
    value = normalise(kind, value, country=country)
    proved_by = proved_by or (ProvedBy.RECEIVED_MAIL if kind == IdentityKind.EMAIL else ProvedBy.RECEIVED)
    known = Identity.objects.select_related("customer").filter(kind=kind, value=value)
    if _is_known(kind, value) and (identity := _held(known)):
        return _learn(identity, name, proved_by)
    try:
        with transaction.atomic():
            employer = _employer(value) if kind == IdentityKind.EMAIL else None
            customer = Customer.objects.create(name=name[:200] or name_from(kind, value), organisation=employer)
            return Identity.objects.create(customer=customer, kind=kind, value=value, proved_by=proved_by)
    except IntegrityError:
        return _learn(known.get(), name, proved_by)


def _is_known(kind: str, value: str) -> bool:
    """Asked first, by hand: for somebody new, compiling the queryset would take longer than everything else here."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM customers_identity WHERE kind = %s AND value = %s", [kind, value])
        return cursor.fetchone() is not None


def _held(known: QuerySet[Identity]) -> Identity | None:
    """Its customer is neither erased nor merged before the caller's transaction ends.

    Otherwise a letter read at that very moment would be written down for somebody who is not there any more.
    """
    while identity := known.first():
        if not connection.in_atomic_block:
            return identity
        with connection.cursor() as cursor:
            cursor.execute("SELECT FROM customers_customer WHERE id = %s FOR KEY SHARE", [identity.customer_id])
        again = known.first()
        if again is None or again.customer_id == identity.customer_id:
            return again
    return None


def _learn(identity: Identity, name: str, proved_by: str) -> Identity:
    """A message from the address itself proves more than a header or a word that named it, and may bring the name."""
    if proved_by not in PROOFS:
        return identity
    if not identity.is_verified:
        identity.proved_by, identity.proved_at = proved_by, timezone.now()
        identity.save(update_fields=["proved_by", "proved_at"])
    customer = identity.customer
    if name and customer.name in ("", name_from(identity.kind, identity.value)):
        customer.name = name[:200]
        customer.save(update_fields=["name"])
    return identity


def _employer(address: str) -> Organisation | None:
    domain = domain_of(address)
    if domain in PUBLIC_MAIL_PROVIDERS:
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM customers_organisation WHERE domains @> %s::varchar[] LIMIT 1", [[domain]])
        if cursor.fetchone() is None:  # most have none, and to know it takes less time than to compile a queryset
            return None
    return Organisation.objects.filter(domains__contains=[domain]).first()


def are_colleagues(address: str, other: str) -> bool:
    """True when both addresses are of one organisation's domain, not of a public mail provider."""
    domain = domain_of(address)
    return domain == domain_of(other) and domain not in PUBLIC_MAIL_PROVIDERS
