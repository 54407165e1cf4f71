"""What a message said, version by version, however they arrive. Pure: it reads and makes what `ProviderMessage.edit`
holds, {"versions": [{number, text, at}]} with the first words under 0.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from tickets.message_facts import Earlier

MOST = 20  # versions kept besides the first: who edits more often loses those in between
FIRST = 0

Edit = dict[str, Any]


class Words(NamedTuple):
    text: str
    earlier: list[Earlier]
    edited_at: str  # ISO; empty where the words are the first ones


def with_version(edit: Edit, number: int, text: str, at: datetime) -> Edit:
    """Told twice it is one; where two differ under one number, the same one holds in whatever order they came."""
    known = {each["number"]: each for each in edit.get("versions", [])}
    new = {"number": number, "text": text, "at": at.isoformat()}
    if number not in known or _weight(new) > _weight(known[number]):
        known[number] = new
    kept = sorted(known.values(), key=lambda each: int(each["number"]))
    first = [each for each in kept[:-MOST] if each["number"] == FIRST]
    return {**edit, "versions": [*first, *kept[-MOST:]]}


def merged(one: Edit, other: Edit) -> Edit:
    """Of two rows that are one message."""
    for each in other.get("versions", []):
        one = with_version(one, each["number"], each["text"], datetime.fromisoformat(each["at"]))
    return one


def has_first(edit: Edit) -> bool:
    return any(each["number"] == FIRST for each in edit.get("versions", []))


def words_of(edit: Edit) -> Words:
    """The newest version, and those before it that said something else."""
    versions = edit.get("versions", [])
    if not versions:
        return Words("", [], "")
    newest, earlier, follows = versions[-1], [], versions[-1]["text"]
    for each in reversed(versions[:-1]):
        if each["text"] != follows:
            earlier.append(Earlier(text=each["text"], at=each["at"]))
            follows = each["text"]
    earlier.reverse()
    return Words(newest["text"], earlier, _changed_at(versions) if earlier else "")


def _changed_at(versions: list[dict[str, Any]]) -> str:
    """When the newest words came first: versions after that changed something else, as buttons below it."""
    at = versions[-1]["at"]
    for each in reversed(versions[:-1]):
        if each["text"] != versions[-1]["text"]:
            break
        at = each["at"]
    return str(at)


def _weight(version: dict[str, Any]) -> tuple[str, str]:
    return version["at"], version["text"]
