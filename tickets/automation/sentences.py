"""Rules in words, as one would read them to a colleague: “When Status changed to Solved and Channel is Chat, …”.

Fields and values are marked while a sentence is put together, so that a page can show them in bold and everything
else can leave the marks out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from tickets.automation.actions import ACTIONS
from tickets.conditions import Field
from tickets.conditions.problems import Wrong
from tickets.conditions.tree import PARTS
from tickets.wording import condition_parts

Fields = Mapping[str, Field]
BOLD = re.compile("\x02([^\x02\x03]*)\x03")
LONGEST_WORDS = 80
WRITTEN = ("words", "html", "parts")  # widgets whose value holds words of one's own


def sentence(kind: str, conditions: Any, actions: Any, fields: Fields) -> SafeString:
    """What a trigger, automation, view or SLA policy asks and does, as HTML with what matters in bold."""
    asked = tree_words(conditions, fields)
    done = _list([action_words(action) for action in actions if isinstance(action, dict)])
    match kind:
        case "trigger":
            begin = _("When %(asked)s") if asked else _("Whenever a ticket is created or changed")
        case "automation":
            begin = _("As soon as %(asked)s") if asked else _("At any time")
        case "macro":
            begin = _("When somebody applies it")
        case _:
            begin = _("Tickets of which %(asked)s") if asked else _("Every ticket")
    said = begin % {"asked": asked}
    return html(capfirst(f"{said}: {done}." if done else f"{said}."))


def html(marked: str) -> SafeString:
    return mark_safe(BOLD.sub(r"<b>\1</b>", escape(marked)))  # noqa: S308 escaped first


def plain(marked: str) -> str:
    return BOLD.sub(r"\1", marked)


def strong(text: object) -> str:
    return f"\x02{BOLD.sub('', str(text))}\x03" if str(text) else ""


def tree_words(tree: Any, fields: Fields) -> str:
    """A whole tree as the middle of a sentence; empty for one that asks nothing."""
    if not isinstance(tree, dict):
        return ""
    if "field" in tree:
        return condition_words(tree, fields)
    every, some, none = (
        [words for node in _nodes(tree, part) if (words := tree_words(node, fields))] for part in PARTS
    )
    said = list(every)
    if some:
        said.append(some[0] if len(some) == 1 else _("either %(list)s") % {"list": _(" or ").join(some)})
    if none:
        said.append(_("not: %(list)s") % {"list": _(" nor ").join(none)})
    return _(" and ").join(said)


def condition_words(condition: Mapping[str, Any], fields: Fields) -> str:
    """One condition, even one that can't be asked (any more)."""
    field = fields.get(str(condition.get("field")))
    if field is None or not field.has(str(condition.get("operator"))):
        raw = " ".join(str(condition.get(part, "")) for part in ("field", "operator", "value"))
        return strong(raw.strip())
    name, operator, value = condition_parts(condition, field)
    # "was within the last … days" has a place for its number; elsewhere the value follows.
    said = operator.replace("…", strong(value)) if "…" in operator else f"{operator} {strong(value)}"
    return f"{strong(name)} {said}".strip()


def action_words(action: Mapping[str, Any]) -> str:
    """One action, as the end of a sentence, even one that can't be done (any more)."""
    kind, value = ACTIONS.get(str(action.get("field"))), action.get("value")
    try:
        if kind is None:
            raise Wrong
        value = kind.read(value)
    except Wrong:
        name = kind.label if kind else action.get("field", "")
        return strong(f"{name} {value}"[:LONGEST_WORDS])
    before, shown, after = kind.say(value).rpartition(kind.shown(value))
    return f"{before}{strong(shown)}{after}"


def condition_lines(tree: Any, fields: Fields) -> list[str]:
    """A line for each condition at the top, for lists and comparisons."""
    if not isinstance(tree, dict):
        return []
    prefix = {"all": "%s", "any": pgettext("condition", "or: %s"), "none": pgettext("condition", "not: %s")}
    return [
        prefix[part] % words for part in PARTS for node in _nodes(tree, part) if (words := tree_words(node, fields))
    ]


def action_lines(actions: Any) -> list[str]:
    """A line for each action; one that writes something has its words below."""
    lines = []
    for action in actions if isinstance(actions, list) else ():
        if isinstance(action, dict):
            lines.append(capfirst(plain(action_words(action))))
            lines += _own_words(action)
    return lines


def _own_words(action: Mapping[str, Any]) -> list[str]:
    """What an action writes, of which the sentence tells at most the beginning."""
    kind, value = ACTIONS.get(str(action.get("field"))), action.get("value")
    if kind is None or kind.widget not in WRITTEN:
        return []
    parts = value if isinstance(value, list) else [value]
    texts = [part for part in parts if isinstance(part, str) and (" " in part.strip() or "\n" in part)]
    return [f"    {line}" for text in texts for line in text.splitlines() if line.strip()]


def _nodes(tree: Mapping[str, Any], part: str) -> Sequence[Any]:
    nodes = tree.get(part)
    return nodes if isinstance(nodes, list) else ()


def _list(said: Sequence[str]) -> str:
    if len(said) < 2:
        return "".join(said)
    return _("%(most)s and %(last)s") % {"most": ", ".join(said[:-1]), "last": said[-1]}
