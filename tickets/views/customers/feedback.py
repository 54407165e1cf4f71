"""The feedback board: what customers ask for, putting something on it, a topic, and telling those who asked."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from customers.errors import Refused
from customers.models import Customer
from helpdesk.accounts.models import User
from helpdesk.lib.typed import whole_number
from tickets import policies
from tickets.insights import board, telling
from tickets.models import Excerpt, Message, ToldWay, Topic, TopicStatus
from tickets.views.customers.timeline import readable_message
from tickets.views.support import StaffRequest, require, staff_only

ACTIVE = {"active": "feedback"}


@require_GET
@staff_only
def feedback_board(request: StaffRequest) -> HttpResponse:
    require(policies.may_see_feedback(request.user))
    status, tag = (request.GET.get(name, "").replace("\0", "") for name in ("status", "tag"))
    context = {
        "topics": board.board(status=status, tag=tag),
        "statuses": TopicStatus.choices,
        "tags": board.known_tags(),
        "status": status,
        "tag": tag,
    }
    return render(request, "tickets/feedback/board.html", context | ACTIVE)


@require_http_methods(["GET", "POST"])
@staff_only
def share(request: StaffRequest) -> HttpResponse:
    """Of a message (`message`), or as one tells it of a customer (`customer`)."""
    require(policies.may_see_feedback(request.user))
    given = request.POST if request.method == "POST" else request.GET
    message, customer = _source(request, given)
    if request.method == "GET":
        words = request.GET.get("words", "").strip() or (message.text.strip() if message else "")
        return _share_page(request, message, customer, {"words": words[: board.LONGEST]})
    try:
        with transaction.atomic():  # no topic without the words for which it is made
            topic = _chosen_topic(request)
            board.share_feedback(topic, customer, given.get("words", ""), by=request.user, message=message)
    except Refused as refused:
        return _share_page(request, message, customer, given, refused)
    messages.success(request, _("Shared under “%(topic)s”.") % {"topic": topic})
    return redirect("feedback-topic", topic.pk)


@require_http_methods(["GET", "POST"])
@staff_only
def topic_page(request: StaffRequest, topic_id: int) -> HttpResponse:
    require(policies.may_see_feedback(request.user))
    topic = get_object_or_404(Topic.objects.select_related("owner"), pk=topic_id)
    if request.method == "GET":
        return _topic_page(request, topic)
    require(policies.may_manage_feedback(request.user))
    owner = whole_number(request.POST.get("owner", ""))
    try:
        board.change_topic(
            topic,
            title=request.POST.get("title", topic.title),
            tags=request.POST.get("tags", ",".join(topic.tags)),
            status=request.POST.get("status", topic.status),
            owner=_owners().filter(pk=owner).first() if owner else None,
        )
    except Refused as refused:
        return _topic_page(request, topic, refused)
    messages.success(request, _("The topic was changed."))
    return redirect("feedback-topic", topic.pk)


@require_http_methods(["GET", "POST"])
@staff_only
def telling_page(request: StaffRequest, topic_id: int) -> HttpResponse:
    """Who asked, who can be told, and the words."""
    require(policies.may_manage_feedback(request.user))
    topic = get_object_or_404(Topic, pk=topic_id)
    if request.method == "GET":
        return _telling_page(request, topic)
    chosen = {number for text in request.POST.getlist("customers") if (number := whole_number(text))}
    words, way = request.POST.get("words", ""), request.POST.get("way", "")
    try:
        count = telling.tell_those_who_asked(topic, chosen, words, way=way, by=request.user)
    except Refused as refused:
        return _telling_page(request, topic, refused)
    messages.success(
        request,
        ngettext("%(count)s person is being told.", "%(count)s people are being told.", count) % {"count": count},
    )
    return redirect("feedback-topic", topic.pk)


@require_POST
@staff_only
def excerpt_removal(request: StaffRequest, excerpt_id: int) -> HttpResponse:
    """Whoever put it there by mistake, and whoever looks after the board."""
    excerpt = get_object_or_404(Excerpt, pk=excerpt_id)
    own = excerpt.shared_by_id == request.user.pk and policies.may_see_feedback(request.user)
    require(own or policies.may_manage_feedback(request.user))
    board.remove_excerpt(excerpt)
    messages.success(request, _("It is no longer on the board."))
    return redirect("feedback-topic", excerpt.topic_id)


def _source(request: StaffRequest, given: Any) -> tuple[Message | None, Customer]:
    if number := whole_number(given.get("message", "")):
        message = readable_message(request, number)
        customer = message.author_customer or message.ticket.requester
        if message.is_note or not message.is_from_customer:
            raise Http404
        return message, customer
    number = whole_number(given.get("customer", ""))
    return None, get_object_or_404(Customer.objects.current(), pk=number or 0)


def _chosen_topic(request: StaffRequest) -> Topic:
    if number := whole_number(request.POST.get("topic", "")):
        return get_object_or_404(Topic, pk=number)
    return board.create_topic(request.POST.get("title", ""), by=request.user, tags_in=request.POST.get("tags", ""))


def _share_page(
    request: StaffRequest, message: Message | None, customer: Customer, given: Any, refused: Refused | None = None
) -> HttpResponse:
    context = {
        "message": message,
        "customer": customer,
        "words": given.get("words", ""),
        "title": given.get("title", ""),
        "tags": given.get("tags", ""),
        "chosen": whole_number(given.get("topic", "")) or 0,
        "topics": board.topics_for(""),
        "known_tags": board.known_tags(),
        "refused": refused,
    }
    return render(request, "tickets/feedback/share.html", context | ACTIVE, status=422 if refused else 200)


def _topic_page(request: StaffRequest, topic: Topic, refused: Refused | None = None) -> HttpResponse:
    may_manage = policies.may_manage_feedback(request.user)
    excerpts = list(board.excerpts_of(topic))
    customers = {each.customer_id for each in excerpts}
    companies = {each.customer.organisation_id for each in excerpts} - {None}
    context = {
        "topic": topic,
        "excerpts": excerpts,
        "customers": len(customers),
        "organisations": len(companies),
        "statuses": TopicStatus.choices,
        "owners": _owners() if may_manage else (),
        "told": topic.told.select_related("customer", "ticket", "asked_by"),
        "may_manage": may_manage,
        "may_tell": may_manage and topic.status in telling.TELLING,
        "may_open": policies.may_enter(request.user),
        "refused": refused,
    }
    return render(request, "tickets/feedback/topic.html", context | ACTIVE, status=422 if refused else 200)


def _telling_page(request: StaffRequest, topic: Topic, refused: Refused | None = None) -> HttpResponse:
    if topic.status not in telling.TELLING:
        return redirect("feedback-topic", topic.pk)
    chosen = {whole_number(text) for text in request.POST.getlist("customers")} if refused else None
    context = {
        "topic": topic,
        "askers": telling.askers(topic),
        "chosen": chosen,
        "ways": ToldWay.choices,
        "way": request.POST.get("way") or ToldWay.MESSAGE,
        "words": request.POST.get("words", "") if refused else telling.prepared_words(topic),
        "refused": refused,
    }
    return render(request, "tickets/feedback/telling.html", context | ACTIVE, status=422 if refused else 200)


def _owners() -> Any:
    return User.objects.filter(is_active=True).order_by("name")
