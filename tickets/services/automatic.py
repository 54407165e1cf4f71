"""What rules write: to the customer, who must not be mailed round and round, and to staff.

A message of a rule is public but no reply: it answers nobody, starts or stops no clock and counts nowhere. Before
one goes out it is asked whether a machine is at the other end, and how many went there lately (email.md M4, C1).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from customers.actors import Actor
from helpdesk.lib.html import clean_composer_html, html_to_text
from tickets.events import RuleMailed, RuleMailHeld, RuleTold
from tickets.models import Channel, DeliveryState, Message, MessageKind, Ticket
from tickets.routes import Route, usual_route
from tickets.services.answering import Words, by_route
from tickets.services.approval import may_be_answered
from tickets.services.errors import Refused
from tickets.services.gesture import Gesture, gesture
from tickets.services.recipients import Recipients, own_addresses, usual_way

# Why a mail is held: nothing may answer what came in; too many went there; there is nowhere to send it, or from; it
# would answer what was said in a chat, where people answer, and what is left at its door has a mail of its own.
MACHINE, OFTEN, NO_ADDRESS, INBOX, IN_CHAT = "machine", "often", "no_address", "inbox", "chat"
# … everybody could read it, and no admin has allowed that; its channel does not take it now, for the reason it gives.
IN_PUBLIC, CHANNEL = "public", "channel"
# Channels on which a stranger can't write in somebody else's name.
VOUCHED_FOR = (
    Channel.FORM, Channel.PORTAL, Channel.WHATSAPP, Channel.MESSENGER, Channel.INSTAGRAM, Channel.TELEGRAM, Channel.X,
)  # fmt: skip

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# Answers to what a customer wrote: one a day on each ticket, to each customer 3 an hour and 10 a day.
ANSWERS_OF_TICKET, ANSWERS_AN_HOUR, ANSWERS_A_DAY = 1, 3, 10
# What a customer sends so often within so long under one subject is answered no more; of so many of their mails.
SAME_SUBJECT, SAME_SUBJECT_WITHIN, LOOKED_AT = 3, timedelta(hours=3), 200
_ANSWERS = re.compile(r"^\s*(?:(?:re|fwd?|aw|wg|antw|sv|vs|tr|rv)\s*(?:\[\d+\]|\(\d+\))?\s*:\s*)+", re.IGNORECASE)
_NUMBERS = re.compile(r"\[?#?\d+\]?")
# To the strangers of one domain: somebody may be sending in the names of many.
ANSWERS_OF_DOMAIN_AN_HOUR = 100
# Whatever rules write, on one ticket: enough for a busy day, too little for a loop that nobody has thought of.
OF_TICKET_AN_HOUR, OF_TICKET_A_DAY = 5, 15
ANSWERS = "answers"  # in `match_evidence`: it is the answer to what a customer did


def mail_customer(ticket: Ticket, html: str, *, subject: str, with_copies: bool, actor: Actor) -> Message | None:
    """A rule's mail to the requester, and to those in copy. None when it is held; the timeline says why.

    Who last wrote by another channel is answered there, without subject and copies.
    """
    with gesture(ticket, actor=actor) as g:
        usual = usual_way(g.ticket)
        is_answer = any(event.actor_kind == "customer" for event in g.events)
        if route := usual_route(g.ticket, usual.said):
            people = Recipients((route.address,))
        else:
            people = _without_ours(usual.recipients, with_copies)
        if reason := _reason_to_hold(g, people, is_answer, route):
            g.record(RuleMailHeld(reason, subject[:300]))
            return None
        html = clean_composer_html(html)
        try:
            way = _by_channel(g, route, html) if route else _by_mail(g, subject, people)
        except Refused as refusal:
            g.record(RuleMailHeld(CHANNEL, subject[:300], str(refusal)[:300]))
            return None
        message = _write(g, html, way, is_answer)
        g.change(message_count=g.ticket.message_count + 1)
        g.record(RuleMailed(message.pk, [*people.to, *people.cc]), message=message)
        return message


def is_for_stranger(ticket: Ticket, actor: Actor) -> bool:
    """Whether nobody of us ever wrote to the requester, nor has a hand in this: the address may not be the sender's.

    Who writes to us in somebody else's name must not reach them with words of their own (email.md C5). Whoever came
    by a form or the help centre has opened a link that went to the address; most networks vouch for who writes there.
    """
    if actor.current.user or ticket.channel in VOUCHED_FOR:
        return False
    theirs = Message.objects.filter(ticket__requester=ticket.requester_id, kind=MessageKind.PUBLIC)
    return not theirs.filter(author_user__isnull=False).exists()


def tell_staff(ticket: Ticket, user_ids: Iterable[int], *, to: str, subject: str, text: str, actor: Actor) -> None:
    """A notification of a rule's; whoever may not see the ticket does not hear of it. `to` names who is meant."""
    with gesture(ticket, actor=actor) as g:
        if ids := sorted(set(user_ids)):
            g.record(RuleTold(to[:200], ids, subject[:300], text[:4000]))


def _without_ours(usual: Recipients, with_copies: bool) -> Recipients:
    cc = usual.cc if with_copies else ()
    ours = own_addresses((*usual.to, *cc))
    return Recipients(
        tuple(address for address in usual.to if address not in ours),
        tuple(address for address in cc if address not in ours),
    )


def _reason_to_hold(g: Gesture, people: Recipients, is_answer: bool, route: Route | None) -> str:
    if not g.ticket.inbox.is_active:
        return INBOX
    if route and route.is_public and not (route.rules_may_post and may_be_answered(g.ticket)):
        return IN_PUBLIC
    if not people.to:
        return NO_ADDRESS
    newest = g.ticket.messages.filter(author_role="").order_by("-pk").first()
    if newest and (newest.is_auto_reply or newest.refuses_answers):
        return MACHINE
    if is_answer and newest and newest.channel == Channel.CHAT:
        return IN_CHAT
    return OFTEN if _are_enough(g, people, is_answer) else ""


def _are_enough(g: Gesture, people: Recipients, is_answer: bool) -> bool:
    """Earlier gestures' mails count; several rules may write in one."""
    mails = Message.objects.filter(is_automatic=True, kind=MessageKind.PUBLIC, created_at__gt=g.now - DAY)
    lately = Q(created_at__gt=g.now - HOUR)
    here = mails.filter(ticket=g.ticket, created_at__lt=g.now)
    answers = Q(match_evidence__has_key=ANSWERS)
    counted = here.aggregate(day=Count("pk"), hour=Count("pk", filter=lately), answers=Count("pk", filter=answers))
    if counted["day"] >= OF_TICKET_A_DAY or counted["hour"] >= OF_TICKET_AN_HOUR:
        return True
    if not is_answer:
        return False
    if counted["answers"] >= ANSWERS_OF_TICKET or _repeats_itself(g):
        return True
    if is_for_stranger(g.ticket, g.actor) and _is_flooded(g, people, mails.filter(lately, answers)):
        return True
    theirs = mails.filter(answers, ticket__requester=g.ticket.requester, ticket__updated_at__gt=g.now - DAY)
    counted = theirs.exclude(ticket=g.ticket).aggregate(day=Count("pk"), hour=Count("pk", filter=lately))
    return bool(counted["day"] >= ANSWERS_A_DAY or counted["hour"] >= ANSWERS_AN_HOUR)


def _repeats_itself(g: Gesture) -> bool:
    """Whether its customer has sent the same subject so often lately, on any ticket, as machines do."""
    theirs = Message.objects.filter(
        ticket__requester=g.ticket.requester,
        ticket__updated_at__gt=g.now - SAME_SUBJECT_WITHIN,
        author_customer=g.ticket.requester,
        created_at__gt=g.now - SAME_SUBJECT_WITHIN,
    )
    newest = g.ticket.messages.filter(author_customer=g.ticket.requester).order_by("-pk").first()
    said = bare_subject(newest.subject if newest else "")
    subjects = theirs.order_by("-pk").values_list("subject", flat=True)[:LOOKED_AT]
    return bool(said) and sum(bare_subject(each) == said for each in subjects) >= SAME_SUBJECT


def bare_subject(subject: str) -> str:
    """Without what is put before it on the way, numbers, and differences that nobody hears."""
    return " ".join(_NUMBERS.sub(" ", _ANSWERS.sub("", subject)).casefold().split())


def _is_flooded(g: Gesture, people: Recipients, answers: QuerySet[Message]) -> bool:
    """Whether the addressee's domain got as many answers in this hour as it may."""
    domain = "@" + people.to[0].rpartition("@")[2]
    to_domain = answers.filter(ticket__updated_at__gt=g.now - HOUR, to__0__iendswith=domain)
    return len(to_domain.values_list("pk")[:ANSWERS_OF_DOMAIN_AN_HOUR]) >= ANSWERS_OF_DOMAIN_AN_HOUR


def _by_mail(g: Gesture, subject: str, people: Recipients) -> dict[str, Any]:
    return {
        "channel": Channel.EMAIL,
        "subject": subject[:998] or g.ticket.subject,
        "from_address": g.ticket.inbox.address,
        "to": list(people.to),
        "cc": list(people.cc),
    }


def _by_channel(g: Gesture, route: Route, html: str) -> dict[str, Any]:
    return by_route(route, Words(html), at=g.now, by_person=False)


def _write(g: Gesture, html: str, way: dict[str, Any], is_answer: bool) -> Message:
    return Message.objects.create(
        ticket=g.ticket,
        kind=MessageKind.PUBLIC,
        author_name=g.actor.name[:200],
        author_role="system",
        is_automatic=True,
        cause_depth=g.depth,
        text=html_to_text(html),
        html=html,
        match_evidence={ANSWERS: "customer"} if is_answer else {},
        delivery_state=DeliveryState.QUEUED,
        send_at=g.now,
        created_at=g.now,
        **way,
    )
