"""From an address to the one customer it belongs to."""

from django.db import IntegrityError, transaction

from customers.models import Customer, Identity, IdentityKind, Organisation, ProvedBy

# Domains that millions share: two people there are not colleagues.
PUBLIC_MAIL_PROVIDERS = frozenset(
    "gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com ymail.com aol.com icloud.com me.com "
    "mac.com gmx.de gmx.net gmx.at gmx.ch web.de t-online.de freenet.de mail.com mail.ru yandex.ru yandex.com "
    "proton.me protonmail.com pm.me tutanota.com tuta.com fastmail.com zoho.com hey.com hotmail.co.uk yahoo.co.uk "
    "hotmail.fr yahoo.fr orange.fr free.fr laposte.net wanadoo.fr libero.it qq.com 163.com 126.com naver.com "
    "yahoo.co.jp docomo.ne.jp bol.com.br uol.com.br comcast.net verizon.net att.net btinternet.com".split()
)


def normalise(kind: str, value: str) -> str:
    """The one spelling under which an identity is stored and compared (e-mail: without case)."""
    if kind == IdentityKind.EMAIL:
        return value.strip().lower()
    raise ValueError(f"unknown identity kind {kind!r}")


def domain_of(address: str) -> str:
    return address.rpartition("@")[2].lower()


def identify(kind: str, value: str, *, name: str = "", proved_by: str = ProvedBy.RECEIVED_MAIL) -> Identity:
    """The identity for `value`, with a new customer behind it when nobody is known by it.

    Safe when the same new address arrives in parallel: the unique constraint decides, the loser's customer is
    rolled back and both callers get the same identity.
    """
    value = normalise(kind, value)
    known = Identity.objects.select_related("customer").filter(kind=kind, value=value)
    if identity := known.first():
        return _learn(identity, name, proved_by)
    try:
        with transaction.atomic():
            customer = Customer.objects.create(
                name=name[:200] or value.partition("@")[0], organisation=_employer(value)
            )
            return Identity.objects.create(customer=customer, kind=kind, value=value, proved_by=proved_by)
    except IntegrityError:
        return _learn(known.get(), name, proved_by)


def _learn(identity: Identity, name: str, proved_by: str) -> Identity:
    """A mail from the address itself proves more than a header that merely named it, and may bring the name."""
    if proved_by != ProvedBy.RECEIVED_MAIL:
        return identity
    if identity.proved_by in (ProvedBy.HEADER, ProvedBy.FORWARD):
        identity.proved_by = proved_by
        identity.save(update_fields=["proved_by"])
    customer = identity.customer
    if name and customer.name in ("", identity.value.partition("@")[0]):
        customer.name = name[:200]
        customer.save(update_fields=["name"])
    return identity


def _employer(address: str) -> Organisation | None:
    domain = domain_of(address)
    if domain in PUBLIC_MAIL_PROVIDERS:
        return None
    return Organisation.objects.filter(domains__contains=[domain]).first()


def are_colleagues(address: str, other: str) -> bool:
    """True when both addresses are of one organisation's domain, not of a public mail provider."""
    domain = domain_of(address)
    return domain == domain_of(other) and domain not in PUBLIC_MAIL_PROVIDERS
