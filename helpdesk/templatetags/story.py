"""The entries of a customer's timeline, drawn here and not by a template: forty of them are most of its page."""

from __future__ import annotations

from html import escape

from django import template
from django.template import Context
from django.utils import timezone
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from helpdesk.lib.people import hue_of, initials_of
from helpdesk.templatetags.conversation import event_line
from helpdesk.templatetags.ui import avatar, channel_icon, clocktime, dayname, icon, status_glyph
from tickets.customers.ticket_sources import Happened, Spoken
from tickets.customers.timeline import Asked, Entry, Group, Page
from tickets.events import TicketOpened
from tickets.models import Channel, DeliveryState, MessageKind, TicketEvent
from tickets.policies import may_enter

register = template.Library()

TICKET = """\
<li class="tkt" id="{id}"><{tag}>{glyph}<bdi>#{number}</bdi>\
<span class="clip" dir="auto">{subject}</span></{end}><ol>{entries}</ol></li>
"""
SPOKEN = """\
<li class="msg{classes}" id="{id}">{face}<div><div class="mh"><b><bdi>{who}</bdi></b>{via}{pills}{time}</div>\
<div class="body">{words}{more}</div></div></li>
"""
MORE = """\
<details class="whole"><summary>{label}</summary>\
<div id="w{pk}" hx-get="/agent/messages/{pk}/whole/" hx-trigger='toggle from:"closest details" once' \
hx-swap="innerHTML" hx-morph-skip><a href="/agent/tickets/{number}/#m{pk}">{link}</a></div></details>"""
LINE = '<li class="ev" id="{id}">{icon}<span class="grow">{whose}{line}</span>{time}</li>'
FOLDED = "<details><summary>{line}</summary>{detail}</details>"


@register.simple_tag(takes_context=True)
def story(context: Context, page: Page, asked: Asked, show_whose: bool) -> SafeString:
    """The `<li>` of each entry below the headings of days and tickets. A page that goes on with a day repeats none."""
    user = context["request"].user
    draw = _Story(user.pk, show_whose, may_open=may_enter(user))
    drawn, day = [], asked.after and timezone.localtime(asked.after.at).date()
    for of_day in page.days:
        if (today := timezone.localtime(of_day.at).date()) != day:
            drawn.append(f'<li class="day" id="day-{today:%Y%m%d}">{escape(dayname(of_day.at))}</li>')
        drawn += [draw.group(group) for group in of_day.groups]
        day = today
    return mark_safe("".join(drawn))  # noqa: S308 every text in an entry is escaped


class _Story:
    def __init__(self, reader: int, show_whose: bool, *, may_open: bool) -> None:
        """`may_open`: tickets are links."""
        self._reader, self._show_whose, self._may_open = reader, show_whose, may_open

    def group(self, group: Group) -> str:
        entries = "".join(self.entry(entry) for entry in group.entries)
        if group.ticket is None:
            return entries
        number = group.ticket.number
        return TICKET.format(
            id=group.id,
            tag=f'a class="tkth" href="/agent/tickets/{number}/"' if self._may_open else 'span class="tkth"',
            end="a" if self._may_open else "span",
            number=number,
            glyph=status_glyph(group.ticket.status),
            subject=escape(group.ticket.subject or _("No subject")),
            entries=entries,
        )

    def entry(self, entry: Entry) -> str:
        told = entry.told
        if isinstance(told, Spoken):
            return self._spoken(entry.id, told)
        if isinstance(told, Happened):
            return _opened(told.event) if told.event.kind == TicketOpened.kind else str(event_line(told.event))
        return self._line(entry)

    def _line(self, entry: Entry) -> str:
        told = entry.told
        line = str(conditional_escape(told.line))
        if told.link:
            line = f'<a href="{escape(told.link)}">{line}</a>'
        if told.detail:
            line = FOLDED.format(line=line, detail=conditional_escape(told.detail))
        whose = f'<b dir="auto">{escape(told.whose)}</b> · ' if self._show_whose and told.whose else ""
        drawn = icon(told.icon or entry.kind.icon, "xs")
        return LINE.format(id=entry.id, icon=drawn, whose=whose, line=line, time=clocktime(entry.place.at))

    def _spoken(self, entry_id: str, m: Spoken) -> str:
        return SPOKEN.format(
            id=entry_id,
            classes=_classes(m),
            face=avatar(initials_of(m.face_name or ""), hue_of(m.face_key)) if m.face_key else avatar("?", ""),
            who=escape(_("You") if m.author_id == self._reader else m.author_name),
            via=_via(m),
            pills=_pills(m),
            time=clocktime(m.at),
            words=_words(m),
            more=_more(m) if m.has_more else "",
        )


def _opened(event: TicketEvent) -> str:
    """In the conversation the first message says it."""
    words = escape(_("%(who)s opened the ticket") % {"who": event.actor_name})
    drawn = channel_icon(event.payload.get("channel", ""), "xs")
    return LINE.format(id=f"e{event.pk}", icon=drawn, whose="", line=words, time=clocktime(event.created_at))


def _classes(m: Spoken) -> str:
    kind = " note" if m.kind == MessageKind.NOTE else " out" if m.author_role else ""
    state = f" {m.delivery_state}" if m.delivery_state in ("failed", "cancelled") else ""
    return kind + state + (" auto" if m.is_auto_reply else "")


def _via(m: Spoken) -> str:
    if m.kind == MessageKind.NOTE:
        words = pgettext("noun", "Call") if m.channel == Channel.PHONE else _("Internal note")
        return f'<span class="via">{icon("lock", "xs")}{escape(words)}</span>'
    return f'<span class="via">{channel_icon(m.channel, "xs")}</span>'


PILL_AMBER = '<span class="pill tone-amber">{}</span>'


def _pills(m: Spoken) -> str:
    pills = []
    if m.is_auto_reply or m.is_automatic:
        pills.append(f'<span class="pill">{icon("bot", "xs")}{escape(_("Automatic"))}</span>')
    if m.is_unverified:
        pills.append(PILL_AMBER.format(escape(_("not verified"))))
    if m.delivery_state in (DeliveryState.SCHEDULED, DeliveryState.FAILED, DeliveryState.CANCELLED):
        pills.append(f'<span class="pill">{escape(str(DeliveryState(m.delivery_state).label))}</span>')
    return "".join(pills)


def _words(m: Spoken) -> str:
    if m.is_erased:
        return f'<div class="words muted">{escape(_("These words were erased."))}</div>'
    if m.excerpt:
        return f'<div class="words plain excerpt" dir="auto">{escape(m.excerpt)}</div>'
    nothing = _("A call without notes") if m.channel == Channel.PHONE else _("No text")
    return "" if m.has_more else f'<div class="words muted">{escape(nothing)}</div>'


def _more(m: Spoken) -> str:
    files = ngettext("%(n)s file", "%(n)s files", m.files) % {"n": m.files} if m.files else ""
    label = " · ".join(filter(None, [_("Whole message"), files]))
    number = m.ticket.number if m.ticket else 0
    return MORE.format(pk=m.pk, label=escape(label), number=number, link=escape(_("Open it in its ticket")))
