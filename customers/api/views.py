"""`/api/v2/orders` and `/api/v2/customer_events`: single rows and batches of up to 100, idempotent by external id."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, ClassVar, cast

from django.db import models, transaction
from django.shortcuts import get_object_or_404
from rest_framework.exceptions import ParseError, PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from customers import policies
from customers.actors import Actor
from customers.api.people import find_or_create
from customers.api.rows import EventIn, OrderIn, RowIn, event_payload, order_payload
from customers.errors import Refused
from customers.merging import survivor_of
from customers.models import Customer, CustomerEvent, Order
from customers.orders import Outcome, write_event, write_order
from helpdesk.accounts.idempotency import once
from helpdesk.accounts.models import User
from helpdesk.accounts.tokens import Scope
from helpdesk.lib.typed import whole_number

MOST_AT_ONCE = 100


class Told(APIView):
    """One kind of row that others tell us. `one` and `many` are the envelopes; a batch answers for each of its rows."""

    scope = Scope.ORDERS
    one: ClassVar[str]
    many: ClassVar[str]
    model: ClassVar[type[models.Model]]
    form: ClassVar[type[RowIn]]

    def get(self, request: Request) -> Response:
        """The newest first; `customer_id`, `external_id`, `source` narrow it; cursor as everywhere."""
        _require(policies.may_see_customers(_user(request)))
        rows = self.model._default_manager.order_by("-pk")
        for name in ("customer_id", "external_id", "source"):
            if value := request.query_params.get(name):
                value = value.replace("\0", "\ufffd")  # which PostgreSQL does not take, and nothing is named by
                rows = rows.filter(**{name: _survivor(value) if name == "customer_id" else value[:160]})
        size = whole_number(request.query_params.get("page[size]", "100")) or 0
        if not 1 <= size <= MOST_AT_ONCE:
            raise ParseError("page[size] is a number from 1 to 100")
        if after := whole_number(request.query_params.get("page[after]", "")):
            rows = rows.filter(pk__lt=after)
        found = list(rows[: size + 1])
        following = str(found[size - 1].pk) if len(found) > size else None
        query = request.query_params.copy()
        query["page[after]"] = following or ""
        url = request.build_absolute_uri(f"{request.path}?{query.urlencode()}") if following else None
        return Response(
            {
                self.many: [self.payload(row, request) for row in found[:size]],
                "meta": {"has_more": bool(following), "after_cursor": following, "before_cursor": None},
                "links": {"next": url, "prev": None},
            }
        )

    @once
    def post(self, request: Request) -> Response:
        return self._write(request)

    @once
    def put(self, request: Request) -> Response:
        return self._write(request)

    def _write(self, request: Request) -> Response:
        _require(policies.may_edit_customer(_user(request)))
        data = request.data if isinstance(request.data, dict) else {}
        if isinstance(data.get(self.many), list):
            return self._write_many(request, data[self.many], create=data.get("create_customer") is True)
        if not isinstance(data.get(self.one), dict):
            missing = {"error": "ParameterMissing", "description": f"Parameter {self.one} or {self.many} is required"}
            return Response(missing, HTTPStatus.BAD_REQUEST)
        row, outcome = self._write_one(request, data[self.one], create=data.get("create_customer") is True)
        payload = self.payload(row, request)
        if outcome is not Outcome.CREATED:
            return Response({self.one: payload}, HTTPStatus.OK)
        return Response({self.one: payload}, HTTPStatus.CREATED, headers={"Location": payload["url"]})

    def _write_many(self, request: Request, given: list[Any], *, create: bool) -> Response:
        """Each row for itself: one that is refused leaves the others as they are.

        Written by name and not as they came: batches that are told at once wait for each other, never in a circle.
        """
        if len(given) > MOST_AT_ONCE:
            said = f"At most {MOST_AT_ONCE} at once"
            return Response(
                {"error": "TooManyValues", "description": said, "max_count": MOST_AT_ONCE}, HTTPStatus.BAD_REQUEST
            )
        by_name = sorted(enumerate(given), key=lambda row: _name_of(row[1]))
        results = [self._result(index, request, each, create) for index, each in by_name]
        return Response({"results": sorted(results, key=lambda result: result["index"])})

    def _result(self, index: int, request: Request, given: Any, create: bool) -> dict[str, Any]:
        try:
            with transaction.atomic():
                row, outcome = self._write_one(request, given, create=create)
        except ValidationError as error:
            return {"index": index, "status": "failed", "error": "RecordInvalid", "details": _words(error.detail)}
        except Refused as refusal:
            details = {refusal.field or "base": [str(refusal)]}
            return {"index": index, "status": "failed", "error": "RecordInvalid", "details": details}
        return {"index": index, "status": outcome.value, "id": row.pk, "external_id": row.external_id}

    @transaction.atomic
    def _write_one(self, request: Request, given: Any, *, create: bool) -> tuple[Any, Outcome]:
        form = self.form(data=given)
        form.is_valid(raise_exception=True)
        read: dict[str, Any] = dict(form.validated_data)
        actor = Actor.agent(_user(request))
        may_create = read.pop("create_customer") or create
        customer = find_or_create(read.pop("named"), may_create=may_create, actor=actor)
        return self.write(customer, read, actor)

    @abstractmethod
    def write(self, customer: Customer, read: dict[str, Any], actor: Actor) -> tuple[Any, Outcome]: ...

    @abstractmethod
    def payload(self, row: Any, request: Request) -> dict[str, Any]: ...


class Orders(Told):
    one, many, model, form = "order", "orders", Order, OrderIn

    def write(self, customer: Customer, read: dict[str, Any], actor: Actor) -> tuple[Order, Outcome]:
        source, external_id = read.pop("source"), read.pop("external_id")
        return write_order(
            customer, {"number": external_id[:80], **read}, source=source, external_id=external_id, actor=actor
        )

    def payload(self, row: Order, request: Request) -> dict[str, Any]:
        return order_payload(row, request.build_absolute_uri(f"/api/v2/orders/{row.pk}.json"))


class CustomerEvents(Told):
    one, many, model, form = "customer_event", "customer_events", CustomerEvent, EventIn

    def write(self, customer: Customer, read: dict[str, Any], actor: Actor) -> tuple[CustomerEvent, Outcome]:
        kind, source, external_id = read.pop("kind"), read.pop("source"), read.pop("external_id")
        return write_event(customer, kind, read, source=source, external_id=external_id)

    def payload(self, row: CustomerEvent, request: Request) -> dict[str, Any]:
        return event_payload(row, request.build_absolute_uri(f"/api/v2/customer_events/{row.pk}.json"))


class OrderDetail(APIView):
    scope = Scope.ORDERS

    def get(self, request: Request, pk: str) -> Response:
        _require(policies.may_see_customers(_user(request)))
        return Response({"order": Orders().payload(get_object_or_404(Order, pk=int(pk)), request)})


class CustomerEventDetail(APIView):
    scope = Scope.ORDERS

    def get(self, request: Request, pk: str) -> Response:
        _require(policies.may_see_customers(_user(request)))
        event = get_object_or_404(CustomerEvent, pk=int(pk))
        return Response({"customer_event": CustomerEvents().payload(event, request)})


def _user(request: Request) -> User:
    return cast(User, request.user)


def _name_of(row: Any) -> tuple[str, str]:
    return (str(row.get("source", "shop")), str(row.get("external_id", ""))) if isinstance(row, dict) else ("", "")


def _survivor(text: str) -> int:
    """Who holds the rows of the customer with this id: whoever they were merged into, 0 where there is none."""
    customer = Customer.objects.filter(pk=whole_number(text) or 0).first()
    return survivor_of(customer).pk if customer else 0


def _require(allowed: bool) -> None:
    if not allowed:
        raise PermissionDenied


def _words(detail: Any) -> Mapping[str, list[str]]:
    fields = detail if isinstance(detail, dict) else {"base": detail}
    return {str(field): _flat(errors) for field, errors in fields.items()}


def _flat(errors: Any) -> list[str]:
    """The items of an order have errors of their own: all of them in one list."""
    if isinstance(errors, dict):
        return [f"{field}: {text}" for field, each in errors.items() for text in _flat(each)]
    if isinstance(errors, list):
        return [text for each in errors for text in _flat(each)]
    return [str(errors)]
