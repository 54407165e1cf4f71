"""From a request to its ticket: opened by its link, withdrawn, or forgotten.

A request becomes a ticket through the services that mail goes through, so triggers, routing, clocks and acknowledgement
see a new ticket like any other. What it said stands in the ticket then, and in the request no longer: words that are
redacted or erased there must not lie here.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from customers.actors import Actor
from customers.identify import identify
from customers.models import Customer, IdentityKind, ProvedBy
from knowledge_base.models import Article
from tickets.attachments import refused_if_lost
from tickets.models import Channel, ContactForm, ContactRequest, Inbox, RequestState, Ticket
from tickets.portal.form_answers import told
from tickets.portal.form_fields import in_language, questions_of
from tickets.portal.form_messages import message_from
from tickets.services import (
    Refused,
    add_tags,
    assign_team,
    change_priority,
    change_requester_language,
    opening_ticket,
    receive_message,
)
from tickets.unused_files import let_go


def inbox_for(form: ContactForm | None) -> Inbox:
    """Where it is answered from. Without a form, or where its inbox was switched off, from the first there is."""
    if form and form.inbox.is_active:
        return form.inbox
    inbox = Inbox.objects.filter(is_active=True).order_by("pk").first()
    if inbox is None:
        raise Refused(_("Nobody takes requests here at the moment."))
    return inbox


@transaction.atomic
def open_request(request: ContactRequest, *, now: datetime | None = None) -> Ticket:
    """Its link was opened and its button pressed: the ticket, the same one however often it is pressed.

    Raises `Refused` where the request was withdrawn or is too old, or its files can't be had at the moment.
    """
    now = now or timezone.now()
    request = ContactRequest.objects.select_for_update().get(pk=request.pk)
    if request.ticket:
        return request.ticket
    if request.state != RequestState.WAITING or request.expires_at <= now:
        raise Refused(_("This link was used already, or is too old."))
    identity = identify(IdentityKind.EMAIL, request.email, name=request.name, proved_by=ProvedBy.ONE_TIME_LINK)
    with refused_if_lost(f"contact request {request.pk}"):
        return become_ticket(request, identity.customer, now=now, rule="form")


def become_ticket(request: ContactRequest, customer: Customer, *, now: datetime, rule: str) -> Ticket:
    """`rule` says how its sender is known: see tickets/match_words.py. Inside a transaction, with the row locked."""
    form, actor = request.form, Actor.of_customer(customer)
    questions = questions_of(form)
    with translation.override(request.language):
        answers = told(questions, request.answers, request.language)
    evidence = {"form": in_language(form.texts, "en", "title") if form else _("General")}
    if title := _title_of(request):
        evidence["article"] = title
    incoming = message_from(request, answers, rule=rule, evidence=evidence)
    with opening_ticket(
        customer, request.subject, inbox=inbox_for(form), channel=Channel.FORM, actor=actor, now=now
    ) as ticket:
        if form:
            _sort(ticket, form, actor)
        if not customer.language and request.language:
            change_requester_language(ticket, request.language, actor=actor)
        receive_message(ticket, incoming, customer=customer, channel=Channel.FORM, actor=actor)
        # Within the gesture: whoever hears at its end that a ticket is new finds out which visitor wrote it.
        request.customer, request.ticket = customer, ticket
        _settle(request, RequestState.OPENED, now)
    return ticket


def _title_of(request: ContactRequest) -> str:
    article = Article.objects.filter(pk=request.article_id).first() if request.article_id else None
    if article is None:
        return ""
    told_in = article.translations.filter(language=request.language).first() or article.translations.first()
    return str(told_in) if told_in else ""


def _sort(ticket: Ticket, form: ContactForm, actor: Actor) -> None:
    """What the admin said of tickets of this form."""
    if form.team:
        assign_team(ticket, form.team, actor=actor)
    if form.priority:
        change_priority(ticket, form.priority, actor=actor)
    if form.tags:
        add_tags(ticket, form.tags, actor=actor)


@transaction.atomic
def withdraw(request: ContactRequest, *, now: datetime | None = None) -> bool:
    """An article solved it: it never becomes a ticket. False where it has become one, or was withdrawn before."""
    request = ContactRequest.objects.select_for_update().get(pk=request.pk)
    if request.state != RequestState.WAITING:
        return False
    _settle(request, RequestState.WITHDRAWN, now or timezone.now())
    return True


def expire_requests(*, now: datetime, limit: int = 200) -> int:
    """Forget what nobody proved in time; how many. Addresses of decided ones are kept a day, to be counted."""
    over = ContactRequest.objects.filter(state=RequestState.WAITING, expires_at__lte=now).order_by("expires_at")
    done = 0
    with transaction.atomic():
        for request in over.select_for_update(skip_locked=True)[:limit]:
            _settle(request, RequestState.EXPIRED, now)
            done += 1
    decided = ContactRequest.objects.filter(decided_at__lte=now - timedelta(days=1)).exclude(email="")
    decided.update(email="", visitor="")
    return done


def _settle(request: ContactRequest, state: RequestState, now: datetime) -> None:
    """Its words are in the ticket, or nobody's: nothing of them stays here."""
    let_go(request.files.values_list("file", flat=True))
    request.files.all().delete()
    request.state, request.decided_at, request.mail_due_at = state, now, None
    request.name, request.subject, request.text, request.answers, request.last_error = "", "", "", {}, ""
    if state == RequestState.EXPIRED:
        request.email = ""
    request.save()
