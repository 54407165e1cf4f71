"""What a widget needs to know before anybody says a word: its look, its words in one language, what it asks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from typing import Any, Final

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from channels_app.chat import asking
from channels_app.chat.words import EMOJI, sentences
from helpdesk.accounts.models import User
from helpdesk.lib.people import hue_of, initials_of
from knowledge_base.centres import direction_of, spoken_in
from tickets.models import Chat, ChatInvitation, ChatWidget
from tickets.portal.form_fields import in_language

ORIGIN: Final = re.compile(r"https?://(\*\.)?[a-z0-9.-]+(:[0-9]{1,5})?")
FACES: Final = 3
ENOUGH: Final = 10  # chats from which a usual reply time is told; fewer say nothing about the next one
MOST_LOOKS: Final = 12
RECENT: Final = timedelta(days=14)


@dataclass(frozen=True)
class Spoken:
    """A widget in one language. Its own words are in `language`, those of the buttons in `buttons`."""

    widget: ChatWidget
    language: str

    @property
    def buttons(self) -> str:
        return spoken_in(self.language)

    @property
    def direction(self) -> str:
        return direction_of(self.language)

    def text(self, name: str, otherwise: str) -> str:
        own = self.widget.texts.get(self.language, {}).get(name, "")
        return own or in_language(self.widget.texts, self.language, name) or otherwise


def widget_of(key: str) -> ChatWidget | None:
    """The active widget of this key; without a key the only one, so that a small company need not name it."""
    active = ChatWidget.objects.filter(is_active=True).select_related("team", "centre")
    if key:
        return active.filter(key=key).first()
    found = list(active[:2])
    return found[0] if len(found) == 1 else None


def spoken(widget: ChatWidget, wanted: Sequence[str]) -> Spoken:
    """In the first language that is wanted and spoken: "de-at" is served with "de"."""
    known = {code.lower(): code for code in widget.languages or ["en"]}
    for wish in wanted:
        code = wish.strip().lower()
        if found := known.get(code) or known.get(code.partition("-")[0]):
            return Spoken(widget, found)
    return Spoken(widget, next(iter(known.values())))


def allowed_origins(widget: ChatWidget) -> list[str]:
    """As they may stand in a header: whatever else found its way into the row is left out."""
    return [origin for origin in widget.origins if ORIGIN.fullmatch(origin)]


def may_stand_on(widget: ChatWidget, origin: str) -> bool:
    """Whether a page of `origin` may show the widget: https://*.shop.example is any host below shop.example."""
    for allowed in allowed_origins(widget):
        scheme, _sep, host = allowed.partition("://")
        if origin == allowed:
            return True
        if host.startswith("*.") and origin.startswith(f"{scheme}://") and origin.endswith(host[1:]):
            return True
    return False


def for_loader(look: Spoken) -> dict[str, Any]:
    """What stands on the host's page: a round button and its words."""
    widget = look.widget
    with translation.override(look.buttons):
        return {
            "key": widget.key,
            "hue": widget.hue,
            "isAtStart": widget.is_at_start,
            "language": look.language,
            "direction": look.direction,
            "needsIdentity": widget.needs_verified,
            "asksConsent": widget.asks_consent,
            "isWatching": widget.watches_visitors or _has_invitations(widget),
            "words": {
                "open": _("Chat with us"),
                "close": _("Close the chat"),
                "unread": _("Chat with us, {count} unread"),
                "dismiss": _("No, thanks"),
                "panel": look.text("title", _("Chat with us")),
            },
        }


def looks() -> dict[str, dict[str, Any]]:
    """Key → language → look, of all widgets where those are few: with very many a page asks for its own."""
    active = list(ChatWidget.objects.filter(is_active=True)[: MOST_LOOKS + 1])
    known = [Spoken(widget, code) for widget in active for code in widget.languages or ["en"]]
    if len(known) > MOST_LOOKS:
        return {}
    found: dict[str, dict[str, Any]] = {}
    for look in known:
        found.setdefault(look.widget.key, {})[look.language.lower()] = for_loader(look)
    return found


def for_script(look: Spoken) -> dict[str, Any]:
    """What the panel's script needs; nothing in it is a secret."""
    widget = look.widget
    with translation.override(look.buttons):
        return {
            "key": widget.key,
            "language": look.language,
            "buttons": look.buttons,
            "greeting": look.text("greeting", _("Hello! How can we help?")),
            "showsCards": widget.shows_link_cards,
            "suggests": widget.suggests_articles,
            "faces": faces(widget),
            "replyMinutes": usual_reply(widget),
            "words": sentences(),
        }


def for_page(look: Spoken) -> dict[str, Any]:
    """What templates/widget/frame.html draws before any script runs."""
    widget = look.widget
    with translation.override(look.buttons):
        return {
            "look": look,
            "hue": widget.hue,
            "title": look.text("title", _("Chat with us")),
            "placeholder": look.text("placeholder", _("Write a message")),
            "away": look.text("offline", _("Nobody is here right now. Leave us a message: we answer by e-mail.")),
            "asks": asking.before_chat(widget, look.language),
            "offline": asking.before_message(widget, look.language),
            "whatsapp": re.sub(r"\D", "", widget.whatsapp),
            "emoji": EMOJI,
        }


def faces(widget: ChatWidget) -> list[dict[str, Any]]:
    """A few of those who answer: first names only, as a visitor would see them anyway."""
    people = User.objects.filter(is_active=True).exclude(name="").order_by("-last_login", "pk")
    people = people.filter(teams=widget.team_id) if widget.team_id else people
    return [
        {"name": person.name.split()[0], "initials": initials_of(person.name), "hue": hue_of(person.email)}
        for person in people[:FACES]
    ]


def usual_reply(widget: ChatWidget) -> int | None:
    """Minutes, rounded up, that half of the last fortnight's visitors waited at most; None when there were too few."""
    waited = Chat.objects.filter(
        widget=widget, first_reply_at__isnull=False, queued_at__isnull=False, started_at__gt=timezone.now() - RECENT
    ).values_list("queued_at", "first_reply_at")
    seconds = [
        (replied - queued).total_seconds() for queued, replied in waited.order_by("-pk")[:200] if queued and replied
    ]
    return max(1, -int(-median(seconds) // 60)) if len(seconds) >= ENOUGH else None


def _has_invitations(widget: ChatWidget) -> bool:
    return ChatInvitation.objects.filter(widget=widget, is_active=True).exists()
