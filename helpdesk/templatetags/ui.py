"""The small parts every template is made of: icons, faces, statuses, times, and the links to the built front end.

All of it is text that repeats a hundred times a page, so each tag keeps what it has printed (per language).
"""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from functools import lru_cache
from html import escape
from typing import Any, cast

from django import template
from django.conf import settings
from django.db.models import TextChoices
from django.http import HttpRequest
from django.template import Context
from django.template.defaultfilters import date as format_date
from django.template.loader_tags import BlockNode
from django.utils import timezone
from django.utils.html import format_html, format_html_join, json_script
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, get_language_info, ngettext, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

from helpdesk.accounts.models import Availability, Role, User
from helpdesk.accounts.preferences import DENSITIES, preferences_of
from helpdesk.fragments import draw
from helpdesk.lib import assets as built
from helpdesk.lib.glyphs import CHANNEL_ICONS, PRIORITY_BARS, PRIORITY_TONES, STATUS_GLYPHS, STATUS_TONES
from helpdesk.script_words import SENTENCES
from tickets.match_words import explain_match
from tickets.models import Channel, Priority, Status, TicketType

register = template.Library()
sprite, icon = register.simple_tag(built.sprite), register.simple_tag(built.icon)


@lru_cache(maxsize=256)
def _said(choices: type[TextChoices], value: str, language: str | None) -> str:
    # Events keep the words of their day: a value that has left the choices is shown as it was.
    try:
        return str(choices(value).label)
    except ValueError:
        return value


def _label(choices: type[TextChoices], value: str) -> str:
    return _said(choices, value, get_language())


@register.filter
def labelled(choices: type[TextChoices]) -> list[tuple[str, str]]:
    """As `choices.choices`, whose labels would be translated on every page."""
    language = get_language()
    return [(member.value, _said(choices, member.value, language)) for member in choices]


@register.filter
def role_label(role: str) -> str:
    return _label(Role, role)


@register.filter
def availability_label(availability: str) -> str:
    return _label(Availability, availability)


@register.filter
def status_label(status: str) -> str:
    return _label(Status, status)


@register.filter
def priority_label(priority: str) -> str:
    return _label(Priority, priority)


@register.filter
def type_label(kind: str) -> str:
    return _label(TicketType, kind)


@register.filter
def channel_label(channel: str) -> str:
    return _label(Channel, channel)


@register.simple_tag
def assets() -> SafeString:
    """Stylesheet, first-screen font and scripts, for the head of every page."""
    return _assets() if settings.DEBUG else _assets_once()


@lru_cache(maxsize=1)
def _assets_once() -> SafeString:
    return _assets()


def _assets() -> SafeString:
    preloads = [built.asset("fonts/inter-latin-wght-normal.woff2")]
    modules = [f"{settings.STATIC_URL}{name}" for name in built.manifest()["app.js:imports"]]
    return format_html(
        '{}<link rel="stylesheet" href="{}">{}<script type="module" src="{}"></script>',
        format_html_join(
            "", '<link rel="preload" as="font" type="font/woff2" href="{}" crossorigin>', ([p] for p in preloads)
        ),
        built.asset("app.css"),
        format_html_join("", '<link rel="modulepreload" href="{}">', ([m] for m in modules)),
        built.asset("app.js"),
    )


@register.simple_tag(takes_context=True)
def fragment(context: Context, name: str, **more: Any) -> SafeString:
    """A part of the page, a Jinja2 template in `templates/fragments/`; it sees what the page sees, and `more`."""
    known = cast(dict[str, Any], context.flatten())
    return draw(name, {**known, **more})


class Frame(template.Node):
    """Puts the blocks of a page into the fragment that frames it, each under its name."""

    def __init__(self, name: str, blocks: template.NodeList) -> None:
        self.name, self.nodelist = name, blocks

    def render(self, context: Context) -> SafeString:
        blocks = [block for block in self.nodelist if isinstance(block, BlockNode)]
        drawn = {block.name: mark_safe(block.render(context).strip()) for block in blocks}  # noqa: S308 by a template
        return fragment(context, self.name, **drawn)


@register.tag
def frame(parser: template.base.Parser, token: template.base.Token) -> Frame:
    """`{% frame "components/workspace.html" %}{% block title %}…{% endblock %}…{% endframe %}`"""
    _tag, name = token.split_contents()
    blocks = parser.parse(("endframe",))
    parser.delete_first_token()
    return Frame(name.strip('"'), blocks)


@register.simple_tag
def channel_icon(channel: str, cls: str = "") -> SafeString:
    return icon(CHANNEL_ICONS.get(channel, "message-square"), cls, channel_label(channel))


@register.filter
def chosen(options: str, name: str, value: object) -> SafeString:
    """`options`, none of which is selected, with the one selected whose id is `<name>-<value>`."""
    before, found, after = str.partition(options, f'id="{name}-{value or "none"}"')  # as text: Markup would escape
    return mark_safe(before + found + after.replace('aria-selected="false"', 'aria-selected="true"', 1))  # noqa: S308


@register.simple_tag
@lru_cache(maxsize=4096)
def avatar(initials: str, hue: int | str, size: str = "") -> SafeString:
    """A face. `size` is xs, sm, lg or nothing; a hue of "" is nobody's."""
    cls = "av" + (f" av-{size}" if size else "") + (f" hue-{hue}" if hue != "" else " nobody")
    return format_html('<span class="{}" aria-hidden="true">{}</span>', cls, initials)


@lru_cache(maxsize=64)
def _status_glyph(status: str, language: str | None) -> SafeString:
    return format_html(
        '<svg class="st tone-{}" viewBox="0 0 16 16" role="img" aria-label="{}">{}</svg>',
        STATUS_TONES[status],
        status_label(status),
        mark_safe(STATUS_GLYPHS[status]),  # noqa: S308 our own drawing
    )


@register.simple_tag
def status_glyph(status: str) -> SafeString:
    return _status_glyph(status, get_language())


@lru_cache(maxsize=64)
def _status_pill(status: str, language: str | None) -> SafeString:
    return format_html(
        '<span class="pill tone-{}"><span class="dot"></span>{}</span>', STATUS_TONES[status], status_label(status)
    )


@register.simple_tag
def status_pill(status: str) -> SafeString:
    return _status_pill(status, get_language())


@lru_cache(maxsize=64)
def _prio(priority: str, text: bool, language: str | None) -> SafeString:
    label = _("%(priority)s priority") % {"priority": priority_label(priority)}
    named = mark_safe('aria-hidden="true"') if text else format_html('role="img" aria-label="{}"', label)
    return format_html(
        '<span class="prio tone-{}"><svg class="pg" viewBox="0 0 16 16" {}>{}</svg>{}</span>',
        PRIORITY_TONES[priority],
        named,
        mark_safe(PRIORITY_BARS[priority]),  # noqa: S308 our own drawing
        priority_label(priority) if text else "",
    )


@register.simple_tag
def prio(priority: str, text: bool = False) -> SafeString:
    """Filled bars, or a red square with "!" for urgent; nothing for no priority."""
    return _prio(priority, text, get_language()) if priority else SafeString("")


SHAPES = {  # written out, so that makemessages finds them
    "j M": pgettext_lazy("date format", "j M"),
    "j M Y": pgettext_lazy("date format", "j M Y"),
    "j F Y": pgettext_lazy("date format", "j F Y"),
    "l j F": pgettext_lazy("date format", "l j F"),
    "l j F Y": pgettext_lazy("date format", "l j F Y"),
}


class Ages:
    """How long ago moments were, for a page of them: the reader's zone and language are asked for once."""

    def __init__(self, now: datetime) -> None:
        self._now, self._zone = now, timezone.get_current_timezone()
        self._today = now.astimezone(self._zone).date()
        self._minutes, self._hours = pgettext("age in minutes", "%(n)dm"), pgettext("age in hours", "%(n)dh")
        self._language = get_language()

    def __call__(self, moment: datetime) -> SafeString:
        local = moment.astimezone(self._zone)
        return _time(moment, local, self.short(moment, local), "age")

    def short(self, moment: datetime, local: datetime) -> str:
        """As short as a list needs it: now, 4m, 3h, Yesterday, 12 Nov, 12 Nov 2025."""
        seconds = (self._now - moment).total_seconds()
        if seconds < 45:
            return pgettext("age", "now")
        if seconds < 3600:
            return self._minutes % {"n": max(1, round(seconds / 60))}
        day = local.date()
        if day == self._today or seconds < 6 * 3600:
            return self._hours % {"n": round(seconds / 3600)}
        if day == self._today - timedelta(days=1):
            return _("Yesterday")
        return _dated(day, "j M" if day.year == self._today.year else "j M Y", self._language)


def _time(moment: datetime, local: datetime, text: str, style: str) -> SafeString:
    # Only `text` can hold anything but digits; it is ours, and translated, so it is escaped all the same.
    exact, read = moment.isoformat("T", "seconds")[:19], local.isoformat(" ", "minutes")[:16]  # strftime is slower
    return SafeString(f'<time datetime="{exact}Z" data-style="{style}" title="{read}">{escape(text)}</time>')


def age(moment: datetime, now: datetime) -> SafeString:
    return Ages(now)(moment)


@register.simple_tag
def reltime(moment: datetime | None) -> SafeString:
    """An age that the page keeps up to date; the exact moment is its title."""
    return age(moment, timezone.now()) if moment else SafeString("")


@register.simple_tag
def clocktime(moment: datetime) -> SafeString:
    """The hour and minute, for things already under a heading of their day."""
    local = moment.astimezone(timezone.get_current_timezone())
    return _time(moment, local, local.isoformat(" ", "minutes")[11:16], "clock")


@register.filter
def dayname(moment: datetime) -> str:
    """Heading of a day in a conversation: Today, Yesterday, Monday 16 November."""
    local, today = timezone.localtime(moment).date(), timezone.localdate()
    if local == today:
        return _("Today")
    if local == today - timedelta(days=1):
        return _("Yesterday")
    this_year = local.year == today.year
    return _dated(local, "l j F" if this_year else "l j F Y", get_language())


@lru_cache(maxsize=2048)
def _dated(day: date, shape: str, language: str | None) -> str:
    """`shape` in the form that `language` gives it."""
    return format_date(day, str(SHAPES[shape]))


@register.filter
def longdate(moment: datetime) -> str:
    return _dated(timezone.localtime(moment).date(), "j F Y", get_language())


@register.filter
def shortdate(moment: datetime) -> str:
    return _dated(timezone.localtime(moment).date(), "j M Y", get_language())


@register.filter
def language_name(code: str) -> str:
    """In the reader's language; a code that Django has no name for stays as it is."""
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


@register.filter
def capped(number: int, cap: int = 999) -> str:
    """Counts are bounded, so that no page has to count a million rows."""
    return f"{cap}+" if number > cap else str(number)


@register.filter
def messages_text(number: int) -> str:
    return ngettext("%(n)d message", "%(n)d messages", number) % {"n": number}


FILE_LOOKS = (
    ("image/", "file-image", "violet"),
    ("audio/", "file-audio", "teal"),
    ("video/", "file-video", "pink"),
    ("text/csv", "file-spreadsheet", "green"),
    ("application/vnd.ms-excel", "file-spreadsheet", "green"),
    ("application/vnd.openxmlformats-officedocument.spreadsheet", "file-spreadsheet", "green"),
    ("application/pdf", "file-text", "red"),
    ("text/", "file-text", "slate"),
    ("application/zip", "file-archive", "amber"),
    ("application/x-", "file-archive", "amber"),
    ("application/msword", "file-text", "blue"),
    ("application/vnd.openxmlformats-officedocument.wordprocessing", "file-text", "blue"),
)


def _file_look(content_type: str) -> tuple[str, str]:
    return next(((name, tone) for start, name, tone in FILE_LOOKS if content_type.startswith(start)), ("file", "slate"))


@register.filter
def file_icon(content_type: str) -> str:
    return _file_look(content_type)[0]


@register.filter
def file_tone(content_type: str) -> str:
    return _file_look(content_type)[1]


register.filter("match_reason", explain_match)


@register.filter
def split(words: str) -> list[str]:
    return words.split()


@register.simple_tag
def script_strings() -> SafeString:
    """The scripts' sentences in the reader's language; they have the English ones themselves."""
    language = get_language() or "en"
    return SafeString("") if language.startswith("en") else _script_strings(language)


@lru_cache(maxsize=16)
def _script_strings(language: str) -> SafeString:
    return json_script({key: str(text) for key, text in SENTENCES.items()}, "ot-strings")


@register.simple_tag
def key_preferences(user: object) -> SafeString:
    """A person's own keys, for <ot-keys>; nothing for who has none."""
    if not isinstance(user, User):
        return SafeString("")
    chosen = preferences_of(user)
    single = "" if chosen["single_keys"] else ' data-single="off"'
    keys = format_html(' data-keys="{}"', json.dumps(chosen["keys"])) if chosen["keys"] else ""
    return mark_safe(single + keys)  # noqa: S308 escaped above


@register.filter
def after_solve(user: User) -> str:
    """Where the list leads when its reader has solved a ticket."""
    return str(preferences_of(user)["after_solve"])


@register.simple_tag
def density(request: HttpRequest) -> str:
    """As its reader chose it, on whatever device; else as this browser's cookie says."""
    user = getattr(request, "user", None)
    chosen = user.preferences.get("density") if isinstance(user, User) else ""
    wanted = chosen or request.COOKIES.get("density", "")
    return wanted if wanted in DENSITIES else "regular"


@register.simple_tag
def maintenance_strip() -> SafeString:
    """Over every page while nothing can be changed."""
    if not settings.READ_ONLY:
        return SafeString("")
    words = _("Read-only for maintenance: you can read everything, changes wait.")
    return format_html(
        '<div class="notice tone-amber offline" role="status">{}<span>{}</span></div>', icon("lock"), words
    )
