"""Files in a bucket: through a real S3 client to a real S3 server that checks signatures."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple
from urllib.parse import quote

import boto3
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import default_storage, storages
from django.test import Client
from moto.backends import get_backend
from moto.core import set_initial_no_auth_action_count
from moto.server import ThreadedMotoServer
from pytest_django.fixtures import Settings

from helpdesk import environment
from helpdesk.accounts.models import User
from helpdesk.embedded import BASE_DIR
from tickets.attachments import upload
from tickets.downloads import _pieces

SETTINGS = os.environ | {"DJANGO_SETTINGS_MODULE": "helpdesk.settings_test"}
EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


class Keys(NamedTuple):
    host: str
    key: str
    secret: str


@pytest.fixture(scope="module")
def server() -> Iterator[Keys]:
    """An S3 server with a bucket and one account that may use it."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host = "{}:{}".format(*server.get_host_and_port())
    connect = partial(boto3.client, region_name="eu-central-1", endpoint_url=f"http://{host}",
                      aws_access_key_id="root", aws_secret_access_key="root")  # fmt: skip
    connect("s3").create_bucket(Bucket="files", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    accounts = connect("iam")
    accounts.create_user(UserName="onethread")
    accounts.put_user_policy(UserName="onethread", PolicyName="all", PolicyDocument=json.dumps(EVERYTHING))
    made = accounts.create_access_key(UserName="onethread")["AccessKey"]
    yield Keys(host, made["AccessKeyId"], made["SecretAccessKey"])
    server.stop()
    for service in ("s3", "iam"):
        get_backend(service).reset()


@pytest.fixture
def bucket(server: Keys, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Our files go there."""
    place = f"{server.key}:{quote(server.secret, safe='')}@{server.host}/files/desk"
    monkeypatch.setenv("ATTACHMENT_STORAGE", f"s3://{place}?region=eu-central-1&tls=0")
    settings.STORAGES = settings.STORAGES | {"default": environment.file_storage("ATTACHMENT_STORAGE")}


@pytest.fixture
def but(bucket: None, settings: Settings) -> Callable[..., None]:
    """The same with another option."""

    def change(**options: str) -> None:
        default = settings.STORAGES["default"]
        settings.STORAGES = settings.STORAGES | {"default": default | {"OPTIONS": default["OPTIONS"] | options}}

    return change


@set_initial_no_auth_action_count(0)
def test_a_file_goes_into_the_bucket_and_comes_back_in_parts(bucket: None, client: Client, grace: User) -> None:
    client.force_login(grace)
    content = bytes(range(256)) * 3000
    file = upload(grace, "data.bin", content)
    assert storages["default"].__class__.__name__ == "S3Storage"
    assert upload(grace, "again.bin", content).file.name == file.file.name
    assert default_storage.size(file.file.name or "") == len(content)
    url = f"/agent/attachments/{file.pk}/data.bin"
    assert b"".join(client.get(url).streaming_content) == content  # type: ignore[attr-defined]
    part = client.get(url, HTTP_RANGE="bytes=1000-1999")
    assert (part.status_code, b"".join(part.streaming_content)) == (206, content[1000:2000])  # type: ignore[attr-defined]
    assert len(list(_pieces(file, 0, len(content)))) > 5, "streamed, not fetched as a whole"
    with file.file.open("rb") as whole:
        assert whole.read() == content
    default_storage.delete(file.file.name or "")
    assert not default_storage.exists(file.file.name or "")


def test_a_store_that_is_away_is_an_os_error(but: Callable[..., None]) -> None:
    with pytest.raises(FileNotFoundError):
        default_storage.open("attachments/no-such-file")
    but(endpoint_url="http://127.0.0.1:1")
    with pytest.raises(OSError, match="the file storage did not do it"):
        default_storage.exists("attachments/x")


@set_initial_no_auth_action_count(0)
def test_a_wrong_secret_is_refused_by_the_server(but: Callable[..., None]) -> None:
    assert not default_storage.exists("attachments/x")
    but(secret_key="wrong")
    with pytest.raises(OSError, match="403"):
        default_storage.size("attachments/x")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("ftp://host/bucket", "must look like s3://key:secret@"),
        ("s3://key:secret@host", "must look like s3://key:secret@"),
        ("s3://key@host/bucket", "must look like s3://key:secret@"),
        ("s3://key:secret@host:abc/bucket", "Port could not be cast"),
        ("s3://key:secret@host/bucket?regoin=eu", "an option we do not know: regoin"),
        ("s3://key:secret@host/bucket?tls=maybe", "tls must be 1 or 0, not 'maybe'"),
    ],
)
def test_a_wrong_address_is_one_line(monkeypatch: pytest.MonkeyPatch, url: str, words: str) -> None:
    monkeypatch.setenv("ATTACHMENT_STORAGE", url)
    with pytest.raises(ImproperlyConfigured, match=words) as refused:
        environment.file_storage("ATTACHMENT_STORAGE")
    assert "\n" not in str(refused.value)


def test_amazons_own_storage_needs_no_host_and_no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATTACHMENT_STORAGE", "s3:///our-files?region=eu-west-1")
    assert environment.file_storage("ATTACHMENT_STORAGE")["OPTIONS"] == {
        "bucket_name": "our-files",
        "location": "",
        "region_name": "eu-west-1",
        "endpoint_url": None,
    }


@pytest.mark.parametrize("url", ["tcp://scanner", "tcp://scanner:abc", "http://scanner:3310", "unix:relative", "clamd"])
def test_a_wrong_scanner_is_one_line(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("CLAMD_URL", url)
    with pytest.raises(ImproperlyConfigured, match="CLAMD_URL must look like tcp://localhost:3310"):
        environment.malware_scanner("CLAMD_URL")


def test_who_keeps_files_on_disk_never_loads_boto3() -> None:
    code = (
        "import sys, django; django.setup();"
        "from django.urls import get_resolver; get_resolver().url_patterns;"
        "from django.core.files.storage import default_storage; default_storage.exists('x');"
        "sys.exit('boto3' in sys.modules or 'botocore' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=BASE_DIR, env=SETTINGS, check=False).returncode == 0
