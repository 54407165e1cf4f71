"""Taking parts of a message out, wherever they stand: ▇▇▇ on the ticket, in drafts and logs; sources are removed.

The event says how much was redacted, never what. What a customer or another system has received already is theirs.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from customers.actors import Actor
from customers.models import PrivacyAct
from customers.privacy_log import note_act
from helpdesk.lib.masking import Mask, fold
from tickets.event_words import reword_events
from tickets.events import MessageRedacted
from tickets.models import Attachment, Draft, DraftRevision, Excerpt, Message, Notification, ReplyProposal, RuleTrace
from tickets.search.forgetting import forget_words, words_on
from tickets.services.errors import Refused
from tickets.services.gesture import Gesture, gesture
from tickets.unused_files import let_go

MOST_PASSAGES = 50
LONGEST = 20_000  # characters of a passage
LEAST_ELSEWHERE = 5  # letters: what is shorter is redacted in the chosen message only
TEXTS, MARKUP = ("text", "quoted_text", "subject"), ("html", "quoted_html")


def redact_message(
    message: Message, passages: Sequence[str], *, actor: Actor, attachment_ids: Collection[int] = ()
) -> Message:
    """Replace each passage by ▇▇▇, in this message and wherever else on its ticket it is repeated; remove the files.

    Raises `Refused` when there is nothing to redact, or a passage is not in the message: it may be redacted already.
    """
    chosen = _checked(message, passages, attachment_ids)
    with transaction.atomic():
        words = words_on([message.ticket_id])
        with gesture(message.ticket, actor=actor) as g:
            locked = Message.objects.select_for_update().get(pk=message.pk)
            _refuse_absent(locked, chosen)
            changed = _redact_words(g, locked, chosen)
            files, with_them = _remove_files(g, locked, attachment_ids)
            g.record(MessageRedacted(locked.pk, len(chosen), files, len(changed - {locked.pk})), message=locked)
            mask = Mask([passage for passage in chosen if len(fold(passage)) >= LEAST_ELSEWHERE])
            for path in settings.REDACTION_REACHES:
                import_string(path)(g.ticket, mask, messages=changed | with_them | {locked.pk})
            note_act(
                PrivacyAct.REDACTED, actor=actor, customer=locked.author_customer_id, ticket=g.ticket.pk, now=g.now,
                message=locked.pk, passages=len(chosen), files=files,
            )  # fmt: skip
        forget_words(words)
    return locked


def _checked(message: Message, passages: Sequence[str], attachment_ids: Collection[int]) -> list[str]:
    chosen = [passage for each in passages if fold(passage := each.strip())]
    if len(chosen) > MOST_PASSAGES or any(len(passage) > LONGEST for passage in chosen):
        raise Refused(_("At most %(count)s passages at once.") % {"count": MOST_PASSAGES})
    theirs = message.attachments.filter(pk__in=list(attachment_ids), removed_at=None).count()
    if theirs < len(set(attachment_ids)):
        raise Refused(_("One of these files is not on the message any more."))
    if not chosen and not theirs:
        raise Refused(_("Say which words or files are to be taken out."))
    return chosen


def _refuse_absent(message: Message, chosen: Sequence[str]) -> None:
    for passage in chosen:
        mask = Mask([passage])
        shown = any(mask.found_in(getattr(message, name)) for name in TEXTS)
        if not shown and not any(mask.html(getattr(message, name)) != getattr(message, name) for name in MARKUP):
            raise Refused(_("Some of these words are not in the message. Were they redacted meanwhile?"))


def _redact_words(g: Gesture, message: Message, chosen: Sequence[str]) -> set[int]:
    """The message itself, then all that repeats it; the ids of the messages that had the words."""
    here, elsewhere = Mask(chosen), Mask([each for each in chosen if len(fold(each)) >= LEAST_ELSEWHERE])
    changed = {message.pk} if _redact(message, here) else set()
    _redact_excerpts(Excerpt.objects.filter(message=message), here)
    if elsewhere:
        others = Message.objects.filter(ticket=g.ticket).exclude(pk=message.pk)
        changed |= {other.pk for other in others if _redact(other, elsewhere)}
        _redact_excerpts(Excerpt.objects.filter(message__ticket=g.ticket), elsewhere)
        _redact_around(g, elsewhere)
    newest = Message.objects.public().filter(ticket=g.ticket, is_automatic=False).order_by("-created_at", "-pk").first()
    preview = " ".join(newest.text[:400].split())[:140] if newest else ""
    g.change(subject=elsewhere.text(g.ticket.subject)[:300], preview=preview)
    return changed


def _redact(message: Message, mask: Mask) -> bool:
    before = [getattr(message, name) for name in (*TEXTS, *MARKUP)]
    for name in TEXTS:
        setattr(message, name, mask.text(getattr(message, name)))
    for name in MARKUP:
        setattr(message, name, mask.html(getattr(message, name)))
    if before == [getattr(message, name) for name in (*TEXTS, *MARKUP)]:
        return False
    message.match_evidence, message.facts = mask.json(message.match_evidence), mask.json(message.facts)
    message.save(update_fields=[*TEXTS, *MARKUP, "match_evidence", "facts"])
    return True


def _redact_excerpts(excerpts: QuerySet[Excerpt], mask: Mask) -> None:
    """What was shared with the product team; an empty one is told as one whose words are gone."""
    for excerpt in excerpts:
        masked = mask.text(excerpt.words)
        if masked != excerpt.words:
            Excerpt.objects.filter(pk=excerpt.pk).update(words=masked)


def _redact_around(g: Gesture, mask: Mask) -> None:
    """What repeats words of messages: events, drafts and what they were before, traces of rules, notices."""
    number = g.ticket.pk
    reword_events([number], lambda _kind, payload: mask.json(dict(payload)))
    for model in (Draft, DraftRevision, ReplyProposal):
        for row in model._default_manager.filter(ticket=number):
            masked = mask.html(row.html)
            if masked != row.html:
                row.html = masked
                row.save(update_fields=["html"])
    for trace in RuleTrace.objects.filter(ticket=number):
        masked = mask.json(trace.steps)
        if masked != trace.steps:
            RuleTrace.objects.filter(pk=trace.pk).update(steps=masked)
    for notice in Notification.objects.filter(ticket=number).exclude(detail=""):
        if mask.found_in(notice.detail):
            Notification.objects.filter(pk=notice.pk).update(detail=mask.text(notice.detail)[:300])


def _remove_files(g: Gesture, message: Message, attachment_ids: Collection[int]) -> tuple[int, set[int]]:
    """Their rows say that they were there, who removed them and when; copies of the same bytes on the ticket too.

    How many, and the messages that had them: the sources of those hold them as well.
    """
    hashes = message.attachments.filter(pk__in=list(attachment_ids)).values_list("sha256", flat=True)
    copies = Attachment.objects.filter(message__ticket=g.ticket, sha256__in=[each for each in hashes if each])
    let_go(copies.values_list("file", flat=True))
    with_them = {pk for pk in copies.values_list("message_id", flat=True) if pk}
    named = {"removed_at": g.now, "removed_by": g.actor.name[:200]}
    count = copies.update(file="", filename="", sha256="", content_id="", inline=False, scan_detail="", **named)
    return count, with_them
