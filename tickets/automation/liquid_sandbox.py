"""Liquid with what words to people need, and bounds that no text can leave; imported only when a text has any of it.

Left out on purpose: including other templates, switching the escaping off (`safe`, `raw` HTML by decoding), and
whatever repeats without end. Bounds: pieces of a text, rounds of its loops, characters made, and time.
"""

from __future__ import annotations

import html as html_entities
import re
import time
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from datetime import datetime
from functools import cache, lru_cache, wraps
from typing import Any, ClassVar

from django.utils import dateformat, formats, timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from liquid import BoundTemplate, Environment
from liquid.builtin import content, illegal, output
from liquid.builtin.filters import array, math, misc, string
from liquid.builtin.tags import (
    assign_tag,
    capture_tag,
    case_tag,
    comment_tag,
    cycle_tag,
    echo_tag,
    for_tag,
    if_tag,
    unless_tag,
)
from liquid.exceptions import FilterArgumentError, LiquidError, ResourceLimitError

from tickets.services import Refused

MAX_SOURCE = 50_000
MAX_PIECES = 300
MAX_OUTPUT = 200_000
MAX_ROUNDS = 500
MAX_SECONDS = 1.0
MAX_NUMBER = 10**15

PIECE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)

deadline: ContextVar[float] = ContextVar("when the text that is being written has to be done")

TAGS = (
    content.Literal, output.Output, illegal.Illegal, if_tag.IfTag, unless_tag.UnlessTag, case_tag.CaseTag,
    for_tag.ForTag, for_tag.BreakTag, for_tag.ContinueTag, assign_tag.AssignTag, capture_tag.CaptureTag,
    comment_tag.CommentTag, cycle_tag.CycleTag, echo_tag.EchoTag,
)  # fmt: skip

# From strftime, which Liquid uses, to Django's letters, which are translated.
_LETTERS = {
    "a": "D", "A": "l", "b": "M", "B": "F", "h": "M", "d": "d", "e": "j", "H": "H", "I": "h", "j": "z", "k": "G",
    "l": "g", "m": "m", "M": "i", "p": "A", "P": "a", "S": "s", "u": "N", "w": "w", "V": "W", "y": "y", "Y": "Y",
    "z": "O", "Z": "T", "s": "U", "F": "Y-m-d", "T": "H:i:s", "R": "H:i", "D": "m/d/y",
}  # fmt: skip
_UNPADDED = {"d": "j", "m": "n", "H": "G", "I": "g", "e": "j"}


def date(value: Any, pattern: str = "%x") -> str:
    """Liquid's `date`, with the names of days and months in the language of the text."""
    when = timezone.localtime() if value in ("now", "today") else value
    if isinstance(when, str):
        when = _parsed(when)
    return _written(when, str(pattern)[:100]) if isinstance(when, datetime) else str(value or "")


def _parsed(text: str) -> datetime | None:
    try:
        return parse_datetime(text)
    except ValueError:
        return None


def _written(when: datetime, pattern: str) -> str:
    made, letters = [], iter(pattern)
    for letter in letters:
        if letter != "%":
            made.append(letter)
            continue
        code = next(letters, "%")
        unpadded = code == "-"
        code = next(letters, "%") if unpadded else code
        known = (_UNPADDED if unpadded else {}).get(code) or _LETTERS.get(code)
        if code == "x":
            made.append(formats.date_format(when, "DATE_FORMAT"))
        else:
            made.append(str(dateformat.format(when, known)) if known else code)
    return "".join(made)


def guarded(function: Callable[..., Any]) -> Callable[..., Any]:
    """A filter that gives up before it makes too much, or when the time is over."""

    @wraps(function)
    def run(value: Any, *args: Any, **kwargs: Any) -> Any:
        refuse_lateness()
        sizes = [_size(each) for each in (value, *args)]
        # The worst a filter here can do: put one argument between all characters of the value.
        if sum(sizes) > MAX_OUTPUT or (len(sizes) > 1 and max(sizes[0], 1) * max(sizes[1:]) > 20 * MAX_OUTPUT):
            raise ResourceLimitError("too much text", token=None)
        made = function(value, *args, **kwargs)
        if isinstance(made, int | float) and not isinstance(made, bool) and abs(made) > MAX_NUMBER:
            raise ResourceLimitError("too large a number", token=None)
        if _size(made) > MAX_OUTPUT:
            raise ResourceLimitError("too much text", token=None)
        return made

    return run


def _size(value: Any) -> int:
    if isinstance(value, str):
        return len(value)
    if isinstance(value, range):
        return len(value) if len(value) <= MAX_ROUNDS else MAX_OUTPUT + 1
    if isinstance(value, list | tuple):
        return sum(_size(each) + 1 for each in value)
    return 0


def refuse_lateness() -> None:
    if time.monotonic() > deadline.get():
        raise ResourceLimitError("out of time", token=None)


def replace(value: Any, old: Any, new: Any = "") -> str:
    text, old, new = str(value or ""), str(old or ""), str(new or "")
    if text.count(old) * len(new) > MAX_OUTPUT:
        raise ResourceLimitError("too much text", token=None)
    return text.replace(old, new)


def split(value: Any, separator: Any = " ") -> list[str]:
    text, separator = str(value or ""), str(separator or "")
    return text.split(separator) if separator else list(text)


def join(value: Any, separator: Any = " ") -> str:
    items, between = value if isinstance(value, list | tuple) else [value], str(separator)
    if len(items) * len(between) > MAX_OUTPUT:
        raise ResourceLimitError("too much text", token=None)
    return between.join(str(item) for item in items)


def truncate(value: Any, length: Any = 50, end: str = "…") -> str:
    text = str(value or "")
    try:
        room = int(length)
    except (TypeError, ValueError) as error:
        raise FilterArgumentError("expected a number", token=None) from error
    return text if len(text) <= room else text[: max(room - len(end), 0)] + end


FILTERS: dict[str, Callable[..., Any]] = {
    "abs": math.abs_, "at_least": math.at_least, "at_most": math.at_most, "ceil": math.ceil, "floor": math.floor,
    "divided_by": math.divided_by, "minus": math.minus, "modulo": math.modulo, "plus": math.plus,
    "round": math.round_, "times": math.times,
    "append": string.append, "capitalize": string.capitalize, "downcase": string.downcase, "escape": string.escape,
    "lstrip": string.lstrip, "newline_to_br": string.newline_to_br, "prepend": string.prepend,
    "remove": string.remove, "remove_first": string.remove_first, "replace": replace,
    "replace_first": string.replace_first, "rstrip": string.rstrip, "slice": string.slice_, "split": split,
    "strip": string.strip, "strip_html": string.strip_html, "strip_newlines": string.strip_newlines,
    "truncate": truncate, "truncatewords": string.truncatewords, "upcase": string.upcase,
    "url_encode": string.url_encode,
    "compact": array.compact, "first": array.first, "join": join, "last": array.last, "map": array.map_,
    "reverse": array.reverse, "sort": array.sort, "uniq": array.uniq, "where": array.where,
    "date": date, "default": misc.default, "size": misc.size,
}  # fmt: skip


class Sandbox(Environment):
    block_nesting_limit: ClassVar[int] = 10
    context_depth_limit: ClassVar[int] = 10
    loop_iteration_limit: ClassVar[int | None] = MAX_ROUNDS
    local_namespace_limit: ClassVar[int | None] = 4 * MAX_OUTPUT
    output_stream_limit: ClassVar[int | None] = MAX_OUTPUT

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        for tag in TAGS:
            self.add_tag(tag)
        for name, function in FILTERS.items():
            self.add_filter(name, guarded(function))


@cache
def sandbox(*, escapes: bool) -> Sandbox:
    return Sandbox(autoescape=escapes)


def write(template: BoundTemplate, names: Mapping[str, Any]) -> str:
    """Raises `LiquidError`."""
    token = deadline.set(time.monotonic() + MAX_SECONDS)
    try:
        return template.render(**names)
    finally:
        deadline.reset(token)


@lru_cache(maxsize=512)
def parsed(text: str, is_html: bool) -> BoundTemplate:
    """Raises `LiquidError`, and `Refused` for a text that is too long to be tried."""
    if reason := too_long(text):
        raise Refused(reason)
    return sandbox(escapes=is_html).from_string(as_liquid(text) if is_html else text)


def as_liquid(html: str) -> str:
    """HTML whose placeholders are as they were typed: an editor writes > as &gt; and blanks as &nbsp; in them too."""
    return PIECE.sub(lambda piece: html_entities.unescape(piece[0]).replace("\xa0", " "), html)


def too_long(text: str) -> str:
    """Why, or nothing."""
    if len(text) <= MAX_SOURCE and len(PIECE.findall(text)) <= MAX_PIECES:
        return ""
    return _("Text with placeholders has at most %(size)s characters and %(count)s placeholders.") % {
        "size": MAX_SOURCE,
        "count": MAX_PIECES,
    }


def why_not(error: LiquidError) -> str:
    """For a sentence."""
    if isinstance(error, ResourceLimitError):
        return _("they make more text, or take more time, than is allowed")
    token = error.token
    piece = token.source[max(token.start_index - 20, 0) : token.start_index + 40] if token else "…"
    return _("“%(piece)s” does not work here") % {"piece": piece}
