"""A file becomes an import: looked at, kept, and its columns guessed."""

from __future__ import annotations

from itertools import islice
from typing import BinaryIO, cast
from uuid import uuid4

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from customers.imports.reading import Shape, Unreadable, check_encoding, rows_of, shape_of
from customers.imports.targets import guess
from customers.models import ImportJob, ImportState
from helpdesk.accounts.models import User

SAMPLE = 5  # rows that are shown before anything is decided


def keep(file: File[bytes], name: str, *, of: str, user: User) -> ImportJob:
    """Raises `Unreadable`."""
    content = cast(BinaryIO, file)
    shape = shape_of(content, name)
    header, sample = _beginning(content, shape)
    content.seek(0)
    stored = default_storage.save(f"imports/{uuid4().hex}", file)
    return ImportJob.objects.create(
        of=of, user=user, filename=name[-200:] or _("Unnamed"), file=stored, kind=shape.kind, encoding=shape.encoding,
        delimiter=shape.delimiter, header=header, sample=sample, mapping=guess(header, of),
    )  # fmt: skip


def read_again(job: ImportJob, *, encoding: str, delimiter: str) -> ImportJob:
    """In another charset, or with another delimiter. Raises `Unreadable` and changes nothing then."""
    shape = Shape("csv", encoding, delimiter)
    with default_storage.open(job.file) as file:
        content = cast(BinaryIO, file)
        check_encoding(content, encoding, delimiter)
        header, sample = _beginning(content, shape)
    job.encoding, job.delimiter, job.header, job.sample = encoding, delimiter, header, sample
    job.mapping, job.state = guess(header, job.of), ImportState.UPLOADED
    job.save()
    return job


def _beginning(file: BinaryIO, shape: Shape) -> tuple[list[str], list[list[str]]]:
    with rows_of(file, shape) as rows:
        first = next(rows, [])
        header = [cell.strip()[:200] for cell in first]
        if not any(header):
            raise Unreadable(_("it should name the columns, and is empty."), row=1)
        sample = [[cell[:200] for cell in row] for row in islice(rows, SAMPLE)]
    if not sample:
        raise Unreadable(_("There are no rows below the names of the columns."))
    return header, sample
