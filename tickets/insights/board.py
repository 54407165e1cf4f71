"""Topics and what customers said about them. Services refuse with `customers.errors.Refused`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.actors import Actor
from customers.errors import Refused
from customers.events import Event, record
from customers.models import Customer
from customers.timeline import LINES, Happened
from customers.words import block, line, tags
from helpdesk.accounts.models import User
from tickets.models import Excerpt, Message, MessageKind, Topic, TopicStatus

LONGEST = 2_000  # characters of an excerpt
LONGEST_TITLE = 120


@dataclass(frozen=True)
class FeedbackShared(Event):
    """On the customer: their words went to the product team."""

    kind: ClassVar[str] = "feedback.shared"
    excerpt_id: int
    topic_id: int
    topic: str


@transaction.atomic
def create_topic(title: str, *, by: User, tags_in: Any = ()) -> Topic:
    """The one of that title when there is one already, whatever its letters' case."""
    title = line(title, LONGEST_TITLE)
    if not title:
        raise Refused(_("Give the topic a title."), field="title")
    if known := Topic.objects.filter(title__iexact=title).first():
        return known
    return Topic.objects.create(title=title, tags=tags(tags_in), created_by=by, owner=None)


@transaction.atomic
def share_feedback(
    topic: Topic, customer: Customer, words: str, *, by: User, message: Message | None = None
) -> Excerpt:
    """Put what a customer said on the board. Of a message only words that stand in it; a note is no customer's word."""
    customer = Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    if customer.merged_into_id or customer.erased_at:
        raise Refused(_("This record was merged or erased."))
    words = block(words, LONGEST).strip()
    if not words:
        raise Refused(_("Choose the words that the product team should read."), field="words")
    if message is not None:
        _refuse_others_words(message, words)
        if twin := topic.excerpts.filter(message=message, words=words).first():
            return twin
    shared = Excerpt.objects.create(topic=topic, customer=customer, message=message, words=words, shared_by=by)
    record(customer, FeedbackShared(shared.pk, topic.pk, topic.title), actor=Actor.agent(by))
    return shared


@transaction.atomic
def change_topic(topic: Topic, *, now: datetime | None = None, **values: Any) -> Topic:
    """Its title, tags, status or owner; `status_changed_at` says since when it has the status."""
    topic = Topic.objects.select_for_update().get(pk=topic.pk)
    if "title" in values:
        values["title"] = line(values["title"], LONGEST_TITLE)
        if not values["title"]:
            raise Refused(_("Give the topic a title."), field="title")
    if "tags" in values:
        values["tags"] = tags(values["tags"])
    if values.get("status", topic.status) not in TopicStatus.values:
        raise Refused(_("There is no such status."), field="status")
    if values.get("status", topic.status) != topic.status:
        topic.status_changed_at = now or timezone.now()
    for name in ("title", "tags", "status", "owner"):
        if name in values:
            setattr(topic, name, values[name])
    topic.save()
    return topic


def remove_excerpt(excerpt: Excerpt) -> None:
    """What was put there by mistake; the customer's history keeps that it was shared."""
    excerpt.delete()


def board(*, status: str = "", tag: str = "") -> QuerySet[Any]:
    """Topics with how many customers and organisations asked, most asked first."""
    topics = Topic.objects.select_related("owner").annotate(
        customers=Count("excerpts__customer", distinct=True),
        organisations=Count("excerpts__customer__organisation", distinct=True),
        said=Count("excerpts", distinct=True),
    )
    if status:
        topics = topics.filter(status=status)
    if tag:
        topics = topics.filter(tags__contains=[tag])
    return topics.order_by("-customers", "-pk")


def known_tags() -> list[str]:
    rows = Topic.objects.exclude(tags=[]).values_list("tags", flat=True)
    return sorted({tag for row in rows for tag in row})


def excerpts_of(topic: Topic) -> QuerySet[Excerpt]:
    return topic.excerpts.select_related("customer__organisation", "message__ticket", "shared_by")


def topics_for(words: str, limit: int = 20) -> Iterable[Topic]:
    """To choose from: those whose title has the words, open ones first."""
    found = Topic.objects.filter(title__icontains=words) if words else Topic.objects.all()
    return found.exclude(status=TopicStatus.DECLINED).order_by("-pk")[:limit]


def _refuse_others_words(message: Message, words: str) -> None:
    if message.kind != MessageKind.PUBLIC or not message.is_from_customer:
        raise Refused(_("Only what a customer wrote goes to the board."), field="words")
    if " ".join(words.split()) not in " ".join(message.text.split()):
        raise Refused(_("These words do not stand in the message."), field="words")


def _shared_line(happened: Happened) -> str:
    known = {"who": happened.who, "topic": happened.payload.get("topic", "–")}
    return _("%(who)s shared feedback on “%(topic)s”") % known


LINES[FeedbackShared.kind] = _shared_line
