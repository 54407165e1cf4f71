"""The first part of the REST API: read tickets and comments, change a ticket, answer it.

Each endpoint is the twin of a page: same `visible_to`, same policies, same services.
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, cast

from rest_framework import serializers
from rest_framework.exceptions import ParseError, PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from customers.actors import Actor
from helpdesk.accounts.models import Role, Team, User
from helpdesk.lib.html import text_to_html
from helpdesk.lib.typed import whole_number
from tickets import policies, services
from tickets.api.payloads import audit_payload, comment_payload, ticket_payload
from tickets.api.reading import shown_ticket, shown_tickets
from tickets.models import Priority, Status, Ticket, TicketEvent, TicketType

MAX_PAGE = 100

CHANGES: tuple[tuple[str, Callable[..., Ticket]], ...] = (
    ("subject", services.change_subject),
    ("priority", services.change_priority),
    ("type", services.change_type),
    ("tags", services.set_tags),
    ("group_id", services.assign_team),
    ("assignee_id", services.assign),
)


class CommentIn(serializers.Serializer[dict[str, Any]]):
    body = serializers.CharField(required=False, max_length=200_000)
    html_body = serializers.CharField(required=False, max_length=200_000)
    public = serializers.BooleanField(default=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not (attrs.get("body") or attrs.get("html_body")):
            raise serializers.ValidationError({"body": "Body: cannot be blank"})
        return attrs


class TicketIn(serializers.Serializer[dict[str, Any]]):
    """The writable part of a ticket; null clears, a missing key changes nothing, an unknown key is ignored."""

    subject = serializers.CharField(required=False, max_length=300)
    status = serializers.ChoiceField(Status.choices, required=False)
    priority = serializers.ChoiceField(Priority.choices, required=False, allow_null=True)
    type = serializers.ChoiceField(TicketType.choices, required=False, allow_null=True)
    tags = serializers.ListField(child=serializers.CharField(max_length=60), required=False)
    assignee_id = serializers.PrimaryKeyRelatedField(
        queryset=User.objects.filter(is_active=True).exclude(role=Role.COMPANY), required=False, allow_null=True
    )
    group_id = serializers.PrimaryKeyRelatedField(queryset=Team.objects.all(), required=False, allow_null=True)
    comment = CommentIn(required=False)

    def validate_priority(self, value: str | None) -> str:
        return value or ""

    def validate_type(self, value: str | None) -> str:
        return value or ""


def rules_behind(request: Request) -> int:
    """How many rules led to this request: whoever answers a webhook of ours sends back its X-Onethread-Depth."""
    written = request.headers.get("X-Onethread-Depth", "")
    return min(int(written), 9) if written.isascii() and written.isdecimal() and len(written) < 4 else 0


def user_of(request: Request) -> User:
    return cast(User, request.user)


def visible_ticket(request: Request, number: int) -> Ticket:
    return shown_ticket(user_of(request), number).ticket


class TicketList(APIView):
    """`GET /api/v2/tickets`: newest change first, by cursor (`page[size]`, `page[after]`)."""

    def get(self, request: Request) -> Response:
        size = whole_number(request.query_params.get("page[size]", "100")) or 0
        if not 1 <= size <= MAX_PAGE:
            raise ParseError("page[size] is a number from 1 to 100")
        page = shown_tickets(user_of(request), request.query_params.get("page[after]", ""), size)
        following = f"/api/v2/tickets.json?page[size]={size}&page[after]={page.after}"
        return Response(
            {
                "tickets": [ticket_payload(ticket, request) for ticket in page.tickets],
                "meta": {"has_more": bool(page.after), "after_cursor": page.after or None, "before_cursor": None},
                "links": {"next": request.build_absolute_uri(following) if page.after else None, "prev": None},
            }
        )


class TicketDetail(APIView):
    def get(self, request: Request, number: int) -> Response:
        return Response({"ticket": ticket_payload(shown_ticket(user_of(request), number), request)})

    def put(self, request: Request, number: int) -> Response:
        """All named changes and the comment are one gesture: all of them happen, or none."""
        ticket = visible_ticket(request, number)
        if not isinstance(request.data, dict) or not isinstance(request.data.get("ticket"), dict):
            missing = {"error": "ParameterMissing", "description": "Parameter ticket is required"}
            return Response(missing, HTTPStatus.BAD_REQUEST)
        form = TicketIn(data=request.data["ticket"])
        form.is_valid(raise_exception=True)
        self._ask_policies(request, ticket, form.validated_data)
        with services.gesture(ticket, actor=Actor.agent(user_of(request)), depth=rules_behind(request)) as gesture:
            _apply(ticket, form.validated_data, gesture.actor)
        events = list(TicketEvent.objects.filter(gesture_id=gesture.id))
        shown = shown_ticket(user_of(request), number)
        return Response({"ticket": ticket_payload(shown, request), "audit": audit_payload(shown.ticket, events)})

    def _ask_policies(self, request: Request, ticket: Ticket, changes: dict[str, Any]) -> None:
        user, comment = user_of(request), changes.get("comment")
        if set(changes) - {"comment"} and not policies.may_edit(user, ticket):
            raise PermissionDenied
        if comment and not (policies.may_reply if comment["public"] else policies.may_note)(user, ticket):
            raise PermissionDenied


class CommentList(APIView):
    """`GET /api/v2/tickets/<id>/comments`: public messages and internal notes, oldest first."""

    def get(self, request: Request, number: int) -> Response:
        ticket = visible_ticket(request, number)
        messages = ticket.messages.exclude(delivery_state="cancelled").prefetch_related("attachments", "events")
        comments = [comment_payload(message, request) for message in messages]
        return Response({"comments": comments, "count": len(comments), "next_page": None, "previous_page": None})


def _apply(ticket: Ticket, changes: dict[str, Any], actor: Actor) -> None:
    """One service for each key, in the order an agent would: properties, words, status last."""
    for key, service in CHANGES:
        if key in changes:
            service(ticket, changes[key], actor=actor)
    if comment := changes.get("comment"):
        words = comment.get("html_body") or text_to_html(comment["body"])
        (services.add_reply if comment["public"] else services.add_note)(ticket, words, actor=actor)
    if "status" in changes:
        services.change_status(ticket, changes["status"], actor=actor)
