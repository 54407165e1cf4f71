"""The timeline of a customer or an organisation: a part of their page, a page of its own, and its further pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from customers.models import Customer, Organisation
from customers.policies import may_see_customers
from tickets.customers.sources import Kind
from tickets.customers.timeline import BEGINNING, Asked, Page, Place, Subject, kinds_of, page_of
from tickets.models import Message
from tickets.policies import may_enter
from tickets.realtime import customer_topic, organisation_topic
from tickets.views.composer import visible_message
from tickets.views.support import StaffRequest, require, staff_only, wants_fragment

LONGEST_SEARCH = 200
FILE_FACTS = ("id", "filename", "size", "content_type", "scan_state", "scan_detail")


@dataclass(frozen=True)
class Address:
    """Where a timeline is fetched from (`base`), the page it stands on, and what its own pages listen for."""

    base: str
    home: str
    topic: str

    def url(self, path: str, kinds: list[str], find: str, **more: str) -> str:
        """Kinds with their commas, as a person would type them."""
        asked = {"kinds": ",".join(kinds), "find": find, **more}
        query = urlencode({name: value for name, value in asked.items() if value}, safe=",")
        return f"{path}?{query}" if query else path


@require_GET
@staff_only
def customer_timeline(request: StaffRequest, customer_id: int) -> HttpResponseBase:
    require(may_see_customers(request.user))
    customer = get_object_or_404(Customer, pk=customer_id)
    if customer.merged_into_id:
        return redirect(f"{reverse('customer-timeline', args=[customer.merged_into_id])}?{request.GET.urlencode()}")
    address = Address(request.path, reverse("customer", args=[customer.pk]), customer_topic(customer.pk))
    return _answer(request, customer, address)


@require_GET
@staff_only
def organisation_timeline(request: StaffRequest, organisation_id: int) -> HttpResponseBase:
    require(may_see_customers(request.user))
    organisation = get_object_or_404(Organisation, pk=organisation_id)
    home = f"/customers/organisations/{organisation.pk}/"
    return _answer(request, organisation, Address(request.path, home, organisation_topic(organisation.pk)))


@require_GET
@staff_only
def whole_message(request: StaffRequest, message_id: int) -> HttpResponse:
    """All of a message, to be folded out in its place."""
    may_open = may_enter(request.user)
    message = readable_message(request, message_id)
    if not may_open:
        _keep_to_words(message)
    files = message.attachments.filter(inline=False, removed_at=None) if may_open else message.attachments.none()
    message.file_rows = list(files.values(*FILE_FACTS))  # type: ignore[attr-defined]
    return render(request, "tickets/customers/_whole.html", {"m": message, "ticket": message.ticket})


def readable_message(request: StaffRequest, message_id: int) -> Message:
    """One on a ticket that the reader may see. For other departments what we and the customer said to each other."""
    if may_enter(request.user):
        return visible_message(request, message_id)
    told = Message.objects.public().exclude(ticket__team__in=request.user.hidden_team_ids)
    return get_object_or_404(told.select_related("ticket", "author_user"), pk=message_id)


def _keep_to_words(message: Message) -> None:
    """What a page of the workspace would draw, a frame or a file, other departments read as text."""
    if message.needs_frame or message.has_remote_images or "/agent/" in message.html:
        message.html, message.needs_frame, message.has_remote_images = "", False, False
    message.quoted_html = ""


def _answer(request: StaffRequest, subject: Customer | Organisation, address: Address) -> HttpResponse:
    asked = _asked(request)
    whose = Subject.of(subject)
    page = page_of(whose, request.user, asked)
    kinds, find = sorted(asked.kinds), asked.words
    context: dict[str, Any] = {
        "subject": subject,
        "address": address,
        "asked": asked,
        "page": page,
        "show_whose": isinstance(subject, Organisation),
        "live_url": address.url(address.base, kinds, find, until=str(_until(asked, page))),
        "more_url": address.url(address.base, kinds, find, after=str(page.after)) if page.after else "",
    }
    if wants_fragment(request) and asked.until:
        return render(request, "tickets/customers/_first.html", context)
    if wants_fragment(request) and asked.after:
        return render(request, "tickets/customers/_more.html", context)
    context["chips"] = _chips(kinds_of(whose, request.user), kinds, find, address)
    if not wants_fragment(request):
        return render(request, "tickets/customers/timeline.html", context | {"active": "customers"})
    response = render(request, "tickets/customers/_timeline.html", context)
    if shown := _shown_at(request, address, kinds, find):
        response["HX-Replace-Url"] = shown
    return response


def _until(asked: Asked, page: Page) -> Place:
    """Down to where an open page fetches again: its own last entry, or the beginning where nothing comes below it."""
    if asked.until:
        return asked.until
    return page.last if page.last and page.after else BEGINNING


def _asked(request: StaffRequest) -> Asked:
    """A kind that does not exist finds nothing, as any filter that nothing fits; a wrong cursor counts as none."""
    return Asked(
        kinds=frozenset(kind for kind in ",".join(request.GET.getlist("kinds")).split(",") if kind),
        words=" ".join(request.GET.get("find", "").replace("\0", " ").split())[:LONGEST_SEARCH],
        after=Place.read(request.GET.get("after", "")),
        until=Place.read(request.GET.get("until", "")),
    )


def _chips(offered: list[Kind], kinds: list[str], find: str, address: Address) -> list[dict[str, Any]]:
    """Each switches itself on and off."""
    return [
        {
            "kind": kind,
            "is_on": kind.slug in kinds,
            "url": address.url(address.base, _switched(kinds, kind.slug), find),
        }
        for kind in offered
    ]


def _switched(kinds: list[str], slug: str) -> list[str]:
    return [kind for kind in kinds if kind != slug] if slug in kinds else sorted([*kinds, slug])


def _shown_at(request: StaffRequest, address: Address, kinds: list[str], find: str) -> str:
    """The address that the reader's page should have from now on; nothing where it has it already."""
    current = urlsplit(request.htmx.current_url_abs_path or "")
    query = parse_qs(current.query)
    if (",".join(kinds), find) == (query.get("kinds", [""])[0], query.get("find", [""])[0]):
        return ""
    return address.url(address.base if current.path == address.base else address.home, kinds, find)
