"""Examples of what seldom happens, for the style guide. Nothing of it is ever saved."""

from __future__ import annotations

from datetime import datetime, timedelta
from http import HTTPStatus
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from customers.models import Customer
from tickets.models import Message, Ticket
from tickets.models.bulk import BulkItem, BulkJob
from tickets.queue import VIEWS
from tickets.timeline import Entry

ERROR_PAGES = {
    "400": "Damaged request",
    "403": "No permission",
    "404": "Deleted, merged, or not yours",
    "413": "Too large",
    "429": "Too many attempts",
    "500": "Broken, with its reference",
    "503": "Read-only maintenance",
}
REASONS = {
    "403": "Only admins change settings.",
    "413": "This is larger than 40 MB, the most that one message may carry.",
    "503": "Onethread is read-only for a moment, for maintenance. Your words are kept: try again in a few minutes.",
}


@require_GET
@login_required
def error_page(request: HttpRequest, name: str) -> HttpResponse:
    """The real page for trouble that cannot be made on purpose, under its own status."""
    if not settings.STYLEGUIDE or name not in ERROR_PAGES:
        raise Http404
    context = {"reason": REASONS.get(name, ""), "reference": "7f3a91c0"}
    return render(request, f"{name}.html", context, status=HTTPStatus(int(name)))


def states(now: datetime) -> dict[str, Any]:
    """What templates/styleguide/states.html shows."""
    return {
        "error_pages": ERROR_PAGES,
        "empty_lists": _empty_lists(),
        "bulk": _bulk(now),
        "news": [Entry(now, message=_message(now, 90, "Sorry, wrong number: it is MW-2477."))],
        "files": SimpleNamespace(file_rows=_files()),
        "rtl_tickets": _tickets(now, 3042, "محمد علي", "طلب استرداد للحذاء"),
        "density_tickets": _tickets(now, 4042, "Maya Okafor", "Refund for returned running shoes"),
        "densities": {"compact": "compact", "regular": "regular", "cozy": "cosy"},
    }


def _empty_lists() -> list[dict[str, Any]]:
    def case(title: str, view: str, **more: Any) -> dict[str, Any]:
        return {"title": title, "view": VIEWS[view], "list": {"filter": None, "refused": (), **more}}

    refused = (SimpleNamespace(reason="“Returns” is no team any more."),)
    return [
        case("first use", "all"),
        case("all done", "mine"),
        case("no results, with a wider search", "open", filter={"all": []}),
        case("a filter that names something deleted", "open", refused=refused),
    ]


def _bulk(now: datetime) -> dict[str, Any]:
    done = BulkJob(pk=1, title="Set status to Solved", state="done", total=20, changed=18, refused=2, finished_at=now)
    running = BulkJob(pk=2, title="Add tag refund", state="running", total=1200, changed=431)
    reasons = ("This ticket is closed.", "It is a private team’s, and you are not in it.")
    refused = [BulkItem(ticket_id=1040 + at, outcome="refused", reason=reason) for at, reason in enumerate(reasons)]
    return {"done": done, "running": running, "refused": refused}


def _message(now: datetime, pk: int, words: str) -> Message:
    return Message(
        pk=pk, ticket_id=1042, kind="public", channel="email", created_at=now, author_name="Maya Okafor",
        author_customer=Customer(pk=1, name="Maya Okafor"), from_address="maya@example.com", html=f"<p>{words}</p>",
    )  # fmt: skip


def _files() -> list[dict[str, Any]]:
    rows: list[tuple[str, str, int, str]] = [
        ("return-label.pdf", "application/pdf", 182_000, ""),
        ("log of the night, " + "x" * 40 + ".txt", "text/plain", 640, ""),
        ("a film of the unboxing.mp4", "video/mp4", 18_400_000, ""),
        ("a photo too large for a thumbnail.jpg", "image/jpeg", 9_182_000, ""),
        ("orders.zip", "application/zip", 4_100_000, "clean"),
        ("invoice.doc", "application/msword", 88_000, "infected"),
    ]
    return [
        {"id": 0, "filename": name, "content_type": kind, "size": size, "scan_state": state, "scan_detail": "Eicar"}
        for name, kind, size, state in rows
    ]  # fmt: skip


def _tickets(now: datetime, first: int, name: str, subject: str) -> list[Ticket]:
    return [
        Ticket(
            pk=first + at, subject=subject, status=status, priority="high" if at else "", channel="email",
            requester=Customer(pk=first + at, name=name), message_count=at + 1, preview=subject,
            updated_at=now - timedelta(hours=at), waiting_since=None,
        )
        for at, status in enumerate(("open", "solved"))
    ]  # fmt: skip
