"""How history announces itself in a line or a few: attributions ("On … Ada wrote:") and header blocks.

Each question looks at a bounded window, so asking it of every line stays linear.
"""

from __future__ import annotations

import re

from .reply_words import LABELS, OPENER, WROTE

HISTORY_LINE = "\x02history"  # stands where an HTML marker says: all that follows is history
WINDOW = 400  # characters of a line that are looked at

QUOTED = re.compile(r"[ \t]*(?:>|&gt;)")
_LABEL = re.compile(r"[\s>*_]{0,20}([^:：\d<>@]{1,25}?)[\s*_]{0,5}[:：]")
_ADDRESS = re.compile(r"[\w.+=-]{1,64}@[\w-]{1,63}\.")
_TIME = re.compile(r"\d{1,2}\s?[:.h時시点]\s?\d{2}")
_DATE = re.compile(
    r"\b(?:19|20)\d\d\b|(?:19|20)\d\d\s?[年년.]|\d{1,2}\s?[./-]\s?\d{1,2}\s?[./-]\s?\d{2,4}|\d{1,2}\.? \w{3,10}\.?,? "
)
# Yahoo's apps put the first quoted words on the attribution's own line.
WROTE_AND_QUOTED = re.compile(
    r"\s*\S.{8,200}<[^<>\s]{1,100}@[^<>\s]{3,100}>\s?(?:wrote|schrieb|a écrit|escribió|ha scritto|escreveu|schreef)"
    r"\s?:\s{2,}\S"
)


def is_header_block(lines: list[str], index: int) -> bool:
    """From and one more of Sent, To, Subject within the next lines, and an address or a subject among them."""
    first = _label(lines[index])
    if first not in ("from", "sent") or QUOTED.match(lines[index]):
        return False
    kinds, block = {first}, [lines[index][:WINDOW]]
    strangers = 0
    for line in lines[index + 1 : index + 12]:
        if not line.strip():
            if len(kinds) > 1:
                break
            continue
        kind = _label(line)
        if not kind:
            strangers += 1
            if strangers > 2:
                break
            continue
        kinds.add(kind)
        block.append(line[:WINDOW])
    if "from" not in kinds or len(kinds) < 2:
        return False
    return "subject" in kinds or (len(kinds) > 2 and any(_ADDRESS.search(line) for line in block))


def _label(line: str) -> str:
    match = _LABEL.match(line[:120])
    return LABELS.get(match[1].strip().lower(), "") if match else ""


def attribution_length(lines: list[str], index: int) -> int:
    """How many lines the "On … wrote:" that begins at `index` takes (1–3), 0 when there is none."""
    if QUOTED.match(lines[index]) or not lines[index].strip():
        return 0
    joined = ""
    for length, line in enumerate(lines[index : index + 3], start=1):
        if not line.strip() or QUOTED.match(line):
            return 0
        if length == 2 and not _opens_attribution(lines[index]):
            return 0
        joined = f"{joined} {line[:WINDOW].strip()}".strip()
        if joined.endswith((":", "：", ":*", ":_")) or joined.rstrip(" \u200e\u200f\u202c>").endswith((":", "：")):
            return length if _is_attribution(joined, lines, index + length) else 0
        if len(joined) > WINDOW:
            return 0
    return 0


def _opens_attribution(line: str) -> bool:
    """Whether an attribution may run on after `line`; a sentence that happens to stand above one must not join it."""
    head = line[:WINDOW]
    if head.rstrip().endswith((".", "!", "?", "…", "。")) and not _ADDRESS.search(head):
        return False
    return bool(OPENER.match(head) or _DATE.search(head) or _TIME.search(head) or _ADDRESS.search(head))


def _is_attribution(joined: str, lines: list[str], after: int) -> bool:
    dated = bool(_DATE.search(joined)) and bool(_TIME.search(joined))
    addressed = bool(_ADDRESS.search(joined))
    if WROTE.search(joined):
        return dated or addressed or quote_follows(lines, after)
    return dated and addressed


def quote_follows(lines: list[str], index: int) -> bool:
    for line in lines[index : index + 3]:
        if line.strip():
            return bool(QUOTED.match(line)) or line == HISTORY_LINE
    return False
