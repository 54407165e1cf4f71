"""What a conversation shows of a telephone call, from the facts of its message alone."""

from __future__ import annotations

from html import escape

from django import template
from django.utils.translation import gettext as _

from helpdesk.templatetags.ui import icon
from tickets.calls.callers import shown
from tickets.chat.spans import span
from tickets.models import CallDirection, CallState, Message, Outcome

register = template.Library()

CARD = '<p class="call row wrap" data-call="{pk}">{icon}<b>{what}</b><bdi>{number}</bdi>{facts}</p>'
FACT = '<span class="pill">{}</span>'
ICONS = {
    Outcome.MISSED: "phone-missed", Outcome.NO_ANSWER: "phone-missed", Outcome.BUSY: "phone-missed",
    Outcome.VOICEMAIL: "voicemail", Outcome.CALLBACK: "phone-outgoing", Outcome.FAILED: "phone-off",
}  # fmt: skip


def call_card(m: Message) -> str:
    """Empty for what tells of no call."""
    told = m.facts.get("told") if m.facts else None
    if not told:
        return ""
    is_in = told["direction"] == CallDirection.IN
    glyph = ICONS.get(told["outcome"], "phone-incoming" if is_in else "phone-outgoing")
    what = _("Incoming call") if is_in else _("Outgoing call")
    return CARD.format(
        pk=int(m.facts["call"]),
        icon=icon(glyph, "sm"),
        what=escape(what),
        number=escape(shown(m.from_address)),
        facts="".join(FACT.format(escape(fact)) for fact in _facts(told)),
    )


def _facts(told: dict[str, object]) -> list[str]:
    """Its state while it goes on, then what came of it and how long it took."""
    if told["state"] != CallState.ENDED:
        return [str(CallState(str(told["state"])).label)]
    facts = [str(Outcome(str(told["outcome"])).label)] if told["outcome"] else []
    lengths = (("talked", _("%(time)s talked")), ("waited", _("%(time)s waited")), ("held", _("%(time)s on hold")))
    seconds = {name: int(str(told[name])) for name, _words in lengths}
    return facts + [words % {"time": span(seconds[name])} for name, words in lengths if seconds[name]]
