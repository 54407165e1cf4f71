"""What a connection knows of its visitor. Who merely looks at a page is no row: that comes with their first words."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from django.utils import timezone

from channels_app.chat.fields import Plain
from channels_app.chat.protocol import Page
from tickets.models import Chat, ChatState, ChatVisitor, ChatWidget
from tickets.services import Refused

Reply = dict[str, Any]

KEPT_FOR: Final = 5.0  # seconds that a widget's settings are believed without being read


class Closed(Refused):
    """There is no such widget, or it was switched off."""

    def __init__(self) -> None:
        super().__init__("This chat is not open.")


@dataclass(frozen=True)
class Origin:
    """Where a connection comes from: network address, what the browser calls itself, the country a header named."""

    address: str
    agent: str = ""
    country: str = ""


@dataclass(eq=False)
class Session:
    """One at a time works with it. `sent` is the number of the last line of `chat` that has gone to the browser."""

    origin: Origin
    key: str
    visitor_id: UUID
    language: str
    is_known: bool = False  # has a row, or may have one: they brought a token
    is_vouched: bool = False  # by the company's site
    chat: Chat | None = None
    sent: int = 0
    page: Page = field(default_factory=Page)
    page_since: float = 0.0  # seconds since 1970, as `since`
    since: float = 0.0
    visits: int = 1
    attributes: Mapping[str, Plain] = field(default_factory=dict)
    name: str = ""
    email: str = ""
    consent: bool = False
    token: str = ""  # the one that was brought, where it is not to live longer for being brought
    told: str = ""  # how the chat stood when the browser was last told

    @property
    def widget(self) -> ChatWidget:
        return widget_of(self.key)

    @property
    def may_be_told_of(self) -> bool:
        """Where they are and what the page knows of them; their words they send themselves."""
        return self.consent or not self.widget.asks_consent

    @property
    def live_chat(self) -> Chat | None:
        return self.chat if self.chat and self.chat.state != ChatState.ENDED else None

    def go_to(self, page: Page, now: float) -> None:
        if page.url != self.page.url:
            self.page_since = now
        self.page = page


_widgets: dict[str, tuple[float, ChatWidget | None]] = {}


def widget_of(key: str) -> ChatWidget:
    """The active widget of that key, as of a few seconds ago. Raises `Closed`."""
    until, widget = _widgets.get(key, (0.0, None))
    if until < time.monotonic():
        widget = ChatWidget.objects.select_related("inbox", "team", "calendar").filter(key=key, is_active=True).first()
        if len(_widgets) > 1_000:  # of keys that somebody made up
            _widgets.clear()
        _widgets[key] = (time.monotonic() + KEPT_FOR, widget)
    if widget is None:
        raise Closed()
    return widget


def widget_by_id(widget_id: int) -> ChatWidget:
    """Raises `Closed`."""
    widget = ChatWidget.objects.filter(pk=widget_id, is_active=True).first()
    if widget is None:
        raise Closed()
    return widget


def visitor_of(session: Session, *, name: str = "", email: str = "") -> ChatVisitor:
    """The row of the visitor, made with their first words; with what they now say of themselves."""
    session.name, session.email = name or session.name, email or session.email
    known = {
        "claimed_name": session.name, "claimed_email": session.email, "language": session.language[:8],
        "page_url": session.page.url, "page_title": session.page.title, "attributes": dict(session.attributes),
        "country": session.origin.country, "agent": session.origin.agent[:300], "last_seen_at": timezone.now(),
    }  # fmt: skip
    row, is_new = ChatVisitor.objects.select_related("customer", "widget").get_or_create(
        pk=session.visitor_id, defaults={"widget": session.widget, **known}
    )
    changed = {name: value for name, value in known.items() if value and getattr(row, name) != value}
    if not is_new and changed:
        for name, value in changed.items():
            setattr(row, name, value)
        row.save(update_fields=[*changed])
    session.is_known = True
    return row
