"""What was written: the subject, the first message, any message."""

from __future__ import annotations

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from tickets.conditions.field import WORDS, Field
from tickets.conditions.scopes import EVERYWHERE, TRIGGER
from tickets.conditions.sources import Column, Related
from tickets.conditions.words import Words
from tickets.models import DeliveryState, Message


def messages(ticket: str = "pk") -> QuerySet[Message]:
    """Notes too, but nothing that was taken back."""
    return Message.objects.filter(ticket=OuterRef(ticket)).exclude(delivery_state=DeliveryState.CANCELLED)


def first_message() -> QuerySet[Message]:
    return messages().filter(pk=Subquery(messages("ticket_id").order_by("pk").values("pk")[:1]))


FIELDS: tuple[Field, ...] = (
    Field("subject_includes_word", _("Subject"), WORDS, Words(any_accents=True), Column("subject")),
    Field("description_includes_word", _("First message"), WORDS, Words(), Related(first_message, "text")),
    Field(
        "comment_includes_word", _("Any message"), WORDS, Words(), Related(messages, "text"),
        scopes=EVERYWHERE - {TRIGGER},
    ),
)  # fmt: skip
