"""Tables out of files that anybody may have made: CSV in any charset, XLSX. Bounded before much is held in memory."""

from __future__ import annotations

import csv
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from io import TextIOWrapper
from itertools import islice
from typing import IO, Any, BinaryIO, cast

import chardet
from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

# What openpyxl and what it stands on raise over files that somebody has made or broken.
BROKEN = (
    InvalidFileException, LookupError, ValueError, TypeError, AttributeError, ArithmeticError, AssertionError,
    zipfile.BadZipFile, zlib.error, OSError, EOFError, SyntaxError, NotImplementedError, RuntimeError,
)  # fmt: skip

MAX_BYTES = 25 * 1024 * 1024
MAX_COLUMNS = 200
MAX_CELL = 10_000  # characters
MAX_ROWS = 500_000
MAX_LINE = 1_000_000  # characters up to a line end
MAX_UNPACKED = 400 * 1024 * 1024  # bytes of a spreadsheet without its compression
MAX_TAGS = 100_000  # in a row of a spreadsheet, which openpyxl holds in memory as a whole
ROW_TAG = re.compile(rb"<(/?)(?:\w{1,20}:)?(row|sheetData)[\s/>]")
SAMPLE_BYTES = 64 * 1024
SNIFFED_LINES = 20
DELIMITERS = ",;\t|"
ENCODINGS = [
    "utf-8", "windows-1252", "iso-8859-15", "windows-1250", "windows-1251", "windows-1253", "windows-1254", "utf-16",
    "shift_jis", "gb18030", "big5", "euc-kr", "macroman",
]  # fmt: skip
_KNOWN_AS = {"mac-roman": "macroman", "gb2312": "gb18030", "iso-8859-1": "windows-1252", "ascii": "utf-8"}

Row = list[str]


class Unreadable(Exception):
    """`str()` says what is wrong, and at which row and column."""

    def __init__(self, reason: str, *, row: int = 0, column: int = 0) -> None:
        self.row, self.column = row, column
        at = ""
        if row and column:
            at = _("Row %(row)s, column %(column)s: ") % {"row": row, "column": column}
        elif row:
            at = _("Row %(row)s: ") % {"row": row}
        super().__init__(at + reason)


@dataclass(frozen=True)
class Shape:
    """How a file is to be read."""

    kind: str  # csv or xlsx
    encoding: str = ""
    delimiter: str = ""


def shape_of(file: BinaryIO, name: str) -> Shape:
    """Raises `Unreadable`. The charset is UTF-8 where it fits, else what the words look like."""
    file.seek(0)
    beginning = file.read(SAMPLE_BYTES)
    file.seek(0)
    if not beginning.strip():
        raise Unreadable(_("The file is empty."))
    if beginning.startswith(b"PK\x03\x04"):
        _refuse_bombs(file)
        return Shape("xlsx")
    if beginning.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable(_("This is an old or protected Excel file: save it as .xlsx or as CSV."))
    encoding = _encoding_of(file, beginning)
    return Shape("csv", encoding, _delimiter_of(file, encoding))


def _encoding_of(file: BinaryIO, beginning: bytes) -> str:
    if beginning.startswith((b"\xff\xfe", b"\xfe\xff")):
        check_encoding(file, "utf-16")
        return "utf-16"
    if b"\0" in beginning:
        row = beginning[: beginning.index(b"\0")].count(b"\n") + 1
        raise Unreadable(_("this is no text, it has zero bytes. Save the table as CSV or XLSX."), row=row)
    if _can_be(file, "utf-8"):
        return "utf-8"
    found = str(chardet.detect(_strange_part(file))["encoding"] or "").lower()
    encoding = _KNOWN_AS.get(found, found)
    if encoding and _can_be(file, encoding):
        return encoding
    return "windows-1252" if _can_be(file, "windows-1252") else "iso-8859-15"  # in which every byte is a letter


def _can_be(file: BinaryIO, encoding: str) -> bool:
    try:
        check_encoding(file, encoding)
    except (Unreadable, LookupError):
        return False
    return True


def _strange_part(file: BinaryIO) -> bytes:
    """Lines with letters beyond ASCII: the rest says nothing of the charset."""
    file.seek(0)
    found = b"".join(islice((line for line in file if not line.isascii()), 500))[:SAMPLE_BYTES]
    file.seek(0)
    return found


def check_encoding(file: BinaryIO, encoding: str, delimiter: str = ",") -> None:
    """Raises `Unreadable` with the place of the first byte that is none of this charset, `LookupError` for no charset.

    Line by line as bytes: in every charset but UTF-16 a line end is that byte and no part of another letter.
    """
    file.seek(0)
    lines: Iterable[bytes] = [file.read()] if encoding == "utf-16" else file
    try:
        for number, line in enumerate(lines, 1):
            try:
                line.decode(encoding)
            except UnicodeDecodeError as error:
                before = line[: error.start].decode(encoding, errors="replace")
                known = {"byte": f"0x{line[error.start]:02X}", "encoding": encoding.upper()}
                reason = _("the byte %(byte)s is no %(encoding)s. Choose the file’s own charset.") % known
                raise Unreadable(reason, row=number, column=before.count(delimiter) + 1) from error
    finally:
        file.seek(0)


class _Kept:
    """A file that a wrapper may not close."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.closed = False

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return False

    def seekable(self) -> bool:
        return False

    def read(self, size: int = -1) -> bytes:
        return self._file.read(size)

    def read1(self, size: int = -1) -> bytes:
        return self._file.read(size)

    def flush(self) -> None:
        return

    def close(self) -> None:
        return


def _delimiter_of(file: BinaryIO, encoding: str) -> str:
    """The one that parts most of the first lines into the same number of cells, more than one."""
    with _text(file, encoding) as text:
        lines = [line for line in islice(_lines(text), SNIFFED_LINES) if line.strip()]

    def fit(delimiter: str) -> tuple[int, int]:
        widths = [len(row) for row in csv.reader(lines, delimiter=delimiter)]
        usual = max(set(widths), key=widths.count) if widths else 1
        return (widths.count(usual) if usual > 1 else 0, usual)

    try:
        return max(DELIMITERS, key=fit)
    except csv.Error:
        return ","


@contextmanager
def rows_of(file: BinaryIO, shape: Shape) -> Iterator[Iterator[Row]]:
    """All rows, the header first. What is beyond a limit raises `Unreadable` when it is reached."""
    if shape.kind == "xlsx":
        with _sheet(file) as rows:
            yield rows
    else:
        with _text(file, shape.encoding) as text:
            yield _csv(text, shape)


def _csv(text: Iterable[str], shape: Shape) -> Iterator[Row]:
    reader = csv.reader(_lines(text, shape.delimiter), delimiter=shape.delimiter)
    number = 0
    while True:
        number += 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise Unreadable(_("a quotation mark is opened here and not closed."), row=number) from error
        yield _within(row, number)


def _within(row: Row, number: int) -> Row:
    if len(row) > MAX_COLUMNS:
        _too_wide(number)
    if number > MAX_ROWS + 1:
        raise Unreadable(_("a file has at most %(count)s rows: part it.") % {"count": MAX_ROWS}, row=number)
    for column, cell in enumerate(row, 1):
        if len(cell) > MAX_CELL:
            reason = _("a cell has at most %(count)s characters.") % {"count": MAX_CELL}
            raise Unreadable(reason, row=number, column=column)
        if "\0" in cell:
            raise Unreadable(_("there is a zero byte in the text."), row=number, column=column)
    return row


def _too_wide(number: int) -> None:
    reason = _("a file has at most %(count)s columns.") % {"count": MAX_COLUMNS}
    raise Unreadable(reason, row=number, column=MAX_COLUMNS + 1)


def _lines(text: Iterable[str], delimiter: str = ",") -> Iterator[str]:
    """Line by line, never more of one than a sane row could have."""
    number = 0
    stream = cast(TextIOWrapper, text)
    while line := stream.readline(MAX_LINE):
        number += 1
        if len(line) >= MAX_LINE and not line.endswith("\n"):
            if line.count(delimiter) >= MAX_COLUMNS:
                _too_wide(number)
            raise Unreadable(_("this line is longer than %(count)s characters.") % {"count": MAX_LINE}, row=number)
        yield line


@contextmanager
def _text(file: BinaryIO, encoding: str) -> Iterator[TextIOWrapper]:
    file.seek(0)
    name = "utf-8-sig" if encoding == "utf-8" else encoding
    yield TextIOWrapper(cast(IO[bytes], _Kept(file)), encoding=name, newline="")


def _refuse_bombs(file: BinaryIO) -> None:
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
            unpacked = sum(info.file_size for info in archive.infolist())
            if "xl/workbook.xml" not in names:
                raise Unreadable(_("This is no spreadsheet. Save the table as CSV or XLSX."))
            if unpacked > MAX_UNPACKED or len(names) > 2000:
                raise Unreadable(_("This spreadsheet is too large once it is unpacked."))
            for name in names:
                if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                    with archive.open(name) as sheet:
                        _refuse_wide(sheet)
    except BROKEN as error:
        raise Unreadable(_("This spreadsheet is broken.")) from error
    finally:
        file.seek(0)


def _refuse_wide(sheet: IO[bytes]) -> None:
    """A row of millions of cells is small in the file and large in memory: its tags are counted before it is read."""
    row, tags, kept = 0, 0, b""
    while piece := sheet.read(1024 * 1024):
        text = kept + piece
        end, place = max(len(text) - 64, 0), 0  # a tag may be cut: what is at the end is looked at with the next piece
        for tag in ROW_TAG.finditer(text):
            if tag.start() >= end:
                break
            tags += text.count(b"<", place, tag.start())
            if tags > MAX_TAGS:
                _too_wide(row)
            row, tags, place = row + (tag[1] == b""), 0, tag.start()
            if tag.groups() == (b"/", b"sheetData"):
                return
        tags += text.count(b"<", place, end)
        if tags > MAX_TAGS:
            _too_wide(row)
        kept = text[end:]


@contextmanager
def _sheet(file: BinaryIO) -> Iterator[Iterator[Row]]:
    """The first sheet, a row at a time. Values, not formulas."""
    file.seek(0)
    try:
        book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
    except BROKEN as error:
        raise Unreadable(_("This spreadsheet is broken.")) from error
    try:
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what the file says of its own size is not to be believed
        yield _cells(sheet.iter_rows(values_only=True, max_col=MAX_COLUMNS + 1))
    except IndexError as error:
        raise Unreadable(_("This spreadsheet has no sheet.")) from error
    finally:
        book.close()


def _cells(rows: Iterable[tuple[Any, ...]]) -> Iterator[Row]:
    for number, row in enumerate(_unbroken(rows), 1):
        cells = [_as_text(cell) for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        yield _within(cells, number)


def _unbroken(rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    try:
        yield from rows
    except BROKEN as error:
        raise Unreadable(_("This spreadsheet is broken.")) from error


def _as_text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell).replace("\0", "")
