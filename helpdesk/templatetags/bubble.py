"""What a message by another company's channel shows besides its words, from its facts (tickets/message_facts.py)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any
from urllib.parse import urlencode, urlsplit

from django import template
from django.utils.dateparse import parse_datetime
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from helpdesk.lib.assets import asset
from helpdesk.templatetags.ui import channel_icon, channel_label, clocktime, icon
from tickets.models import MESSAGING, Channel, DeliveryState, Message
from tickets.routes import capabilities_of
from tickets.timeline import Timeline

register = template.Library()

ARRIVED = (DeliveryState.SENT, DeliveryState.DELIVERED, DeliveryState.READ)

QUOTE = '<a class="answers clip" href="#m{pk}">{icon}<span class="clip">{who}{words}</span></a>'
CAUSE = '<{tag} class="answers clip">{icon}<span class="clip" dir="auto">{words}</span></{name}>'
PLACE = (
    '<a class="place" href="https://www.openstreetmap.org/?{query}" target="_blank" rel="noopener noreferrer">'
    "{icon}<span>{name}<small>{address}</small></span></a>"
)
PERSON = '<li class="vcard">{icon}<span><b>{name}</b>{ways}</span></li>'
MISSING = (
    '<li class="file held tone-{tone}"><span class="ico">{icon}</span>'
    '<span class="clip">{name}<small>{why}</small></span></li>'
)
EARLIER = '<details class="earlier" id="h{pk}"><summary>{label}</summary><ol>{versions}</ol></details>'
VERSION = '<li><span class="words plain" dir="auto">{text}</span>{at}</li>'
REACTION = '<span class="reaction{ours}" title="{who}">{emoji}<small>{count}</small></span>'


def is_bubble(m: Message) -> bool:
    """It was said rather than sent: chat, and whatever travels through a messenger."""
    return m.channel in MESSAGING or m.channel == Channel.CHAT


@register.filter
def is_messaging(m: Message) -> bool:
    return m.channel in MESSAGING


@register.filter
def messaging_sheet(talk: Timeline) -> SafeString:
    """The styles that only such conversations need; nothing for others."""
    if not any(entry.message and entry.message.channel in MESSAGING for entry in talk.entries):
        return SafeString("")
    return messaging_styles()


@register.simple_tag
def messaging_styles() -> SafeString:
    return SafeString(f'<link rel="stylesheet" href="{asset("messaging.css")}">')


@register.filter
def can_be_answered(m: Message) -> bool:
    """By itself, as messengers quote the message that one answers."""
    is_there = not m.author_role or m.delivery_state in ARRIVED or m.facts.get("is_elsewhere")
    can = bool(m.facts.get("conversation")) and capabilities_of(m.channel).can_reply_to
    return bool(can and is_there and not _is_gone(m))


@register.filter
def can_be_reacted_to(m: Message) -> bool:
    can = bool(m.facts.get("conversation")) and not m.facts.get("is_public") and not m.author_role
    return can and capabilities_of(m.channel).reactions_out and not _is_gone(m)


@register.filter
def fact_time(m: Message, name: str) -> SafeString:
    """When it arrived or was read; nothing where that was not told."""
    at = parse_datetime(str(m.facts.get(name, "")))
    return clocktime(at) if at else SafeString("")


def pills(m: Message) -> str:
    """Beside the name: where and how it was written."""
    facts = m.facts
    drawn = []
    if facts.get("is_elsewhere"):
        drawn.append(("external-link", _("Written in %(channel)s") % {"channel": channel_label(m.channel)}))
    if facts.get("template"):
        drawn.append(("file-text", _("Template %(name)s") % {"name": facts["template"].get("name", "")}))
    if facts.get("forwarded_from"):
        drawn.append(("forward", _("Forwarded from %(name)s") % {"name": facts["forwarded_from"]}))
    if facts.get("pressed"):
        drawn.append(("circle-dot", _("Pressed a button")))
    if facts.get("is_public"):
        drawn.append(("globe", _("Public")))
    return "".join(f'<span class="pill">{icon(name, "xs")}{escape(words)}</span>' for name, words in drawn)


def sender(m: Message) -> str:
    """A number or a name of theirs; the network's own id would tell nobody anything."""
    return m.from_address if m.from_address.startswith(("+", "@")) else ""


def said_to(m: Message) -> str:
    """The way of our own words."""
    to = escape(_("to %(who)s") % {"who": ", ".join(m.to)}) if m.to else ""
    return f'<span class="via">{channel_icon(m.channel, "xs")}<bdi class="clip">{to}</bdi></span>'


def before_words(m: Message, talk: Timeline | None) -> str:
    """What made them write: an ad, a story of ours, the message that this one answers (its beginning)."""
    return _referral(m.facts.get("referral")) + _story(m.facts.get("story")) + _answered(m, talk)


def _answered(m: Message, talk: Timeline | None) -> str:
    answered = m.facts.get("reply_to")
    if not isinstance(answered, int):
        return ""
    entries = talk.entries if talk else []
    found = next((entry.message for entry in entries if entry.message and entry.message.pk == answered), None)
    who = f"<b><bdi>{escape(found.author_name)}</bdi></b> " if found else ""
    words = gist(found) if found else _("An earlier message")
    return QUOTE.format(pk=answered, icon=icon("reply", "xs"), who=who, words=escape(words))


def _referral(referral: Mapping[str, str] | None) -> str:
    """The ad or the link by which they came."""
    if not referral:
        return ""
    title = referral.get("title") or referral.get("url", "")
    return _cause("link-2", _("Came by %(title)s") % {"title": title}, referral.get("url", ""))


def _story(story: Mapping[str, str] | None) -> str:
    """Its picture is among the files, where its network still shows it."""
    if not story:
        return ""
    is_mention = story.get("how") == "mention"
    words = _("Names you in a story of theirs") if is_mention else _("Answers a story of yours")
    return _cause("image", words, story.get("url", ""))


def _cause(glyph: str, words: str, address: str) -> str:
    tag = name = "span"
    if urlsplit(address).scheme in ("http", "https"):
        tag, name = f'a href="{escape(address)}" target="_blank" rel="noopener noreferrer"', "a"
    return CAUSE.format(tag=tag, name=name, icon=icon(glyph, "xs"), words=escape(words))


@register.filter
def gist(m: Message) -> str:
    """What it says in a line, where another message quotes it: its words, or what it brought in place of words."""
    files = getattr(m, "file_rows", None) or []
    said = " ".join(m.text.split())[:140] or ", ".join(str(each["filename"]) for each in files[:3])
    return said or _("An earlier message")


def after_words(m: Message) -> str:
    """What came besides words: a place, people, files that are not here, buttons; and what the words were before."""
    facts = m.facts
    return "".join(
        (
            _place(facts["location"]) if facts.get("location") else "",
            _people(facts["contacts"]) if facts.get("contacts") else "",
            _missing(facts["files_missing"]) if facts.get("files_missing") else "",
            _buttons(facts["buttons"]) if facts.get("buttons") else "",
            _post(facts["post_url"]) if facts.get("post_url") else "",
            _earlier(m) if facts.get("earlier") else "",
        )
    )


def gone(m: Message) -> str:
    """In place of the words that their sender deleted."""
    who = _("You deleted this") if m.author_role else _("%(name)s deleted this") % {"name": m.author_name}
    return f'<div class="words muted">{icon("trash-2", "sm")} {escape(who)}</div>'


def says_something_else(m: Message) -> bool:
    """Whether there is no need to say that it has no text."""
    facts = m.facts
    besides = ("location", "contacts", "files_missing", "buttons", "post_url", "pressed")
    return bool(getattr(m, "file_rows", None)) or any(facts.get(name) for name in besides)


def reactions(m: Message) -> str:
    """Each emoji once, with who gave it."""
    given: list[dict[str, Any]] = m.facts.get("reactions") or []
    if not given:
        return ""
    drawn = []
    for emoji, count in Counter(str(each.get("emoji", "")) for each in given).items():
        those = [each for each in given if each.get("emoji") == emoji]
        who = ", ".join(_("you") if each.get("is_ours") else str(each.get("who") or m.author_name) for each in those)
        ours = " ours" if any(each.get("is_ours") for each in those) else ""
        shown = str(count) if count > 1 else ""
        drawn.append(REACTION.format(ours=ours, who=escape(who), emoji=escape(emoji), count=shown))
    label = escape(_("Reactions"))
    return f'<div class="reactions" role="group" aria-label="{label}">{"".join(drawn)}</div>'


def _is_gone(m: Message) -> bool:
    return bool(m.erased_at or m.facts.get("withdrawn_at"))


def _place(location: Mapping[str, Any]) -> str:
    try:
        latitude, longitude = float(location["latitude"]), float(location["longitude"])
    except (KeyError, TypeError, ValueError):
        return ""
    name = str(location.get("name") or "") or f"{latitude:.5f}, {longitude:.5f}"
    query = urlencode({"mlat": latitude, "mlon": longitude}) + f"#map=16/{latitude}/{longitude}"
    return PLACE.format(
        query=escape(query),
        icon=icon("map-pin", "sm", _("Place")),
        name=escape(name),
        address=escape(str(location.get("address") or "")),
    )


def _people(contacts: Iterable[Mapping[str, Any]]) -> str:
    drawn = []
    for contact in contacts:
        ways = [str(way) for kind in ("phones", "emails") for way in contact.get(kind) or ()]
        ways_drawn = "".join(f"<small><bdi>{escape(way)}</bdi></small>" for way in ways)
        name = escape(str(contact.get("name") or _("Contact")))
        drawn.append(PERSON.format(icon=icon("circle-user", "sm"), name=name, ways=ways_drawn))
    return f'<ul class="vcards">{"".join(drawn)}</ul>'


def _missing(files: Iterable[Mapping[str, str]]) -> str:
    drawn = []
    for file in files:
        is_coming = file.get("state") == "waiting"
        why = file.get("reason") or (_("Being fetched") if is_coming else _("Can’t be had"))
        tone, glyph = ("blue", "loader") if is_coming else ("amber", "file-warning")
        name = f"<bdi>{escape(file.get('filename') or _('File'))}</bdi>"
        if urlsplit(url := str(file.get("url", ""))).scheme == "https":  # its network allows to look at it there only
            name = f'<a href="{escape(url)}" target="_blank" rel="noopener noreferrer">{name}</a>'
        drawn.append(MISSING.format(tone=tone, icon=icon(glyph), name=name, why=escape(str(why))))
    return f'<ul class="files">{"".join(drawn)}</ul>'


def _buttons(buttons: Iterable[Mapping[str, str]]) -> str:
    drawn = "".join(f'<span class="pill">{escape(str(each.get("title", "")))}</span>' for each in buttons)
    return f'<div class="offered">{drawn}</div>'


def _post(address: str) -> str:
    if urlsplit(address).scheme not in ("http", "https"):
        return ""
    label = escape(_("Look at it there"))
    link = f'<a class="linkbtn" href="{escape(address)}" target="_blank" rel="noopener noreferrer">'
    return f'<div class="offered">{link}{icon("external-link", "xs")}{label}</a></div>'


def _earlier(m: Message) -> str:
    """The former words, oldest first: somebody may have acted upon them."""
    versions = "".join(
        VERSION.format(text=escape(each["text"]), at=_at(each.get("at", ""))) for each in m.facts["earlier"]
    )
    label = _("What it said") if m.facts.get("withdrawn_at") else _("Edited; before that")
    return EARLIER.format(pk=m.pk, label=escape(label), versions=versions)


def _at(moment: str) -> str:
    at = parse_datetime(moment) if moment else None
    return clocktime(at) if at else ""
