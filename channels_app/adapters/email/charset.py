"""Bytes to text. Labels lie, so the order of trust is the one that was right most often on real mail."""

from __future__ import annotations

import codecs
import re
from functools import lru_cache
from typing import Final

import chardet
from chardet import EncodingEra

SAMPLE = 64 * 1024  # bytes shown to the detector; more makes it slower, not wiser

# The only codecs a mail can choose. Names are WHATWG labels and those seen in the wild; a codec that
# Python knows but no mail should use (unicode_escape, rot13, idna, zlib …) is unreachable.
_ALIASES: Final = {
    "utf_8": "utf8 utf-8 unicode-1-1-utf-8 x-unicode20utf8 utf-8-sig utf8mb4 utf-8mb4 cp65001",
    "utf_16": "utf-16 utf16 unicode ucs-2 iso-10646-ucs-2",
    "utf_16_le": "utf-16le",
    "utf_16_be": "utf-16be",
    "utf_7": "utf-7 unicode-1-1-utf-7 csunicode11utf7",
    "ascii": "us-ascii ascii ansi_x3.4-1968 iso646-us 646 7bit us usascii iso-ir-6",
    "cp1252": "windows-1252 cp1252 x-cp1252 ansi iso-8859-1 latin1 latin-1 iso8859-1 iso_8859-1 l1 iso88591 8859-1 "
    "iso-8859-1-windows-3.1-latin-1 8bit binary",
    "iso8859_2": "iso-8859-2 iso8859-2 latin2 l2 iso_8859-2 iso88592",
    "iso8859_3": "iso-8859-3 latin3",
    "iso8859_4": "iso-8859-4 latin4",
    "iso8859_5": "iso-8859-5 cyrillic",
    "cp1256": "windows-1256 cp1256 x-cp1256",
    "iso8859_6": "iso-8859-6 iso-8859-6-e iso-8859-6-i arabic asmo-708",
    "iso8859_7": "iso-8859-7 greek",
    "iso8859_8": "iso-8859-8 iso-8859-8-i iso-8859-8-e hebrew visual logical",
    "cp1254": "windows-1254 cp1254 x-cp1254 iso-8859-9 latin5 iso8859-9",
    "iso8859_10": "iso-8859-10 latin6",
    "cp874": "windows-874 cp874 tis-620 iso-8859-11 tis620 dos-874",
    "iso8859_13": "iso-8859-13",
    "iso8859_14": "iso-8859-14",
    "iso8859_15": "iso-8859-15 latin9 latin-9 iso8859-15 iso_8859-15",
    "iso8859_16": "iso-8859-16",
    "cp1250": "windows-1250 cp1250 x-cp1250",
    "cp1251": "windows-1251 cp1251 x-cp1251 win-1251 cp-1251",
    "cp1253": "windows-1253 cp1253",
    "cp1255": "windows-1255 cp1255",
    "cp1257": "windows-1257 cp1257",
    "cp1258": "windows-1258 cp1258",
    "koi8_r": "koi8-r koi8r koi koi8",
    "koi8_u": "koi8-u koi8-ru",
    "cp866": "ibm866 cp866 866",
    "cp437": "ibm437 cp437",
    "cp850": "ibm850 cp850",
    "cp852": "ibm852 cp852",
    "mac_roman": "macintosh x-mac-roman mac macroman x-macroman",
    "mac_cyrillic": "x-mac-cyrillic x-mac-ukrainian",
    "cp932": "shift_jis shift-jis sjis x-sjis ms_kanji windows-31j ms932 cp932 shift_jisx0213 shiftjis",
    "euc_jp": "euc-jp x-euc-jp eucjp",
    "iso2022_jp_ext": "iso-2022-jp csiso2022jp iso-2022-jp-1 iso-2022-jp-2 iso-2022-jp-ms iso-2022-jp-3 cp50220 jis "
    "cp50221 iso-2022-jp-ext",
    "gb18030": "gb18030 gb2312 gbk gb_2312-80 x-gbk iso-gb2312 cp936 gb_2312 euc-cn csgb2312 gb-2312 chinese x-euc-cn",
    "hz": "hz-gb-2312 hz",
    "big5hkscs": "big5 big5-hkscs x-x-big5 cn-big5 csbig5 cp950 big-5 big5hkscs",
    "cp949": "euc-kr ks_c_5601-1987 ks_c_5601-1989 ksc5601 ks_c_5601 korean cp949 uhc windows-949 euckr x-windows-949",
    "iso2022_kr": "iso-2022-kr csiso2022kr",
}
_CODECS: Final = {label: codec for codec, labels in _ALIASES.items() for label in labels.split()}
_LABEL = re.compile(r"[\w.:+-]+")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_JIS_ESCAPE = re.compile(rb"\x1b(?:\$[@B]|\$\([DOPQ]|\([BJI])")
_BOMS: Final = ((codecs.BOM_UTF8, "utf_8"), (codecs.BOM_UTF16_LE, "utf_16_le"), (codecs.BOM_UTF16_BE, "utf_16_be"))
_WINDOWS_1252: Final = {byte: bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(0x80, 0xA0)}
_HOPELESS = 0.1  # share of damage above which a declared charset is taken for a lie


def storable(text: str) -> str:
    """Drop what PostgreSQL refuses: NUL and lone surrogates."""
    return _UNSTORABLE.sub("", text)


@lru_cache(maxsize=512)
def codec_for(label: str) -> str:
    """The Python codec an allowed charset label stands for, or "" ("charset=US-ASCII" inside the value included)."""
    found = _LABEL.search(label.strip().lower().removeprefix("charset").lstrip("= \"'"))
    if not found:
        return ""
    name = found.group().replace("windows_", "windows-").replace("iso_", "iso-")
    return _CODECS.get(found.group()) or _CODECS.get(name) or _CODECS.get(name.replace("_", "-"), "")


def decode(data: bytes, declared: str = "", sibling: str = "") -> str:
    """Text of `data`; `declared` and `sibling` (of another part of the same mail) are charset labels. Never raises."""
    return storable(_decode(data, codec_for(declared[:100]), codec_for(sibling[:100])))


def _decode(data: bytes, declared: str, sibling: str) -> str:
    for mark, codec in _BOMS:
        if data.startswith(mark):
            return data[len(mark) :].decode(codec, "replace")
    if _JIS_ESCAPE.search(data) and declared in ("", "ascii", "cp1252", "utf_8", "iso2022_jp_ext"):
        return _decode_jis(data)
    if declared in ("", "ascii", "cp1252", "utf_8"):
        try:
            return data.decode("utf_8")
        except UnicodeDecodeError:
            pass  # not UTF-8 whatever the label; the next guess decides
    if declared == "utf_8" and (text := _decode_cesu(data)) is not None:
        return text
    if declared and declared != "ascii":
        text = _decode_as(data, declared)
        if text is not None:
            return text
    if sibling and sibling != declared:
        text = _decode_as(data, sibling)
        if text is not None:
            return text
    return _detect(data)


def _decode_as(data: bytes, codec: str) -> str | None:
    """`data` in `codec`, a little damage allowed (one cut character must not turn a letter to mojibake)."""
    if codec == "cp1252":
        return _decode_latin(data)
    try:
        return data.decode(codec)
    except UnicodeError:
        text = data.decode(codec, "replace")
    damage = text.count("\ufffd")
    foreign = sum(1 for character in text[:SAMPLE] if character > "\x7f") or 1
    return text if damage / foreign <= _HOPELESS or (damage == 1 and foreign > 1) else None


def _decode_cesu(data: bytes) -> str | None:
    """UTF-8 in which a Java program wrote emoji as two surrogates; single ones are dropped."""
    try:
        return data.decode("utf_8", "surrogatepass").encode("utf_16_le", "surrogatepass").decode("utf_16_le", "ignore")
    except UnicodeDecodeError:
        return None


def _decode_latin(data: bytes) -> str:
    """WHATWG windows-1252: its five holes are C1 controls, so every byte is a character."""
    return data.decode("latin_1").translate(_WINDOWS_1252)


def _detect(data: bytes) -> str:
    found = chardet.detect(data[:SAMPLE], encoding_era=EncodingEra.MODERN_WEB | EncodingEra.LEGACY_ISO)
    codec = codec_for(found["encoding"] or "")
    if codec and codec not in ("ascii", "utf_8"):
        text = _decode_as(data, codec)
        if text is not None:
            return text
    return _decode_latin(data)


def _decode_jis(data: bytes) -> str:
    """ISO-2022-JP, with the vendor characters (①, ㈱) that Outlook writes and Python's codec refuses."""
    try:
        return data.decode("iso2022_jp_ext")
    except UnicodeDecodeError:
        pass  # vendor rows: go by way of Shift_JIS, whose Windows form knows them
    text, mode = [], b"("
    for index, piece in enumerate(re.split(rb"\x1b(\$[@B]|\(.)", data)):
        if index % 2:
            mode = piece
        elif mode.startswith(b"$"):
            text.append(_jis_to_sjis(piece).decode("cp932", "replace"))
        else:
            text.append(piece.decode("cp932", "replace") if mode != b"(I" else _half_width(piece))
    return "".join(text)


def _half_width(piece: bytes) -> str:
    return bytes(byte | 0x80 if 0x21 <= byte <= 0x5F else byte for byte in piece).decode("cp932", "replace")


def _jis_to_sjis(piece: bytes) -> bytes:
    """Row and cell of JIS X 0208 as Shift_JIS byte pairs."""
    out = bytearray()
    position = 0
    while position < len(piece):
        lead = piece[position]
        if not (0x21 <= lead <= 0x7E and 0x21 <= (piece[position + 1 : position + 2] or b"\0")[0] <= 0x7E):
            out.append(lead)
            position += 1
            continue
        trail = piece[position + 1]
        position += 2
        out.append(((lead + 1) >> 1) + (0x70 if lead < 0x5F else 0xB0))
        out.append(trail + (0x7E if lead % 2 == 0 else 0x1F if trail < 0x60 else 0x20))
    return bytes(out)
