"""To whom a reply goes: To, Cc and Bcc of one message, and the people in copy whom the ticket remembers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection
from django.utils.translation import gettext as _

from customers.identify import identify
from customers.models import IdentityKind, ProvedBy
from tickets.models import CcState, Channel, Inbox, Ticket
from tickets.routes import LastSaid
from tickets.services.errors import Refused
from tickets.services.fields import add_cc, remove_cc
from tickets.services.gesture import Gesture

MAX_RECIPIENTS = 50
# Their writers have proved the address; of a chat it is what the visitor typed, to be written to and to prove nothing.
WRITTEN_FROM_ADDRESS = (Channel.EMAIL, Channel.FORM, Channel.PORTAL, Channel.CHAT)


@dataclass(frozen=True)
class Recipients:
    """The addresses a writer chose. `cc_seen`: those in copy when they began; what others change since is kept."""

    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()
    cc_seen: tuple[str, ...] | None = None


@dataclass(frozen=True)
class UsualWay:
    """Where an answer goes when nobody chose: `said` tells whether that is by e-mail at all."""

    recipients: Recipients
    said: LastSaid


# One row: where the requester last wrote from, else their first address; who is in copy; and by which channel they
# wrote last.
USUAL = """
SELECT coalesce(
    (SELECT m.from_address FROM tickets_message m
       WHERE m.ticket_id = %(ticket)s AND m.author_customer_id = %(requester)s AND m.channel = ANY(%(channels)s)
         AND m.from_address <> '' ORDER BY m.id DESC LIMIT 1),
    (SELECT i.value FROM customers_identity i
       WHERE i.customer_id = %(requester)s AND i.kind = %(email)s ORDER BY i.id LIMIT 1),
    ''),
  ARRAY(SELECT c.address FROM tickets_ticketcc c WHERE c.ticket_id = %(ticket)s AND c.state = %(cc)s ORDER BY c.id),
  (SELECT json_build_array(m.channel, m.facts -> 'conversation') FROM tickets_message m
     WHERE m.ticket_id = %(ticket)s AND m.author_customer_id = %(requester)s AND m.kind = 'public'
     ORDER BY m.id DESC LIMIT 1)
"""


def usual_recipients(ticket: Ticket) -> Recipients:
    """The address the requester last wrote from, and those in copy; no To when the requester has no address."""
    return usual_way(ticket).recipients


def usual_way(ticket: Ticket) -> UsualWay:
    asked: dict[str, Any] = {
        "ticket": ticket.pk,
        "requester": ticket.requester_id,
        "channels": list(WRITTEN_FROM_ADDRESS),
        "email": IdentityKind.EMAIL,
        "cc": CcState.CC,
    }
    with connection.cursor() as cursor:
        cursor.execute(USUAL, asked)
        address, in_copy, said = cursor.fetchone() or ("", [], None)
    people = Recipients((address,) if address else (), tuple(cc for cc in in_copy if cc != address))
    return UsualWay(people, LastSaid.of(said))


def reply_recipients(ticket: Ticket) -> tuple[list[str], list[str]]:
    """To and CC of a reply when nobody chose others. `Refused` without any address."""
    usual = _reachable(ticket, usual_recipients(ticket))
    return list(usual.to), list(usual.cc)


def settle_recipients(g: Gesture, wanted: Recipients | None, usual: Recipients | None = None) -> Recipients:
    """Whom the reply of this gesture goes to. Who is put in copy, or taken out, stays so on the ticket."""
    usual = usual or usual_recipients(g.ticket)
    if wanted is None:
        return _reachable(g.ticket, usual)
    cc = merged(usual.cc, usual.cc if wanted.cc_seen is None else wanted.cc_seen, wanted.cc)
    settled = checked(Recipients(wanted.to, tuple(cc), wanted.bcc), known={*usual.to, *usual.cc})
    _remember_copies(g, before=usual.cc, now=settled)
    return settled


def merged(current: Iterable[str], seen: Collection[str], wanted: Iterable[str]) -> list[str]:
    """`current` with what the writer added to and took out of what they had `seen`."""
    wanted = list(wanted)
    taken_out = set(seen) - set(wanted)
    kept = [address for address in current if address not in taken_out]
    return [*kept, *(address for address in wanted if address not in seen and address not in kept)]


def checked(wanted: Recipients, *, known: Collection[str] = ()) -> Recipients:
    """Each address once, in the first of To, Cc and Bcc that names it. Raises `Refused` with the field.

    `known` addresses wrote to us, so they are not judged by their looks.
    """
    folded: dict[str, list[str]] = {"to": [], "cc": [], "bcc": []}
    met: set[str] = set()
    for field in folded:
        for address in map(_tidy, getattr(wanted, field)):
            if address and address not in met:
                if address not in known:
                    _refuse_malformed(address, field)
                met.add(address)
                folded[field].append(address)
    if not folded["to"]:
        raise Refused(_("Name at least one person to send this to."), field="to")
    if len(met) > MAX_RECIPIENTS:
        raise Refused(_("A message goes to at most %(count)s people.") % {"count": MAX_RECIPIENTS}, field="cc")
    if ours := own_addresses(met):
        field = next(name for name, addresses in folded.items() if ours & set(addresses))
        raise Refused(_("%(address)s is one of our inboxes.") % {"address": min(ours)}, field=field)
    return Recipients(tuple(folded["to"]), tuple(folded["cc"]), tuple(folded["bcc"]))


def own_addresses(addresses: Iterable[str]) -> set[str]:
    """Those that are inboxes of ours, under whatever plus part: such mail would come back to the same ticket."""
    plain = {address: _without_plus(address) for address in addresses}
    ours = set(Inbox.objects.filter(address__in=set(plain.values())).values_list("address", flat=True))
    return {address for address, bare in plain.items() if bare in ours}


def _reachable(ticket: Ticket, usual: Recipients) -> Recipients:
    if not usual.to:
        raise Refused(_("%(name)s has no e-mail address to reply to.") % {"name": ticket.requester})
    return usual


def _remember_copies(g: Gesture, *, before: Sequence[str], now: Recipients) -> None:
    mine = set(g.ticket.requester.identities.filter(kind=IdentityKind.EMAIL).values_list("value", flat=True))
    for address in now.cc:
        if address not in before and address not in mine:
            identity = identify(IdentityKind.EMAIL, address, proved_by=ProvedBy.AGENT)
            add_cc(g.ticket, identity.customer, address, actor=g.actor)
    for address in before:
        if address not in now.cc and address not in now.to:
            remove_cc(g.ticket, address, actor=g.actor)


def _tidy(address: str) -> str:
    return address.strip().lower()


def _without_plus(address: str) -> str:
    local, at, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0]}{at}{domain}"


def _refuse_malformed(address: str, field: str) -> None:
    try:
        validate_email(address)
    except ValidationError as error:
        reason = _("“%(address)s” is no e-mail address.") % {"address": address[:100]}
        raise Refused(reason, field=field) from error
