"""What a file is: told by what it contains, because its name and its sender may say anything."""

from __future__ import annotations

import mimetypes

import filetype

HEAD_BYTES = 8192  # what the signatures look at
PLAIN, UNKNOWN = "text/plain", "application/octet-stream"
# Programs and scripts that mail providers refuse as well (Gmail's and Outlook's lists).
REFUSED_SUFFIXES = frozenset(
    "ade adp apk appx bat cab chm cmd com cpl dll dmg ex_ exe hta ins isp iso jar jse lnk mde msc msi msp mst "
    "nsh pif ps1 scr sct shb sys vb vbe vbs vxd wsc wsf wsh xll".split()
)
PROGRAM_TYPES = frozenset({"application/x-msdownload", "application/x-executable"})  # as the library names PE and ELF
PROGRAM_STARTS = (  # what it does not know
    b"\x7fELF",
    b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xfe\xed\xfa\xcf", b"\xfe\xed\xfa\xce",  # Mach-O
    b"\xca\xfe\xba\xbe",  # Mach-O for several machines, and Java classes
    b"L\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0",  # a Windows shortcut, which may start anything
    b"dex\n",
)  # fmt: skip
# Containers: what is inside is what the name says (a .docx is a zip); and types that their names tell more exactly.
CONTAINERS = {"application/zip", "application/x-ole-storage", "application/gzip", "application/xml"}
# Types that are shown in a page. Whoever claims one of them must begin like one.
SHOWN = ("image/", "video/", "audio/", "application/pdf")


def is_refused_name(filename: str) -> bool:
    return filename.rpartition(".")[2].lower().strip() in REFUSED_SUFFIXES


def is_program(head: bytes) -> bool:
    """Whether a file that begins with `head` is a program, whatever its name says."""
    if head.startswith(PROGRAM_STARTS):
        return True
    kind = filetype.guess_mime(head)
    return kind in PROGRAM_TYPES and not is_text(head)  # "MZ" alone may also begin a letter


def true_type(head: bytes, filename: str, claimed: str = "") -> str:
    """The media type of a file that begins with `head`.

    What the content says wins. Where it says nothing, or "some container", the name and the sender's claim are
    believed, but never about a type that a browser shows.
    """
    found: str | None = filetype.guess_mime(head)
    named = claimed.partition(";")[0].strip().lower() if claimed not in ("", UNKNOWN) else ""
    named = (named or mimetypes.guess_type(filename)[0] or "")[:127]
    if is_text(head):
        return named if named.startswith("text/") or named in TEXTUAL else PLAIN
    if found is None:
        return UNKNOWN if named.startswith(SHOWN) or is_markup(named) else named or UNKNOWN
    if found in CONTAINERS and named and not named.startswith(SHOWN) and not is_markup(named):
        return named
    return found


TEXTUAL = frozenset(
    "application/json application/xml application/javascript application/x-yaml application/sql application/rtf "
    "application/ics message/rfc822 image/svg+xml application/xhtml+xml application/pgp-signature "
    "application/pgp-keys application/x-sh application/x-subrip".split()
)


def is_markup(kind: str) -> bool:
    """Types a browser would run scripts in."""
    return kind in {"text/html", "image/svg+xml", "application/xhtml+xml", "text/xml", "application/xml"}


def is_text(head: bytes) -> bool:
    """UTF-8, or at least no control character that text does not have."""
    if head.startswith((b"%PDF-", b"{\\rtf")) or not head:
        return False
    try:
        head.decode()
    except UnicodeDecodeError as error:
        if error.start < len(head) - 3:  # not just a character cut in two at the end
            return False
    return not any(byte < 32 and byte not in b"\t\n\r\x0b\x0c\x1b" for byte in head)
