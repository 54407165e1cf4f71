"""What the page tells about searching."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Filter:
    example: str
    meaning: str | Promise


FILTERS = (
    Filter('"exact phrase"', _("these words, one after the other")),
    Filter("-word", _("without this word; works for filters too")),
    Filter("ref*", _("words that begin so")),
    Filter("status:open", _("new, open, pending, hold, solved, closed; status<solved")),
    Filter("assignee:me", _("me, none, a name or an address")),
    Filter("team:support", _("the team’s name")),
    Filter("tag:refund", _("a tag; twice means either")),
    Filter("from:ada@example.org", _("the requester’s name or address; also cc:")),
    Filter("to:billing", _("the inbox’s name or address")),
    Filter("organization:acme", _("the requester’s organisation")),
    Filter("priority:urgent", _("low, normal, high, urgent; priority>normal")),
    Filter("type:incident", _("question, incident, problem, task")),
    Filter("is:unassigned", _("mine, unassigned, unsolved, waiting, followed, mentioned …")),
    Filter("has:attachment", _("attachment, cc, tags")),
    Filter("created>7days", _("created, updated, solved, closed, due; a day, 4hours, today")),
    Filter("subject:invoice", _("in the subject only")),
    Filter("sort:newest", _("newest first, wherever the words are")),
)

QUICK = (
    ("is:unsolved", _("Unsolved")),
    ("assignee:me", _("Assigned to me")),
    ("is:unassigned", _("Unassigned")),
    ("updated>7days", _("Last 7 days")),
    ("has:attachment", _("With files")),
    ("sort:newest", _("Newest first")),
)


@dataclass(frozen=True)
class QuickFilter:
    label: str | Promise
    url: str
    is_on: bool


def quick_filters(text: str) -> list[QuickFilter]:
    """Filters to put into this search, or to take out of it, by one click."""
    words = text.split()
    return [
        QuickFilter(
            label,
            "?" + urlencode({"q": " ".join([word for word in words if word != added] or [""])
                             if added in words else f"{text} {added}"}),
            added in words,
        )
        for added, label in QUICK
    ]  # fmt: skip
