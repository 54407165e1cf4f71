"""A reply by another way than e-mail: what the way takes is checked here, whoever writes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.models import Purpose
from helpdesk.lib.html import html_to_text
from tickets.message_facts import MessageFacts
from tickets.models import Attachment
from tickets.routes import Capabilities, Route
from tickets.services.errors import Refused


@dataclass(frozen=True)
class Words:
    """What is said: of a template, its words with the variables filled in."""

    html: str
    attachment_ids: Sequence[int] = ()
    template: dict[str, Any] | None = None
    facts: MessageFacts = field(default_factory=lambda: MessageFacts())


def in_words(
    html: str,
    attachment_ids: Sequence[int],
    route: Route | None,
    template: Mapping[str, Any] | None,
    facts: MessageFacts | None,
) -> Words:
    if template is None:
        return Words(html, attachment_ids, None, facts or {})
    if route is None or route.door is None or not route.can.has_templates:
        raise Refused(_("This way has no templates."), field="template")
    if attachment_ids:
        raise Refused(_("Files can’t be sent with a template."), field="files")
    filled = route.door.fill(route, template)
    return Words(filled.html, (), filled.template, facts or {})


def by_route(
    route: Route, words: Words, *, purpose: str = Purpose.SUPPORT, at: datetime, by_person: bool = True
) -> dict[str, Any]:
    """The fields of a message that goes by `route` then. Raises `Refused` for what its channel does not take."""
    check(route, at=at, has_template=words.template is not None, purpose=purpose, by_person=by_person)
    check_words(route, words.html)
    check_files(route, words.attachment_ids)
    return {
        "channel": route.channel,
        "from_address": route.account[:320],
        "to": [route.addressee[:320]],
        "facts": facts_of(route, words),
    }


def check(route: Route, *, at: datetime, has_template: bool, purpose: str, by_person: bool = True) -> None:
    """Raises `Refused` where nothing can be sent by `route` at that time, or only a template."""
    if route.unreachable:
        raise Refused(route.unreachable, field="route")
    if route.door and not route.door.is_wanted(route, purpose):
        raise Refused(unwanted(route), field="route")
    if has_template and not route.can.has_templates:
        raise Refused(_("%(channel)s has no templates.") % {"channel": route.channel_label}, field="template")
    if not has_template and not route.takes_words(at, by_person=by_person):
        raise Refused(window_over(route), field="route")


def unwanted(route: Route) -> str:
    words = _("%(who)s does not want to be written to by %(channel)s: see “Consent” on the customer’s page.")
    return words % {"who": route.person or route.address, "channel": route.channel_label}


def window_over(route: Route) -> str:
    """Why nothing of our own words can be sent, and what to do."""
    if route.can.has_templates and route.open_until is None:
        words = _("%(channel)s takes words of our own only once the customer has written. Choose a template.")
    elif route.can.has_templates:
        words = _(
            "%(channel)s takes words of our own only for a while after the customer’s last message, and that is over. "
            "Choose a template."
        )
    else:
        words = _(
            "%(channel)s takes answers only for a while after the customer’s last message, and that is over. "
            "Answer by another way, or wait until they write."
        )
    return words % {"channel": route.channel_label}


def check_words(route: Route, html: str) -> None:
    """Raises `Refused` for more words than the channel takes."""
    if route.can.text_limit is None:
        return
    over = length(route.can, html_to_text(html).strip()) - route.can.text_limit
    if over > 0:
        words = ngettext(
            "This is %(count)s character longer than %(channel)s takes.",
            "This is %(count)s characters longer than %(channel)s takes.",
            over,
        )
        raise Refused(words % {"count": over, "channel": route.channel_label}, field="body")


def length(can: Capabilities, text: str) -> int:
    """As the channel counts it."""
    return len(text.encode()) if can.counts_bytes else len(text)


def check_files(route: Route, attachment_ids: Collection[int]) -> None:
    """Raises `Refused` with what the channel takes, for files of other kinds or sizes."""
    if not attachment_ids:
        return
    if not route.can.files_per_message:
        raise Refused(_("%(channel)s takes no files.") % {"channel": route.channel_label}, field="files")
    for file in Attachment.objects.filter(pk__in=attachment_ids):
        check_file(route, file.filename, file.content_type, file.size)


def check_file(route: Route, filename: str, content_type: str, size: int) -> None:
    named = {"name": filename, "channel": route.channel_label}
    fitting = [rule for rule in route.can.files if content_type.startswith(rule.types)]
    if not fitting:
        raise Refused(_("%(channel)s does not take files like “%(name)s”.") % named, field="files")
    largest = max(rule.largest for rule in fitting)
    if size > largest:
        words = _("“%(name)s” is too large: %(channel)s takes such files up to %(limit)s.")
        raise Refused(words % {**named, "limit": filesizeformat(largest)}, field="files")


def facts_of(route: Route, words: Words) -> MessageFacts:
    """What the message keeps: its conversation, which begins now where there was none."""
    kept: MessageFacts = {**words.facts}
    kept["conversation"] = route.conversation or (route.door.begin(route) if route.door else 0)
    if words.template:
        kept["template"] = words.template
    if route.is_public:
        kept["is_public"] = True
    return kept


def files_taken(can: Capabilities) -> Sequence[tuple[str, int]]:
    """For the composer: prefixes of content types and the largest of each, in bytes."""
    return [(prefix, rule.largest) for rule in can.files for prefix in rule.types]
