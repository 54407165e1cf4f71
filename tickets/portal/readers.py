"""Who asks for an article: `settings.KNOWLEDGE_READER`."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils import timezone

from customers.models import Customer, Segment
from helpdesk.accounts.models import User
from knowledge_base.audience import ANYBODY, STAFF, Reader
from knowledge_base.models import AudienceKind, Section
from tickets.customers.segments import badges_of
from tickets.portal.sessions import customer_of


def reader_of(request: HttpRequest) -> Reader:
    """Staff read everything; a signed-in customer what is for them, their organisations and their segments."""
    if isinstance(request.user, User):
        return STAFF
    customer = customer_of(request)
    return reader_for(customer) if customer else ANYBODY


def reader_for(customer: Customer) -> Reader:
    """What this customer may read once signed in, also when it is not them who asks."""
    organisations = set()
    above = customer.organisation
    while above and above.pk not in organisations:  # what is meant for the parent is meant for its branches
        organisations.add(above.pk)
        above = above.parent
    asked = Segment.objects.in_use().filter(pk__in={number for ids in _segments_asked_for() for number in ids})
    return Reader(
        customer_id=customer.pk,
        organisation_ids=frozenset(organisations),
        segment_ids=frozenset(held.id for held in badges_of(customer, now=timezone.now(), badges=asked)),
    )


def _segments_asked_for() -> list[list[int]]:
    return list(Section.objects.filter(audience=AudienceKind.CHOSEN).values_list("segment_ids", flat=True))
