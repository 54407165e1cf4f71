"""Tables that leave us as CSV or XLSX, row by row: nothing is held in memory, however many rows there are.

XLSX is written by hand (ECMA-376 part 1, §18): one sheet of inline texts needs five small files in a ZIP.
"""

from __future__ import annotations

import csv
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from typing import IO, cast
from xml.sax.saxutils import escape

Cell = str | int | float | None
# OWASP: what a spreadsheet would run; the last four are = + - @ as wide as East Asian letters
STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
MAX_SHEET_ROWS = 1_048_576
MAX_SHEET_CELL = 32_767  # characters
AT_ONCE = 64 * 1024
CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PARTS = {
    "[Content_Types].xml": f"""{_HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">\
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>\
<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>\
<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPES}.worksheet+xml"/></Types>""",
    "_rels/.rels": f"""{_HEAD}<Relationships xmlns="{_RELATIONS}">\
<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>""",
    "xl/workbook.xml": f"""{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>\
<sheet name="Onethread" sheetId="1" r:id="r1"/></sheets></workbook>""",
    "xl/_rels/workbook.xml.rels": f"""{_HEAD}<Relationships xmlns="{_RELATIONS}">\
<Relationship Id="r1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>""",
}


def tame(text: str) -> str:
    """With an apostrophe before what a spreadsheet would take for a formula: nothing that a customer writes is run."""
    return f"'{text}" if text.startswith(STARTS_FORMULA) else text


def untame(text: str) -> str:
    """As it was before `tame`: what was taken out here can be brought back in."""
    return text[1:] if text.startswith("'") and text[1:].startswith(STARTS_FORMULA) else text


def csv_bytes(rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """UTF-8 with the mark by which Excel knows it."""
    yield b"\xef\xbb\xbf"
    writer = csv.writer(_Echo())
    held: list[str] = []
    for row in rows:
        held.append(writer.writerow([tame(cell) if isinstance(cell, str) else cell for cell in row]))
        if len(held) == 200:
            yield "".join(held).encode(errors="replace")
            held.clear()
    yield "".join(held).encode(errors="replace")


def xlsx_bytes(rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """Rows beyond what a sheet can have are left out."""
    out = _Passing()
    with zipfile.ZipFile(cast(IO[bytes], out), "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in _PARTS.items():
            archive.writestr(name, text)
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
            for number, row in enumerate(rows, 1):
                if number > MAX_SHEET_ROWS:
                    break
                sheet.write(f"<row>{''.join(map(_cell, row))}</row>".encode())
                if out.size > AT_ONCE:
                    yield out.taken()
            sheet.write(b"</sheetData></worksheet>")
    yield out.taken()


def _cell(value: Cell) -> str:
    if value is None or value == "":
        return "<c/>"
    if isinstance(value, int | float):
        return f"<c><v>{value}</v></c>"
    text = escape(_UNFIT.sub("\ufffd", tame(value))[:MAX_SHEET_CELL])
    return f'<c t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


class _Passing:
    """A file that only goes on: what was written is taken out piece by piece."""

    def __init__(self) -> None:
        self._held, self._place = BytesIO(), 0

    @property
    def size(self) -> int:
        return self._held.tell()

    def write(self, data: bytes) -> int:
        self._place += len(data)
        return self._held.write(data)

    def tell(self) -> int:
        return self._place

    def flush(self) -> None:
        return

    def taken(self) -> bytes:
        held, self._held = self._held.getvalue(), BytesIO()
        return held
