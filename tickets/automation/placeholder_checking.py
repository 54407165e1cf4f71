"""Looking a text with placeholders through before it is saved: what is wrong in it, and where."""

from __future__ import annotations

import html as html_entities
import re
from difflib import get_close_matches
from typing import Any

from django.utils.translation import gettext as _
from liquid import BoundTemplate
from liquid.exceptions import FilterArgumentError, LiquidError, ResourceLimitError, UnknownFilterError

from tickets.automation.liquid_sandbox import FILTERS, PIECE, as_liquid, parsed, too_long, write
from tickets.automation.placeholder_names import EXAMPLE, LISTS, NAMES, TREE
from tickets.conditions.problems import Wrong

_BLOCK_END = re.compile(r"</(?:p|div|li|h[1-6]|pre|blockquote)>|<br\s*/?>")
_MARK = re.compile(r"<[^>]*>")
_CURLY = str.maketrans({"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "‚": "'"})
_BLOCKS = ("if", "unless", "for", "case", "capture", "comment")


def check(text: str, is_html: bool) -> None:
    if reason := too_long(text):
        raise Wrong(reason)
    _Check(text, is_html).run()


class _Check:
    """One text looked through: how it is built, what it names, and whether it can be written."""

    def __init__(self, text: str, is_html: bool) -> None:
        self.is_html = is_html
        self.written = text
        self.text = text

    def run(self) -> None:
        if self.is_html:
            self._refuse_marks()
            self.text = as_liquid(self.text)
        self._refuse_unclosed()
        try:
            template = parsed(self.text, False)
            self._check_names(template)
            write(template, EXAMPLE)
        except LiquidError as error:
            raise self._wrong(error) from error

    def _refuse_marks(self) -> None:
        """Bold or a link half way through a placeholder takes it apart."""
        for piece in PIECE.finditer(self.text):
            if mark := _MARK.search(piece[0]):
                at = piece.start() + mark.start()
                raise self._at(at, _("There is formatting inside of “%(piece)s”.") % {"piece": _bare(piece[0])})

    def _refuse_unclosed(self) -> None:
        rest = PIECE.sub(lambda piece: " " * len(piece[0]), self.text)
        for opening, closing in (("{{", "}}"), ("{%", "%}")):
            if (at := rest.find(opening)) >= 0:
                raise self._at(at, _("A “%(opening)s” is not closed by “%(closing)s”.") % {
                    "opening": opening, "closing": closing
                })  # fmt: skip

    def _check_names(self, template: BoundTemplate) -> None:
        analysis = template.analyze(include_partials=False)
        for variables in analysis.globals.values():
            for variable in variables:
                if reason := unknown_name(list(variable.segments)):
                    raise self._at(variable.span.index, reason)
        for name, spans in analysis.filters.items():
            if name not in FILTERS:
                raise self._no_filter(spans[0].index, name)

    def _wrong(self, error: LiquidError) -> Wrong:
        if isinstance(error, ResourceLimitError):
            return Wrong(_("This makes more text, or takes more time, than is allowed."))
        at = error.token.start_index if error.token and error.token.start_index >= 0 else self._last_opened()
        word = error.token.value if error.token else ""
        if isinstance(error, UnknownFilterError):
            return self._no_filter(at, word)
        if isinstance(error, FilterArgumentError):
            return self._at(at, _("The filter “%(name)s” is given too much or too little.") % {"name": word})
        piece = self._piece_at(at)
        if piece != piece.translate(_CURLY):
            return self._at(at, _("Use straight quotation marks (\" or ') in “%(piece)s”.") % {"piece": piece})
        return self._at(at, _("“%(piece)s” can’t be understood.") % {"piece": piece})

    def _no_filter(self, at: int, name: str) -> Wrong:
        return self._at(at, _unknown(_("There is no filter “%(name)s”."), name, list(FILTERS)))

    def _piece_at(self, at: int) -> str:
        for piece in PIECE.finditer(self.text):
            if piece.start() <= at < piece.end():
                return piece[0][:80]
        return self.text[at : at + 40]

    def _last_opened(self) -> int:
        """Where the piece begins that a mistake without a place is most likely in."""
        opened: list[int] = []
        for piece in PIECE.finditer(self.text):
            if piece[0].startswith("{{"):
                if not _is_readable(piece[0]):
                    return piece.start()
                continue
            words = piece[0].strip("{}%- \n").split()
            if words and words[0] in _BLOCKS:
                opened.append(piece.start())
            elif words and words[0].removeprefix("end") in _BLOCKS and opened:
                opened.pop()
            elif not _is_readable(piece[0]):
                return piece.start()
        return opened[-1] if opened else 0

    def _at(self, index: int, reason: str) -> Wrong:
        line, column = self._position(index)
        return Wrong(
            _("Line %(line)s, column %(column)s: %(reason)s") % {"line": line, "column": column, "reason": reason}
        )

    def _position(self, index: int) -> tuple[int, int]:
        """As an eye counts them: in HTML a paragraph is a line, and marks have no width."""
        before = self.text[:index]
        if not self.is_html:
            return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
        lines = _BLOCK_END.split(before)
        return len(lines), len(_bare(lines[-1])) + 1


def _bare(html: str) -> str:
    return html_entities.unescape(_MARK.sub("", html))


def _is_readable(piece: str) -> bool:
    try:
        parsed(piece, False)
    except LiquidError:
        return False
    return True


def unknown_name(segments: list[Any]) -> str:
    """Why a placeholder of these segments can't be filled in; empty when it can."""
    path = ".".join(str(segment) for segment in segments)
    place: Any = TREE
    for depth, segment in enumerate(segments):
        if not isinstance(place, dict):
            return _misused(path, ".".join(map(str, segments[:depth])), segments[depth:])
        if not isinstance(segment, str) or segment not in place:
            return _unknown(_("There is no placeholder “%(name)s”."), path, list(NAMES))
        place = place[segment]
    if isinstance(place, dict):
        return _unknown(_("“%(name)s” is not yet a value."), path, [name for name in NAMES if name.startswith(path)])
    return ""


def _misused(path: str, known: str, rest: list[Any]) -> str:
    """`known` is a value; what may follow it is its size, and in a list what each of the list has."""
    if rest == ["size"]:
        return ""
    if known in LISTS and (isinstance(rest[0], int) or rest[0] in ("first", "last")):
        inner = ".".join(map(str, rest[1:]))
        return "" if inner in LISTS[known] else _unknown(_("There is no placeholder “%(name)s”."), path, [
            f"{known}.{rest[0]}.{each}" for each in LISTS[known]
        ])  # fmt: skip
    return _unknown(_("There is no placeholder “%(name)s”."), path, list(NAMES))


def _unknown(sentence: str, name: str, known: list[str]) -> str:
    said = sentence % {"name": name[:80]}
    close = get_close_matches(name, known, n=1, cutoff=0.6)
    hint = _("Did you mean “%(name)s”?")
    return f"{said} {hint % {'name': close[0]}}" if close else said
