"""A customer's requests: the list, one of them, and what can be done there."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Any, Final
from uuid import uuid4

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from helpdesk.uploads import file_too_large
from tickets.attachments import NotStored, TooLarge
from tickets.models import Rating, Survey, SurveyKind, Ticket
from tickets.portal.acting import LONGEST, TooOften, rate_request, say_solved, write
from tickets.portal.requests import (
    Row,
    conversation,
    expected_answers,
    is_over,
    may_decide,
    own_requests,
    page_of,
    shared_requests,
)
from tickets.portal.wording import author_of, standing_of, within
from tickets.services import Refused
from tickets.survey_forms import AnswerForm
from tickets.surveys.answering import asked_on_pages
from tickets.surveys.wording import words_of
from tickets.views.portal.support import CustomerRequest, customers_only, page, request_for

ONLY: Final = ("open", "solved")
LONGEST_SEARCH: Final = 100
STATUSES: Final[dict[type[Refused], int]] = {
    TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    NotStored: HTTPStatus.SERVICE_UNAVAILABLE,
    TooOften: HTTPStatus.TOO_MANY_REQUESTS,
}


class Files(forms.ClearableFileInput):
    allow_multiple_selected = True


class ReplyForm(forms.Form):
    """Shape only: what may be written is for the service to say, which sees the files as well."""

    text = forms.CharField(
        label=gettext_lazy("Your message"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 5, "maxlength": LONGEST}),
    )
    submit_key = forms.UUIDField(required=False, widget=forms.HiddenInput)


def rating_form(ticket: Ticket, data: Any = None, *, initial: dict[str, Any] | None = None) -> AnswerForm:
    """By the scale of the survey that asks about such tickets; good or bad where none does."""
    survey, _invitation = asked_on_pages(ticket, now=timezone.now())
    words = words_of(survey or Survey(scale=2), get_language() or "", house=ticket.inbox.name)
    return AnswerForm(words, data, initial=initial)


@require_safe
@customers_only
def request_list(request: CustomerRequest) -> HttpResponse:
    """`?of=organisation` are colleagues' requests, where the organisation shares them."""
    customer, organisation = request.customer, request.customer.organisation
    shares = bool(organisation and organisation.shares_tickets)
    is_shared = shares and request.GET.get("of") == "organisation"
    only = request.GET.get("only", "")
    only, words = only if only in ONLY else "", request.GET.get("q", "").replace("\0", "").strip()[:LONGEST_SEARCH]
    tickets, now = shared_requests(customer) if is_shared else own_requests(customer), timezone.now()
    found = page_of(tickets, customer, before=request.GET.get("before", "")[:80], only=only, words=words, now=now)
    rows = [_row(row, now) for row in found.rows]
    context = {"rows": rows, "older": found.older, "shares": shares, "is_shared": is_shared, "only": only, "q": words}
    return page(request, "portal/requests.html", {**context, "organisation": organisation})


def _row(row: Row, now: datetime) -> dict[str, Any]:
    last, ticket = row.last, row.ticket
    return {
        "ticket": ticket,
        "standing": standing_of(ticket),
        "spoken_at": row.spoken_at,
        "last_is_ours": bool(last and last.author_role),
        "who": author_of(last, last.ticket) if last else "",
        "expected": within(row.expected_at, now=now) if row.expected_at else "",
    }


@require_safe
@customers_only
def show(request: CustomerRequest, number: int) -> HttpResponse:
    return _show(request, request_for(request, number))


def _show(
    request: CustomerRequest,
    ticket: Ticket,
    *,
    reply: ReplyForm | None = None,
    rating: AnswerForm | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    before = request.GET.get("before", "")
    talk = conversation(ticket, request.customer, before=int(before) if _is_number(before) else 0)
    now = timezone.now()
    due = expected_answers([ticket], now=now).get(ticket.pk)
    latest = ticket.ratings.filter(kind=SurveyKind.CSAT).order_by("-pk").first()
    decides, is_done = may_decide(request.customer, ticket), is_over(ticket)
    if is_done and decides and rating is None:
        rating = rating_form(ticket, initial=_said_before(latest))
    if reply and reply.errors:
        reply.fields["text"].widget.attrs["autofocus"] = True  # what is wrong stands below a long conversation
    context = {
        "ticket": ticket,
        "standing": standing_of(ticket),
        "expected": within(due, now=now) if due else "",
        "entries": [{"m": m, "who": author_of(m, ticket)} for m in talk.messages],
        "earlier": talk.earlier,
        "decides": decides,
        "is_over": is_done,
        "latest": latest,
        "has_lost_files": any(file.name for file in request.FILES.getlist("files")),
        "reply": reply or ReplyForm(initial={"submit_key": uuid4()}),
        "rating": rating,
        "done": request.GET.get("done", "") if request.method == "GET" else "",
        "follow_up": _follow_up(request, ticket),
    }
    return page(request, "portal/request.html", context, status=status)


def _said_before(latest: Rating | None) -> dict[str, Any]:
    return {"value": latest.value, "reasons": latest.reasons, "comment": latest.comment} if latest else {}


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


def _follow_up(request: CustomerRequest, ticket: Ticket) -> Ticket | None:
    """The request that carries a closed one on, where its reader may open that."""
    if not ticket.is_closed:
        return None
    return ticket.follow_ups.filter(requester=ticket.requester_id).order_by("-pk").first()


@require_POST
@customers_only
def messages(request: CustomerRequest, number: int) -> HttpResponse:
    """A reply, with its files. What was solved is open again; what was closed goes on under a new number."""
    ticket, form = request_for(request, number), ReplyForm(request.POST)
    if reason := file_too_large(request):
        form.add_error(None, reason)
        return _show(request, ticket, reply=form, status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    if not form.is_valid():
        return _show(request, ticket, reply=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        message = write(
            ticket,
            form.cleaned_data["text"],
            customer=request.customer,
            files=request.FILES.getlist("files"),
            submit_key=form.cleaned_data["submit_key"],
        )
    except Refused as refusal:
        form.add_error("text" if refusal.field == "text" else None, str(refusal))
        return _show(request, ticket, reply=form, status=_status(refusal))
    address = reverse("portal-request", args=[message.ticket_id])
    return redirect(f"{address}?done=written#m{message.pk}")


@require_POST
@customers_only
def solution(request: CustomerRequest, number: int) -> HttpResponse:
    """It is solved: the requester says so."""
    ticket = request_for(request, number)
    _require_own(request, ticket)
    say_solved(ticket, customer=request.customer)
    return redirect(f"{reverse('portal-request', args=[ticket.pk])}?done=solved#rating")


@require_POST
@customers_only
def rating(request: CustomerRequest, number: int) -> HttpResponse:
    """How content they are, with words or without. Saying it again says it instead."""
    ticket = request_for(request, number)
    _require_own(request, ticket)
    form = rating_form(ticket, request.POST)
    if not form.is_valid():
        return _show(request, ticket, rating=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    said = form.cleaned_data
    try:
        rate_request(ticket, said["value"], said["comment"], reasons=said["reasons"], customer=request.customer)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _show(request, ticket, rating=form, status=_status(refusal))
    return redirect(f"{reverse('portal-request', args=[ticket.pk])}?done=rated#rating")


def _require_own(request: CustomerRequest, ticket: Ticket) -> None:
    if not may_decide(request.customer, ticket):
        raise PermissionDenied(_("Only whoever asked can say that."))


def _status(refusal: Refused) -> int:
    return STATUSES.get(type(refusal), HTTPStatus.UNPROCESSABLE_ENTITY)
