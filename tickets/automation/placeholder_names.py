"""The fixed set of names that words of macros and rules may use, in Zendesk's spelling, and what each stands for.

What a customer may not see is not among them: no notes, no notes about the customer, nobody else's tickets, and no
message whose sender is no known participant. Words that go to staff only (`for_staff`) see internal notes as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from helpdesk.accounts.models import User
from tickets.automation.placeholder_values import Markup, Moment, Telling, Words
from tickets.knowledge import answers
from tickets.models import Message

Read = Callable[[Telling], Any]
Person = User | Customer | None


def first_name(person: Person) -> str:
    return _called(person).split(" ")[0]


def last_name(person: Person) -> str:
    return _called(person).partition(" ")[2].strip()


def _called(person: Person) -> str:
    """What people are greeted by: a number or an address that stands for a name is none."""
    if not isinstance(person, Customer):
        return str(person or "")
    is_name = any(letter.isalpha() for letter in person.name) and "@" not in person.name
    return person.name if is_name else ""


def _name(t: Telling, person: Person) -> str:
    """Colleagues read who has no name."""
    return "" if isinstance(person, Customer) and not person.name and not t.for_staff else str(person or "")


def _person(path: str, read: Callable[[Telling], Person]) -> dict[str, Read]:
    return {
        f"{path}.name": lambda t: _name(t, read(t)),
        f"{path}.first_name": lambda t: first_name(read(t)),
        f"{path}.last_name": lambda t: last_name(read(t)),
        f"{path}.language": lambda t: getattr(read(t), "language", ""),
        f"{path}.time_zone": lambda t: getattr(read(t), "time_zone", ""),
    }


def _time(path: str, read: Callable[[Telling], datetime | None]) -> dict[str, Read]:
    def with_time(t: Telling) -> str:
        when = t.moment(read(t))
        return formats.date_format(when, "DATETIME_FORMAT") if isinstance(when, Moment) else ""

    def stamp(t: Telling) -> str:
        when = read(t)
        return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if when else ""

    return {
        path: lambda t: t.moment(read(t)),
        f"{path}_with_time": with_time,
        f"{path}_with_timestamp": stamp,
    }


def _current(t: Telling) -> Person:
    customer = t.actor.customer
    return t.actor.user or (t.requester if customer and customer.pk == t.ticket.requester_id else customer)


def _staff(t: Telling) -> User | None:
    return t.actor.user


def _link(t: Telling) -> str:
    return f"{settings.PUBLIC_URL}/agent/tickets/{t.ticket.pk}/"


def _words(message: Message | None) -> Words:
    return Words(message.text if message else "")


def _html(message: Message | None, t: Telling) -> str:
    """The message as it was formatted. A letter that needs a frame of its own is told in plain words."""
    if message is None or not t.is_html or message.needs_frame:
        return _words(message)
    return Markup(message.html)


def _newest(messages: list[Message]) -> Message | None:
    return messages[0] if messages else None


def _told(messages: list[Message]) -> Words:
    """Each message with who wrote it and when, newest first."""
    when = [formats.date_format(timezone.localtime(each.created_at), "DATETIME_FORMAT") for each in messages]
    blocks = [f"{each.author_name}, {at}\n{each.text}" for each, at in zip(messages, when, strict=True)]
    return Words("\n\n".join(blocks))


def _one_by_one(messages: list[Message], t: Telling) -> list[dict[str, Any]]:
    return [
        {
            "author": {"name": each.author_name, "first_name": each.author_name.split(" ")[0]},
            "value": Words(each.text),
            "created_at": t.moment(each.created_at),
            "is_public": not each.is_note,
        }
        for each in messages
    ]


def _article_list(t: Telling) -> str:
    """Articles that may answer it, with the link by which the customer says that one did; empty without any."""
    if t.is_html:
        return Markup(answers.as_html(t.ticket, t.answers))
    return Words(answers.as_text(t.ticket, t.answers))


NAMES: dict[str, Read] = {
    "ticket.id": lambda t: t.ticket.pk,
    "ticket.title": lambda t: t.title,
    "ticket.description": lambda t: Words(t.first_words),
    "ticket.status": lambda t: str(t.ticket.get_status_display()),
    "ticket.priority": lambda t: str(t.ticket.get_priority_display()) if t.ticket.priority else "",
    "ticket.ticket_type": lambda t: str(t.ticket.get_type_display()) if t.ticket.type else "",
    "ticket.tags": lambda t: " ".join(t.ticket.tags),
    "ticket.via": lambda t: str(t.ticket.get_channel_display()),
    "ticket.language": lambda t: t.ticket.language or t.ticket.requester.language,
    "ticket.url": lambda t: _link(t).partition("://")[2],
    "ticket.url_with_protocol": _link,
    "ticket.link": _link,
    "ticket.account": lambda t: t.ticket.inbox.name,
    "ticket.brand.name": lambda t: t.ticket.inbox.name,
    "ticket.inbox.name": lambda t: t.ticket.inbox.name,
    "ticket.inbox.address": lambda t: t.ticket.inbox.address,
    "ticket.group.name": lambda t: t.ticket.team.name if t.ticket.team else "",
    "ticket.organization.name": lambda t: str(t.ticket.requester.organisation or ""),
    **_time("ticket.created_at", lambda t: t.ticket.created_at),
    **_time("ticket.updated_at", lambda t: t.ticket.updated_at),
    **_time("ticket.due_date", lambda t: t.ticket.due_at),
    **_person("ticket.requester", lambda t: t.requester),
    "ticket.requester.email": lambda t: t.address,
    "ticket.requester.organization.name": lambda t: str(t.ticket.requester.organisation or ""),
    **_person("ticket.assignee", lambda t: t.ticket.assignee),
    "ticket.assignee.email": lambda t: t.ticket.assignee.email if t.ticket.assignee else "",
    "ticket.cc_names": lambda t: ", ".join(name for name, address in t.copies),
    "ticket.ccs": lambda t: [{"name": name, "email": address} for name, address in t.copies],
    "ticket.latest_comment": lambda t: _words(_newest(t.comments)),
    "ticket.latest_comment_html": lambda t: _html(_newest(t.comments), t),
    "ticket.latest_comment_rich": lambda t: _html(_newest(t.comments), t),
    "ticket.latest_comment_formatted": lambda t: _told(t.comments[:1]),
    "ticket.latest_public_comment": lambda t: _words(_newest(t.public_comments)),
    "ticket.latest_public_comment_html": lambda t: _html(_newest(t.public_comments), t),
    "ticket.latest_public_comment_rich": lambda t: _html(_newest(t.public_comments), t),
    "ticket.latest_public_comment_formatted": lambda t: _told(t.public_comments[:1]),
    "ticket.comments": lambda t: _one_by_one(t.comments, t),
    "ticket.comments_formatted": lambda t: _told(t.comments),
    "ticket.public_comments": lambda t: _one_by_one(t.public_comments, t),
    "ticket.public_comments_formatted": lambda t: _told(t.public_comments),
    "automatic_answers.article_list": _article_list,
    "automatic_answers.article_count": lambda t: len(t.answers),
    **_person("current_user", _current),
    "current_user.email": lambda t: t.actor.user.email if t.actor.user else t.address if t.actor.customer else "",
    **_person("agent", _staff),
    "agent.email": lambda t: t.actor.user.email if t.actor.user else "",
    "agent.signature": lambda t: Words(t.actor.user.signature if t.actor.user else ""),
}

# Names of which there are several, with what each of them has.
LISTS: dict[str, tuple[str, ...]] = {
    "ticket.ccs": ("name", "email"),
    "ticket.comments": ("author.name", "author.first_name", "value", "created_at", "is_public"),
    "ticket.public_comments": ("author.name", "author.first_name", "value", "created_at", "is_public"),
}

# What editors offer to put in, most wanted first.
OFFERED: list[tuple[str, str | Promise]] = [
    ("ticket.requester.first_name", _("Customer’s first name")),
    ("ticket.requester.name", _("Customer’s name")),
    ("ticket.id", _("Ticket number")),
    ("ticket.title", _("Subject")),
    ("ticket.status", _("Status")),
    ("ticket.organization.name", _("Customer’s organisation")),
    ("ticket.assignee.first_name", _("Assignee’s first name")),
    ("ticket.group.name", _("Team")),
    ("ticket.inbox.name", _("Inbox")),
    ("ticket.latest_public_comment", _("Newest public message")),
    ("ticket.created_at", _("Day it was opened")),
    ("ticket.due_date", _("Day it is due")),
    ("automatic_answers.article_list", _("Articles that may answer it")),
    ("current_user.first_name", _("First name of whoever applies it")),
    ("current_user.name", _("Name of whoever applies it")),
]

Tree = dict[str, Any]


def _tree(leaves: Mapping[str, Any]) -> Tree:
    tree: Tree = {}
    for path, leaf in leaves.items():
        *branches, last = path.split(".")
        place = tree
        for branch in branches:
            place = place.setdefault(branch, {})
        place[last] = leaf
    return tree


TREE = _tree(NAMES)
# Something of the right kind for each, to try a text out before there is a ticket.
EXAMPLE = _tree(
    dict.fromkeys(NAMES, "1")
    | {name: [_tree(dict.fromkeys(names, "1"))] for name, names in LISTS.items()}
    | dict.fromkeys(("ticket.created_at", "ticket.updated_at", "ticket.due_date"), Moment(2026, 1, 1, tzinfo=UTC))
    | {"ticket.id": 1, "automatic_answers.article_count": 1}
)


class Branch(Mapping[str, Any]):
    """A part of the tree of names, read when asked: what a text does not use costs nothing."""

    def __init__(self, tree: Tree, telling: Telling) -> None:
        self._tree = tree
        self._telling = telling

    def __getitem__(self, name: str) -> Any:
        found = self._tree[name]
        return Branch(found, self._telling) if isinstance(found, dict) else found(self._telling)

    def __iter__(self) -> Iterator[str]:
        return iter(self._tree)

    def __len__(self) -> int:
        return len(self._tree)

    def __str__(self) -> str:
        return ""
