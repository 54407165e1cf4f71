"""Files in a bucket that speaks S3. Named in settings by its path, so boto3's 35 MB load only where it is used."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import File
from storages.backends import s3

MEMORY = 1024 * 1024  # of a file that is read as a whole; the rest of it goes through a temporary file


@contextmanager
def told_as_os_error() -> Iterator[None]:
    """What a disk would raise: callers know of no boto3."""
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise OSError(f"the file storage did not do it: {error}") from error


class S3Storage(s3.S3Storage):
    def __init__(self, **settings: Any) -> None:
        config = Config(
            # Amazon's own addresses carry the bucket's name; others seldom have the names and certificates for that.
            s3={"addressing_style": "path" if settings.get("endpoint_url") else "auto"},
            signature_version="s3v4",
            connect_timeout=5,
            read_timeout=30,
            retries={"max_attempts": 3, "mode": "standard"},
            # Newer checksums are refused by stores older than they are; what we store has its SHA-256 for a name.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        super().__init__(client_config=config, max_memory_size=MEMORY, **settings)

    def exists(self, name: str) -> bool:
        with told_as_os_error():
            return bool(super().exists(name))

    def size(self, name: str) -> int:
        with told_as_os_error():
            return int(super().size(name))

    def delete(self, name: str) -> None:
        with told_as_os_error():
            super().delete(name)

    def _save(self, name: str, content: File[bytes]) -> str:
        with told_as_os_error():
            return str(super()._save(name, content))

    def _open(self, name: str, mode: str = "rb") -> File[bytes]:
        with told_as_os_error():
            file: File[bytes] = super()._open(name, mode)
            file.file  # noqa: B018  fetches it now, while errors have a name
            return file

    def stream(self, name: str, start: int, length: int, chunk: int) -> Iterator[bytes]:
        """`length` bytes from `start` as they arrive: `open` would fetch the whole file first."""
        key = self._normalize_name(s3.clean_name(name))
        with told_as_os_error():
            part = self.bucket.Object(key).get(Range=f"bytes={start}-{start + length - 1}")
            yield from part["Body"].iter_chunks(chunk)
