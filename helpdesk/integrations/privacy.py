"""Webhooks' and Slack's part of privacy: what was said to others is not kept here with words that are to go.

What they have received is theirs; docs/privacy.md says so. What waits to be said is said without the words.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from django.db.models import QuerySet

from customers.person import Person
from helpdesk.integrations.models import (
    SlackEvent,
    SlackPost,
    SlackPostState,
    SlackThread,
    WebhookAttempt,
    WebhookDelivery,
)
from helpdesk.lib.masking import Mask
from tickets.customers.others_words import masks_of
from tickets.models import Ticket


def erase_tickets(
    person: Person,
    *,
    own: Collection[int],
    tickets: Sequence[int],
    messages: Collection[int],
    sentences: Mapping[int, Sequence[str]],
) -> None:
    """Of `settings.ERASURE_OF_TICKETS`."""
    empty_deliveries(WebhookDelivery.objects.filter(ticket_number__in=own))
    _empty_posts(own)
    for number in set(tickets) - set(own):
        mask = masks_of(person, sentences, number)
        _mask_deliveries(number, mask)
        _mask_posts(number, mask)


def redact(ticket: Ticket, mask: Mask, *, messages: Collection[int]) -> None:
    """Of `settings.REDACTION_REACHES`."""
    _mask_deliveries(ticket.pk, mask)
    _mask_posts(ticket.pk, mask)


def empty_deliveries(deliveries: QuerySet[WebhookDelivery]) -> int:
    """What was said, to whom and when stays countable."""
    rows = list(deliveries.order_by("pk"))
    for delivery in rows:
        said = json.loads(delivery.body)
        kept = {"type": said.get("type"), "timestamp": said.get("timestamp"), "data": {"erased": True}}
        delivery.body = json.dumps(kept)
    WebhookDelivery.objects.bulk_update(rows, ["body"], batch_size=200)
    attempts = WebhookAttempt.objects.filter(delivery__in=rows)
    attempts.update(response_body="", response_headers={}, error="")
    return len(rows)


def _mask_deliveries(number: int, mask: Mask) -> None:
    for delivery in WebhookDelivery.objects.filter(ticket_number=number):
        said = json.loads(delivery.body)
        masked = mask.json(said)
        if masked != said:
            body = json.dumps(masked, ensure_ascii=False)
            WebhookDelivery.objects.filter(pk=delivery.pk).update(body=body)
            WebhookAttempt.objects.filter(delivery=delivery).update(response_body="", response_headers={})


def _empty_posts(numbers: Collection[int]) -> None:
    posts = SlackPost.objects.filter(thread__ticket__in=numbers)
    posts.exclude(state=SlackPostState.SENT).update(state=SlackPostState.FAILED, error="")
    posts.update(text="")
    _change_heard(SlackThread.objects.filter(ticket__in=numbers), lambda _body: {})


def _mask_posts(number: int, mask: Mask) -> None:
    for post in SlackPost.objects.filter(thread__ticket=number):
        masked = mask.text(post.text)
        if masked != post.text:
            SlackPost.objects.filter(pk=post.pk).update(text=masked)
    _change_heard(SlackThread.objects.filter(ticket=number), mask.json)


def _change_heard(threads: Iterable[SlackThread], change: Callable[[dict[str, object]], dict[str, object]]) -> None:
    """What Slack told us was said in these threads."""
    for thread in threads:
        if not thread.root_ts:
            continue
        heard = SlackEvent.objects.filter(workspace=thread.workspace_id, body__event__channel=thread.channel_id)
        for event in heard.filter(body__event__thread_ts=thread.root_ts):
            event.body = change(event.body)
            event.save(update_fields=["body"])
