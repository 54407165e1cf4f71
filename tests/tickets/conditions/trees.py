"""Trees and tickets for the property test: every field, operator and odd value, around few enough things to meet."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from tickets.conditions import Field, Tree, catalogue
from tickets.models import Channel, Priority, Status, TicketType

NOW = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 22, tzinfo=UTC)
WORDS = ("refund", "Müller", "MÜLLER", "50%", "a_b", "İstanbul", "ΣΟΦΟΣ", "σοφος", "straße", "x\\y", "fun",
    "Crème", "cre\u0300me", "creme", "Ørsted", "STRASSE", "ﬁn", "５０％", "Όχι", "й")  # fmt: skip
TAGS = ("vip", "refund", "big_fish", "ärger")
ADDRESSES = ("ada@example.org", "grace@onethread.test", "bob@example.com")
TEXTS_OF: Mapping[str, tuple[str, ...]] = {
    "locale_id": ("de", "DE", "en", "fr"),
    "recipient": ("support@onethread.test", "SUPPORT@onethread.test", "ada@example.org"),
    "requester_address": ADDRESSES,
    "cc_address": ("cc@example.org", "suggested@example.org", "Unverified@example.org"),
}
USERS = ("assignee_id", "follower", "mention")
HOURS = (0, 1, 4, 23, 24, 100)
# Around the edges of every comparison below: whole hours, midnights of three time zones, and never.
MOMENTS = st.one_of(
    st.sampled_from([NOW + timedelta(hours=sign * hours) for hours in HOURS for sign in (-1, 1)]),
    st.sampled_from([NOW - timedelta(hours=4, microseconds=us) for us in (-1, 1)]),
    st.sampled_from([MIDNIGHT + timedelta(hours=h, minutes=m) for h in (-5.5, 0, 5) for m in (0, -1)]),
    st.integers(-200, 200).map(lambda hours: NOW + timedelta(hours=hours, minutes=7)),
)
MAYBE = st.one_of(st.none(), MOMENTS)
TEXTS = st.lists(st.sampled_from([*WORDS, "and", "funds"]), max_size=4).map(" ".join)


def values(field: Field, widget: str, ids: Mapping[str, list[int]]) -> st.SearchStrategy[Any]:
    """Values that a condition on `field` may have; `ids` are those of the rows there are, by field."""
    known: list[Any]
    if field.kind == "choice":
        known = [value for value, _label in field.choices()]
    else:
        known = [*ids.get(field.key, []), 987_654]
        known += ["current_user"] if field.key in USERS else []
        known += [""] if field.has("present") else []
    texts = TEXTS_OF.get(field.key, WORDS)
    match widget.split(":")[0]:
        case "none":
            return st.none()
        case "choice" | "lookup":
            return st.sampled_from(known)
        case "choices" | "lookups":
            return st.lists(st.sampled_from(known), min_size=1, max_size=4)
        case "number" if field.kind == "number":
            return st.integers(0, 3)
        case "number":
            return st.sampled_from([hours for hours in HOURS if hours or field.kind == "hours"])
        case "date":
            days = ["today", "yesterday", "tomorrow", "2026-11-22", "2026-11-15", "1970-01-01"]
            return st.sampled_from([*days, "2026-11-22T06:30:00Z", "2026-11-22T06:30:00+05:30"])
        case "tags":
            return st.lists(st.sampled_from([*TAGS, "VIP", "unheard"]), min_size=1, max_size=3)
        case "words":
            return st.lists(st.sampled_from([*texts, texts[0][:3], "@"]), min_size=1, max_size=3)
        case "text":
            return st.sampled_from([*texts, f"{texts[0]} {texts[1]}"])
    raise AssertionError(widget)


def conditions(ids: Mapping[str, list[int]]) -> st.SearchStrategy[Tree]:
    return st.one_of(
        [
            st.fixed_dictionaries(
                {"field": st.just(field.key), "operator": st.just(it.key), "value": values(field, it.widget, ids)}
            )
            for field in catalogue()
            for it in field.operators
        ]
    )


def trees(ids: Mapping[str, list[int]], levels: int = 3) -> st.SearchStrategy[Tree]:
    """Often one condition alone, which tells most about it; sometimes nothing at all."""
    node = conditions(ids)
    alone = st.builds(lambda part, condition: {part: [condition]}, st.sampled_from(["all", "none"]), node)
    if levels > 1:
        node = st.one_of(node, node, trees(ids, levels - 1))
    part = st.lists(node, min_size=1, max_size=3)
    return st.one_of(alone, st.fixed_dictionaries({}, optional={"all": part, "any": part, "none": part}))


def tickets(ids: Mapping[str, list[int]]) -> st.SearchStrategy[dict[str, Any]]:
    """Fields of a ticket, and under `messages`, `followers` … what belongs to it."""
    person = st.one_of(st.none(), st.sampled_from(ids["assignee_id"]))
    people = st.lists(st.sampled_from(ids["assignee_id"]), unique=True, max_size=2)
    message = st.fixed_dictionaries(
        {
            "text": TEXTS,
            "kind": st.sampled_from(["public", "note"]),
            "is_cancelled": st.booleans(),
            "file": st.booleans(),
        }
    )
    return st.fixed_dictionaries(
        {
            "subject": TEXTS,
            "status": st.sampled_from(Status.values),
            "priority": st.sampled_from(Priority.values),
            "type": st.sampled_from(TicketType.values),
            "channel": st.sampled_from(Channel.values),
            "tags": st.lists(st.sampled_from(TAGS), unique=True, max_size=3),
            "requester_id": st.sampled_from(ids["requester_id"]),
            "assignee_id": person,
            "team_id": st.one_of(st.none(), st.sampled_from(ids["group_id"])),
            "inbox_id": st.sampled_from(ids["inbox_id"]),
            **dict.fromkeys(("created_at", "updated_at", "status_changed_at", "solved_at"), MOMENTS),
            **dict.fromkeys(("closed_at", "due_at", "assigned_at", "waiting_since"), MAYBE),
            **dict.fromkeys(("requester_updated_at", "assignee_updated_at"), MAYBE),
            **dict.fromkeys(("reply_count", "reopen_count", "assignee_stations", "team_stations"), st.integers(0, 3)),
            "messages": st.lists(message, max_size=3),
            "followers": people,
            "mentions": people,
            "team_mentions": st.lists(st.sampled_from(ids["group_id"]), unique=True, max_size=2),
            "drafts": people,
            "copies": st.lists(st.sampled_from(["cc", "suggested", "unverified"]), unique=True, max_size=2),
        }
    )
