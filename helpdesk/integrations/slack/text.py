"""Words on their way to and from Slack, which escapes `&`, `<` and `>` alone and names people and links in brackets."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from django.utils.html import escape, linebreaks, urlize

MOST = 3000  # characters of a section block
BRACKETS = re.compile(r"<([^<>]*)>")
PERSON = re.compile(r"<@([A-Z0-9]{3,32})(?:\|[^<>]*)?>")


def to_slack(text: str, most: int = MOST) -> str:
    """Plain text as Slack takes it: nothing in it is a command, a link or a name."""
    cut = text if len(text) <= most else f"{text[: most - 1]}…"
    return cut.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def people_in(text: str) -> set[str]:
    return set(PERSON.findall(text))


def from_slack(text: str, name_of: Callable[[str], str]) -> str:
    """Slack's text as plain text: names for people, labels and addresses for links."""
    plain = BRACKETS.sub(lambda found: _written_out(found.group(1), name_of), text)
    return plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").replace("\0", "")


def _written_out(inside: str, name_of: Callable[[str], str]) -> str:
    target, _bar, label = inside.partition("|")
    if target.startswith("@"):
        return f"@{name_of(target[1:])}"
    if target.startswith("#"):
        return f"#{label or target[1:]}"
    if target.startswith("!"):
        return f"@{label or target[1:].split('^')[0]}"
    address = target.removeprefix("mailto:")
    return address if not label or label in (address, target) else f"{label} ({address})"


def as_html(plain: str) -> str:
    return linebreaks(urlize(escape(plain)))


def as_object(value: object) -> dict[str, Any]:
    """What should be a JSON object, empty where it is none."""
    return value if isinstance(value, dict) else {}


def words_of(message: dict[str, Any]) -> str:
    """The text of a message; where blocks hold the only words, those. Files are named."""
    text = str(message.get("text") or "") or "\n".join(_texts(message.get("blocks")))
    files = message.get("files")
    names = [_file(file) for file in files if isinstance(file, dict)] if isinstance(files, list) else []
    return "\n".join([text, *names]).strip()


def _file(file: dict[str, Any]) -> str:
    name, link = str(file.get("name") or file.get("id") or ""), str(file.get("permalink") or "")
    name = name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"📎 {name} <{link}>" if link.startswith("https://") else f"📎 {name}"


def _texts(node: Any, depth: int = 0) -> Iterator[str]:
    """The `text` of sections and rich text, at any depth that people write in."""
    if depth > 8:
        return
    if isinstance(node, list):
        for child in node[:200]:
            yield from _texts(child, depth + 1)
    elif isinstance(node, dict):
        if isinstance(node.get("text"), str):
            yield node["text"]
        for key in ("text", "elements", "fields"):
            if isinstance(node.get(key), list | dict):
                yield from _texts(node[key], depth + 1)
