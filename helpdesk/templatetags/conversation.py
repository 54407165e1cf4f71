"""The conversation of a ticket, for fragments. Files and foot, which only some messages have, are fragments again."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Any, cast

from django import template
from django.template import engines
from django.template.loader import get_template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from jinja2 import Environment, TemplateNotFound, pass_context
from jinja2.runtime import Context

from helpdesk.lib.card_numbers import card_numbers
from helpdesk.lib.people import hue_of, initials_of
from helpdesk.templatetags import bubble
from helpdesk.templatetags.call_card import call_card
from helpdesk.templatetags.ui import avatar, channel_icon, clocktime, dayname, icon, longdate
from tickets.models import MESSAGING, Channel, Message, MessageKind, TicketEvent
from tickets.timeline import LINES, Entry

register = template.Library()

MESSAGE = """\
<li id="{id}" class="msg{classes}">{face}\
<div><div class="mh"><b><bdi>{who}</bdi></b>{via}{time}</div>\
<div class="body">{warnings}{call}{answered}{words}{quoted}{files}{besides}</div>{reactions}{foot}</div></li>
"""
FRAME = """\
<ot-mail-frame>{before}<iframe src="{src}" title="{title}" loading="lazy" \
sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"></iframe></ot-mail-frame>"""
NOTICE = '<div class="notice tone-amber">{icon}<span class="grow">{text}</span></div>'
IMAGES = """\
<div class="notice tone-slate imagesnotice">{icon}<span class="grow">{text}</span>\
<button type="button" data-images>{show}</button></div>"""
QUOTED = '<details class="quote" id="q{pk}"><summary aria-label="{label}">···</summary>{words}</details>'
FOOT, BUBBLE_FOOT = "tickets/_message_foot.html", "tickets/_bubble_foot.html"
PLAIN = '<div class="words plain" dir="auto">{}</div>'


@register.simple_tag(takes_context=True)
@pass_context
def conversation(context: Context, entries: Iterable[Entry]) -> SafeString:
    """The `<li>` of each message and event line, under the headings of their days."""
    drawn = []
    for entry in entries:
        if entry.new_day:
            drawn.append(f'<li class="day" id="day-{entry.new_day:%Y%m%d}">{escape(dayname(entry.new_day))}</li>')
        if entry.message:
            if entry.crossing:
                drawn.append(_crossing(entry.crossing, entry.message))
            drawn.append(message(context, entry.message))
        elif entry.event:
            drawn.append(_line(entry.event, entry.line, context.environment))
    return SafeString("".join(drawn))  # every text in an entry is escaped, every html sanitised


def _crossing(channel: str, m: Message) -> str:
    words = _("Continued by %(channel)s") % {"channel": Channel(channel).label}
    return f'<li class="ev crossing" id="x{m.pk}">{channel_icon(channel, "sm")}{escape(words)}</li>'


@register.simple_tag
def event_line(event: TicketEvent) -> SafeString:
    """An event as the conversation tells it; what has no line of its own there is told by its kind."""
    if event.kind in LINES:
        return SafeString(_line(event, f"tickets/events/{event.kind}.html", _fragments()))  # as above
    return SafeString(f'<li class="ev" id="e{event.pk}">{escape(_told(event))}{clocktime(event.created_at)}</li>')


def _told(event: TicketEvent) -> str:
    who = {"who": event.actor_name}
    match event.kind:
        case "ticket.opened":
            return _("%(who)s opened the ticket") % who
        case "message.received":
            return _("%(who)s wrote a message") % who
        case "reply.added":
            return _("%(who)s replied") % who
        case "note.added":
            return _("%(who)s wrote a note") % who
        case "rule.mailed":
            return _("%(who)s mailed %(to)s") % {**who, "to": ", ".join(event.payload["to"])}
        case "message.reacted":
            return _("%(who)s reacted to a message") % who
        case "file.fetched":
            return _("A file of a message came after its words")
    return f"{event.actor_name}: {event.kind}"


def _line(event: TicketEvent, line: str, fragments: Environment) -> str:
    return f'<li class="ev" id="e{event.pk}">{_sentence(event, line, fragments)}</li>'


@register.simple_tag
def sentence_of(event: TicketEvent, line: str) -> SafeString:
    """What happened, and when. `line` names a fragment; with a plural in it, a Django template."""
    return SafeString(_sentence(event, line, _fragments()))  # drawn by a template


def _sentence(event: TicketEvent, line: str, fragments: Environment) -> str:
    known = {"e": event, "p": event.payload}
    try:
        sentence = fragments.get_template(line).render(known)
    except TemplateNotFound:
        sentence = get_template(line).render(known)
    return f"{sentence}{clocktime(event.created_at)}"


def _fragments() -> Environment:
    backend: Any = engines["fragments"]
    return cast(Environment, backend.env)


@register.simple_tag(takes_context=True)
@pass_context
def message(context: Context, m: Message, is_news: bool = False) -> SafeString:
    """A customer's mail as a card, an own reply tinted, a note yellow with a lock.

    As news above the composer it is there a second time: under another id, and without what can be done about it.
    """
    may_redact = context.get("may_redact") and not m.erased_at and not is_news
    is_messaging = bubble.is_messaging(m) and not m.is_note
    has_foot = (m.delivery_state or m.match_rule or is_messaging or (m.is_note and may_redact)) and not is_news
    is_mine = m.author_user_id is not None and m.author_user_id == context["request"].user.pk
    drawn = MESSAGE.format(
        id=f"{'n' if is_news else 'm'}{m.pk}",
        classes=_classes(m),
        face=_face(m),
        who=escape(_("You") if is_mine else m.author_name),
        via=_via(m),
        time=clocktime(m.created_at),
        warnings=_warnings(m) + (_card_hint(m) if may_redact and not m.author_role else ""),
        call=(call := call_card(m)),
        answered=bubble.before_words(m, context.get("timeline")) if m.facts else "",
        words="" if call and not (m.text or m.html or m.erased_at) else _words(m),
        quoted=_quoted(m) if m.quoted_html or m.quoted_text else "",
        files=_part("tickets/_files.html", context, m) if getattr(m, "file_rows", None) else "",
        besides=bubble.after_words(m) if m.facts else "",
        reactions=bubble.reactions(m) if m.facts else "",
        foot=_part(BUBBLE_FOOT if is_messaging else FOOT, context, m) if has_foot else "",
    )
    return SafeString(drawn)  # as above


@register.simple_tag(takes_context=True)
@pass_context
def whole(context: Context, m: Message) -> SafeString:
    """What the card of a message holds, without the card: it folds out where only the beginning stood."""
    quoted = _quoted(m) if m.quoted_html or m.quoted_text else ""
    files = _part("tickets/_files.html", context, m) if getattr(m, "file_rows", None) else ""
    return SafeString(_warnings(m) + _words(m) + quoted + files + bubble.after_words(m))  # as above


def _part(name: str, context: Context, m: Message) -> str:
    return context.environment.get_template(name).render({**context.get_all(), "m": m})


def _classes(m: Message) -> str:
    kind = " note" if m.is_note else " out" if m.author_role else ""
    state = f" {m.delivery_state}" if m.delivery_state in ("failed", "cancelled", "scheduled") else ""
    said = " said" if bubble.is_bubble(m) and not m.is_note else ""  # it was said, not sent
    return kind + state + said + (" auto" if m.is_auto_reply else "")


def _face(m: Message) -> SafeString:
    """The timeline brings the author's name along; a message from elsewhere asks for its author."""
    known: dict[str, Any] = m.__dict__
    if "author_key" not in known:
        return avatar(m.author.initials, m.author.hue) if m.author else avatar("?", "")
    key, name = known["author_key"], known["author_title"]
    return avatar(initials_of(name), hue_of(key)) if key else avatar("?", "")


def _via(m: Message) -> str:
    if m.kind == MessageKind.NOTE:
        note = escape(pgettext("noun", "Call") if m.channel == Channel.PHONE else _("Internal note"))
        return f'<span class="via">{icon("lock", "xs")}{note}</span>{_by_rule(m)}'
    if not m.author_role:
        words = escape(_("Automatic reply"))
        automatic = f'<span class="pill">{icon("bot", "xs")}{words}</span>'
        said_from = bubble.sender(m) if m.channel in MESSAGING else m.from_address
        sender = f'{channel_icon(m.channel, "xs")}<bdi class="clip">{escape(said_from)}</bdi>'
        return f'<span class="via">{sender}</span>{automatic if m.is_auto_reply else ""}{bubble.pills(m)}'
    if m.channel in MESSAGING:
        return f"{bubble.said_to(m)}{bubble.pills(m)}{_by_rule(m)}"
    if m.channel == Channel.CHAT:
        return f'<span class="via">{channel_icon(m.channel, "xs")}</span>{_by_rule(m)}'
    recipients = ((_("to"), m.to), (_("copy to"), m.cc), (_("blind copy to"), m.bcc))
    named = " · ".join(f"{escape(words)} {_addresses(to)}" for words, to in recipients if to)
    everybody = escape(", ".join([*m.to, *m.cc, *m.bcc]))
    clipped = f'{icon("mail", "xs")}<span class="clip" title="{everybody}">{named}</span>'
    return f'<span class="via">{clipped}</span>{_by_rule(m)}'


def _by_rule(m: Message) -> str:
    if not m.is_automatic:
        return ""
    words = escape(_("Automatic"))
    return f'<span class="pill">{icon("bot", "xs")}{words}</span>'


def _addresses(addresses: Iterable[str]) -> str:
    return f"<bdi>{escape(', '.join(addresses))}</bdi>"


def _warnings(m: Message) -> str:
    """What a reader must know before believing the sender."""
    if not (m.is_unverified or m.reply_to):
        return ""
    warnings = []
    if m.is_unverified:
        new = _(
            "New person, not verified: <b>%(address)s</b> was not part of this conversation. "
            "Replies go to the requester only."
        )
        warnings.append(new % {"address": escape(m.from_address)})
    if m.reply_to:
        elsewhere = _("The mail asks for answers to <b>%(address)s</b>. Replies go to the address it came from.")
        warnings.append(elsewhere % {"address": escape(m.reply_to)})
    return "".join(NOTICE.format(icon=icon("shield-alert"), text=text) for text in warnings)


def _card_hint(m: Message) -> str:
    """A number that could be a payment card's should not lie around."""
    if not any(True for _number in card_numbers(m.text)):
        return ""
    text, redact = escape(_("This may hold the number of a payment card.")), escape(_("Redact…"))
    address = f"/agent/messages/{m.pk}/redactions/?cards=1"
    link = f'<a href="{address}" hx-get="{address}" hx-target="#redact" hx-swap="innerHTML">{redact}</a>'
    return NOTICE.format(icon=icon("shield-alert"), text=f"{text} {link}")


def _words(m: Message) -> str:
    if m.erased_at:
        gone = escape(_("The words were removed on %(day)s.") % {"day": longdate(m.erased_at)})
        return f'<div class="words muted">{icon("eraser", "sm")} {gone}</div>'
    if m.needs_frame or m.has_remote_images:
        title = escape(_("Mail from %(name)s") % {"name": m.author_name})
        return FRAME.format(
            src=f"/agent/messages/{m.pk}/body/", title=title, before=_images() if m.has_remote_images else ""
        )
    if m.html:
        return f'<div class="words" dir="auto" hx-ignore>{m.html}</div>'
    if m.text:
        return PLAIN.format(escape(m.text))
    if m.facts.get("withdrawn_at"):
        return bubble.gone(m)
    if bubble.says_something_else(m):
        return ""
    nothing = escape(_("No text"))
    return f'<div class="words muted">{nothing}</div>'


def _images() -> str:
    why = _("Pictures from the internet are blocked: loading them tells the sender that the mail was read.")
    return IMAGES.format(icon=icon("image-off"), text=escape(why), show=escape(_("Show pictures")))


def _quoted(m: Message) -> str:
    if m.quoted_html:
        src, title = f"/agent/messages/{m.pk}/body/?quoted=1", escape(_("Quoted text"))
        words = FRAME.format(src=src, title=title, before="")
    else:
        words = PLAIN.format(escape(m.quoted_text))
    return QUOTED.format(pk=m.pk, label=escape(_("Show quoted text")), words=words)
