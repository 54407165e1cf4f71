"""The ways to a ticket's requester by our accounts elsewhere: `settings.REPLY_ROUTES`, asked by `tickets.routes`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Case, OuterRef, Q, Subquery, Value, When
from django.urls import reverse
from django.utils.translation import gettext as _

from channels_app.messaging import reach, templates
from channels_app.models import Conversation, ProviderAccount, ProviderKind
from channels_app.registry import CHANNELS, adapter_of, channel_of
from customers.models import Consent, Identity, Purpose
from tickets.models import MESSAGING, Ticket
from tickets.routes import Beginning, Capabilities, Filled, Route
from tickets.services import Refused
from tickets.stamps import Stamped


def _load() -> list[ProviderAccount]:
    active = ProviderAccount.objects.filter(is_active=True).defer("sealed_secrets")
    return [account for account in active if CHANNELS[ProviderKind(account.kind)] in MESSAGING]


NOTHING = Capabilities(None)
_accounts = Stamped("providers", _load)


def are_there() -> bool:
    """Whether this house writes anywhere but by e-mail; asks no table while nothing has changed."""
    return bool(_accounts.get())


def active_accounts() -> list[ProviderAccount]:
    """Those by which people write to us, without their secrets; as `are_there`."""
    return _accounts.get()


def routes_of(ticket: Ticket) -> list[Route]:
    """The conversations of the ticket and of its requester, then the addresses at which we may begin one."""
    accounts = {account.pk: account for account in _accounts.get()}
    if not accounts:
        return []
    theirs = Q(ticket=ticket.pk) | Q(identity__customer=ticket.requester_id, is_public=False)
    found = Conversation.objects.filter(theirs, account__in=accounts).select_related("account", "identity")
    found = found.annotate(contact_channel=_contact_channel(accounts.values())).annotate(agrees=_AGREES)
    known = [row for row in found.order_by("pk") if "moved_to" not in row.facts]
    known.sort(key=lambda row: (row.ticket_id != ticket.pk, -(row.last_inbound_at or row.created_at).timestamp()))
    talks = [route_by(row, is_refused=row.agrees is False) for row in known]
    return [*talks, *_beginnings(ticket.requester_id, accounts, known)]


# The newest word of a conversation's person on being answered there; None where they said nothing.
_AGREES = Subquery(
    Consent.objects.filter(
        customer=OuterRef("identity__customer"), channel=OuterRef("contact_channel"), purpose=Purpose.SUPPORT
    )
    .order_by("-pk")
    .values("is_given")[:1]
)


def _contact_channel(accounts: Iterable[ProviderAccount]) -> Case:
    kinds = {account.kind: adapter_of(account.kind).contact_channel for account in accounts}
    return Case(*(When(account__kind=kind, then=Value(channel)) for kind, channel in kinds.items()))


def capabilities_of(channel: str) -> Capabilities:
    """What its adapter says; nothing for e-mail and its like."""
    kind = next((kind for kind, spoken in CHANNELS.items() if spoken == channel and channel in MESSAGING), None)
    return adapter_of(kind).capabilities if kind else NOTHING


def starting_accounts() -> list[ProviderAccount]:
    """Those from which we may write to somebody first."""
    return [account for account in _accounts.get() if adapter_of(account.kind).capabilities.starts]


def beginnings() -> list[Beginning]:
    return [
        Beginning(channel_of(account.kind), account.name, f"{reverse('new-message')}?account={account.pk}")
        for account in starting_accounts()
    ]


def route_by(conversation: Conversation, *, is_refused: bool = False) -> Route:
    """By a conversation that there is; its account and identity are fetched."""
    account, identity = conversation.account, conversation.identity
    adapter = adapter_of(account.kind)
    return Route(
        key=f"c{conversation.pk}",
        channel=adapter.channel,
        address=identity.value if identity else conversation.thread_key,
        account=account.name,
        account_id=account.pk,
        conversation=conversation.pk,
        person=conversation.person_name,
        can=adapter.can(conversation),
        open_until=reach.open_until(conversation),
        human_until=reach.open_until(conversation, by_person=True),
        unreachable=conversation.unreachable,
        is_refused=is_refused,
        problem=account.problem,
        is_public=conversation.is_public,
        rules_may_post=bool(account.option("rules_may_post")),
        approves_public=bool(account.option("approves_public")),
        door=DOOR,
    )


def route_from(account: ProviderAccount, address: str) -> Route:
    """To somebody with whom we have not spoken there."""
    adapter = adapter_of(account.kind)
    return Route(
        key=f"a{account.pk}:{address}",
        channel=adapter.channel,
        address=address,
        account=account.name,
        account_id=account.pk,
        can=adapter.capabilities,
        problem=account.problem,
        door=DOOR,
    )


def _beginnings(requester: int, accounts: Mapping[int, ProviderAccount], known: Sequence[Conversation]) -> list[Route]:
    starting = [account for account in starting_accounts() if account.pk in accounts]
    kinds = {adapter_of(account.kind).identity_kind for account in starting}
    if not kinds:
        return []
    spoken = {row.account_id for row in known if row.identity and row.identity.customer_id == requester}
    identities = list(Identity.objects.filter(customer=requester, kind__in=kinds).order_by("pk"))
    return [
        route_from(account, identity.value)
        for account in starting
        for identity in identities
        if account.pk not in spoken and identity.kind == adapter_of(account.kind).identity_kind
    ]


class _Door:
    """See `tickets.routes.Door`."""

    def begin(self, route: Route) -> int:
        """Its identity is there already: it is what the route was made of."""
        account = ProviderAccount.objects.get(pk=route.account_id)
        adapter = adapter_of(account.kind)
        identity = Identity.objects.filter(kind=adapter.identity_kind, value=route.address).first()
        if identity is None:
            raise Refused(_("This address is no longer one of the customer’s."), field="route")
        conversation, _is_new = Conversation.objects.get_or_create(
            account=account,
            thread_key=adapter.thread_of(route.address),
            defaults={"identity": identity, "person_name": str(identity.customer)[:200]},
        )
        return conversation.pk

    def fill(self, route: Route, template: Mapping[str, Any]) -> Filled:
        return templates.fill(route.account_id, template)

    def is_wanted(self, route: Route, purpose: str) -> bool:
        adapter = adapter_of(ProviderAccount.objects.only("kind").get(pk=route.account_id).kind)
        return reach.may_write_to(adapter, route.address, purpose)


DOOR = _Door()
