"""The file that somebody brings: one text file, or a ZIP of many, whose size is known before it is unpacked."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Final, Protocol

from django.utils.translation import gettext as _

from knowledge_base.importing.library import Unreadable

MOST_BYTES: Final = 600 * 1024 * 1024  # unpacked, in all
MOST_OF_ONE: Final = 200 * 1024 * 1024
MOST_FILES: Final = 50_000
HIDDEN: Final = ("__MACOSX", ".")


class Files(Protocol):
    """Files by their path, with forward slashes. Nothing is ever written to disk under a name that they bring."""

    names: list[str]

    def read(self, name: str) -> bytes: ...


class Packed:
    """A ZIP. Sizes are what it says of itself, and reading stops where a file turns out to be larger."""

    def __init__(self, file: IO[bytes]) -> None:
        try:
            self._zip = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
            raise Unreadable(_("The ZIP file is damaged.")) from error
        inside = [info for info in self._zip.infolist() if not info.is_dir()]
        if len(inside) > MOST_FILES or sum(info.file_size for info in inside) > MOST_BYTES:
            raise Unreadable(_("The ZIP file holds too much: at most 50,000 files and 600 MB."))
        self._infos = {_plain(info.filename): info for info in inside if not _is_hidden(_plain(info.filename))}
        self.names = sorted(self._infos)

    def read(self, name: str) -> bytes:
        info = self._infos[name]
        if info.file_size > MOST_OF_ONE:
            raise Unreadable(_("“%(name)s” is too large.") % {"name": name})
        try:
            with self._zip.open(info) as file:
                content = file.read(info.file_size + 1)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError) as error:
            raise Unreadable(_("“%(name)s” can’t be unpacked.") % {"name": name}) from error
        if len(content) > info.file_size:
            raise Unreadable(_("“%(name)s” is larger than the ZIP file says.") % {"name": name})
        return content


class Single:
    """One file."""

    def __init__(self, file: IO[bytes], name: str) -> None:
        self.names, self._content = [_plain(name)], file.read(MOST_OF_ONE + 1)
        if len(self._content) > MOST_OF_ONE:
            raise Unreadable(_("“%(name)s” is too large.") % {"name": name})

    def read(self, _name: str) -> bytes:
        return self._content


class Folder:
    """A folder of this machine; for the demo and for tests."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.names = sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())

    def read(self, name: str) -> bytes:
        return (self._root / name).read_bytes()


@contextmanager
def files_in(file: IO[bytes], name: str) -> Iterator[Files]:
    """Whatever was brought. Raises `Unreadable`."""
    head = file.read(4)
    file.seek(0)
    if head.startswith(b"PK"):
        yield Packed(file)
    else:
        yield Single(file, name)


def text_of(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n").replace("\0", "")
    except UnicodeDecodeError as error:
        raise Unreadable(_("“%(name)s” is not in UTF-8.") % {"name": name}) from error


def _plain(name: str) -> str:
    parts = [part for part in PurePosixPath(name.replace("\\", "/")).parts if part not in ("/", ".", "..")]
    return "/".join(parts)


def _is_hidden(name: str) -> bool:
    return any(part.startswith(HIDDEN) for part in name.split("/"))
