"""What readers of the help centre did, and how long it is kept: offers and votes lose the person and their words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from customers.retention import Kind
from knowledge_base.models import Offer, View, Vote


def _old_views(before: datetime) -> QuerySet[View]:
    return View.objects.filter(at__lt=before).order_by("at", "pk")


def _forget_views(ids: Sequence[int]) -> None:
    View.objects.filter(pk__in=ids).delete()


def _old_votes(before: datetime) -> QuerySet[Vote]:
    """With words or a name; the visitor's random one is gone from every browser after three days."""
    return Vote.objects.filter(at__lt=before).exclude(text="", customer_id=None).order_by("at", "pk")


def _forget_votes(ids: Sequence[int]) -> None:
    Vote.objects.filter(pk__in=ids).update(text="", customer_id=None)


def _old_offers(before: datetime) -> QuerySet[Offer]:
    return Offer.objects.filter(at__lt=before).exclude(words="", customer_id=None).order_by("at", "pk")


def _forget_offers(ids: Sequence[int]) -> None:
    Offer.objects.filter(pk__in=ids).update(words="", customer_id=None)


KINDS = (
    Kind(
        "article_views",
        _("Who read which article"),
        _("Readings are deleted; the help centre's numbers of that time go with them."),
        _old_views,
        _forget_views,
        chunk=2_000,
    ),
    Kind(
        "article_votes",
        _("What readers said of articles"),
        _("Words and customers go; yes and no, and the reason, stay."),
        _old_votes,
        _forget_votes,
    ),
    Kind(
        "article_offers",
        _("What articles were offered to whom"),
        _("Subjects and customers go; how often it helped stays."),
        _old_offers,
        _forget_offers,
    ),
)
