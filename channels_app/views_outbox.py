"""Mail that went out or is about to: the list, one mail as its reader sees it, and what a person decides about it."""

from __future__ import annotations

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http import HTTPStatus

from csp.decorators import csp_exempt
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_POST

from channels_app import resending
from channels_app.messaging.routes import are_there
from channels_app.models import Delivery, OutboxState
from customers.actors import Actor
from helpdesk.lib.typed import whole_number
from tickets import policies
from tickets.models import Message, Ticket
from tickets.services import Refused
from tickets.views.bodies import POLICY
from tickets.views.composer import visible_message
from tickets.views.support import StaffRequest, back_to, require, staff_only, wants_fragment, with_toast

PER_PAGE = 50
SHOWN_HEADERS = ("From", "To", "Cc", "Reply-To", "Subject", "Date", "Message-ID", "In-Reply-To", "References")
TONES = {
    OutboxState.QUEUED: "slate",
    OutboxState.SENDING: "blue",
    OutboxState.ACCEPTED: "green",
    OutboxState.DEFERRED: "amber",
    OutboxState.FAILED: "red",
    OutboxState.UNKNOWN: "amber",
    OutboxState.CANCELLED: "slate",
}


@require_GET
@staff_only
def outbox_page(request: StaffRequest) -> HttpResponse:
    """The newest first; `?before=<id>` goes on, `?state=` shows one state only."""
    rows = visible_deliveries(request).select_related("message", "account__inbox").defer("raw", "message__html")
    if (state := request.GET.get("state", "")) in OutboxState.values:
        rows = rows.filter(state=state)
    if before := whole_number(request.GET.get("before", "")):
        rows = rows.filter(pk__lt=before)
    page = list(rows.order_by("-pk")[: PER_PAGE + 1])
    context = {
        "active": "outbox",
        "deliveries": [(delivery, TONES[OutboxState(delivery.state)]) for delivery in page[:PER_PAGE]],
        "older": page[PER_PAGE - 1].pk if len(page) > PER_PAGE else None,
        "state": state,
        "states": OutboxState.choices,
        "has_messengers": are_there(),
    }
    return render(request, "channels/_outbox_rows.html" if wants_fragment(request) else "channels/outbox.html", context)


@require_GET
@staff_only
def outbox_mail(request: StaffRequest, delivery_id: int) -> HttpResponse:
    """One mail: its headers, both bodies, its files, and every attempt with what the servers said."""
    delivery = visible_delivery(request, delivery_id)
    mail = parsed(delivery)
    text = mail.get_body(("plain",)) if mail else None
    context = {
        "active": "outbox",
        "delivery": delivery,
        "tone": TONES[OutboxState(delivery.state)],
        "attempts": delivery.attempts.all(),
        "headers": [(name, str(mail[name])) for name in SHOWN_HEADERS if mail[name]] if mail else [],
        "text": text.get_content() if text else "",
        "files": [part.get_filename() for part in mail.iter_attachments()] if mail else [],
        "may_decide": policies.may_reply(request.user, delivery.message.ticket),
        "is_retriable": delivery.state in resending.RETRIABLE,
    }
    return render(request, "channels/outbox_mail.html", context)


@require_GET
@csp_exempt()  # type: ignore[arg-type]  # django-csp knows no views with arguments
@xframe_options_sameorigin
@staff_only
def outbox_html(request: StaffRequest, delivery_id: int) -> HttpResponse:
    """The HTML part, for the sandboxed frame."""
    mail = parsed(visible_delivery(request, delivery_id))
    part = mail.get_body(("html",)) if mail else None
    if part is None:
        raise Http404
    response = HttpResponse(part.get_content())
    response["Content-Security-Policy"] = POLICY.format(remote="")
    response["Referrer-Policy"] = "no-referrer"
    return response


@require_GET
@staff_only
def outbox_raw(request: StaffRequest, delivery_id: int) -> HttpResponse:
    """The bytes as they went out, to read or to keep as a file (`?download=1`)."""
    delivery = visible_delivery(request, delivery_id)
    if delivery.raw is None:
        raise Http404
    response = HttpResponse(bytes(delivery.raw), content_type="text/plain; charset=utf-8")
    if request.GET.get("download"):
        response["Content-Type"] = "message/rfc822"
        response["Content-Disposition"] = f'attachment; filename="mail-{delivery.pk}.eml"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_POST
@staff_only
def retry(request: StaffRequest, message_id: int) -> HttpResponse:
    """Send it again now: the same bytes, to those who don't have it yet. 409 when there is nothing to send."""
    message = visible_message(request, message_id)
    require(policies.may_reply(request.user, message.ticket))
    try:
        resending.retry(message, actor=Actor.agent(request.user), now=timezone.now())
    except Refused as refusal:
        return _answer(request, message, refusal=refusal)
    return _answer(request, message, _("It is being sent again"))


@require_POST
@staff_only
def confirmation(request: StaffRequest, message_id: int) -> HttpResponse:
    """The agent knows that a mail whose outcome was unknown did arrive. 409 when the outcome is known."""
    message = visible_message(request, message_id)
    require(policies.may_reply(request.user, message.ticket))
    try:
        resending.confirm_sent(message, actor=Actor.agent(request.user))
    except Refused as refusal:
        return _answer(request, message, refusal=refusal)
    return _answer(request, message, _("Marked as sent"))


def visible_deliveries(request: StaffRequest) -> QuerySet[Delivery]:
    require(policies.may_see_outbox(request.user), _("The outbox is for team leads and admins."))
    return Delivery.objects.filter(message__ticket__in=Ticket.objects.visible_to(request.user))


def visible_delivery(request: StaffRequest, delivery_id: int) -> Delivery:
    return get_object_or_404(visible_deliveries(request).select_related("message__ticket"), pk=delivery_id)


def parsed(delivery: Delivery) -> EmailMessage | None:
    """The mail to read; None before it is written."""
    return message_from_bytes(bytes(delivery.raw), policy=default) if delivery.raw is not None else None


def _answer(request: HttpRequest, message: Message, text: str = "", *, refusal: Refused | None = None) -> HttpResponse:
    if not wants_fragment(request):
        return back_to(request, message.ticket, error=str(refusal) if refusal else "")
    if refusal:
        return with_toast(HttpResponse(str(refusal), status=HTTPStatus.CONFLICT), str(refusal), "red")
    return with_toast(HttpResponse(status=HTTPStatus.NO_CONTENT), text)
