"""A wrong variable is one clear line before anything starts."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from helpdesk import environment
from helpdesk.embedded import BASE_DIR


@pytest.mark.parametrize(("value", "expected"), [("1", True), ("yes", True), ("On", True), ("0", False), ("", False)])
def test_a_flag(monkeypatch: pytest.MonkeyPatch, value: str, expected: bool) -> None:
    monkeypatch.setenv("DEBUG", value)
    assert environment.flag("DEBUG") is expected


@pytest.mark.parametrize("value", ["0", "65536", "http", "80 80", "８０"])
def test_what_is_no_port(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("PORT", value)
    with pytest.raises(ImproperlyConfigured, match="PORT must be a port number from 1 to 65535"):
        environment.port("PORT", 8000)


def test_a_database_address_may_carry_any_libpq_option() -> None:
    settings = environment.database(
        "postgresql://grace:p%40ss@db.example.com:6432/desk?sslmode=verify-full&target_session_attrs=any"
    )
    assert settings == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "desk",
        "USER": "grace",
        "PASSWORD": "p@ss",
        "HOST": "db.example.com",
        "PORT": "6432",
        "OPTIONS": {"sslmode": "verify-full", "target_session_attrs": "any"},
    }


@pytest.mark.parametrize(
    ("redis", "broker"),
    [
        ("redis://cache:6379/1", "redis://cache:6379/1"),
        ("unix:///run/valkey.sock", "redis+socket:///run/valkey.sock?virtual_host=0"),
        ("unix:///run/valkey.sock?db=3", "redis+socket:///run/valkey.sock?virtual_host=3"),
    ],
)
def test_the_broker_is_valkey_unless_said_otherwise(monkeypatch: pytest.MonkeyPatch, redis: str, broker: str) -> None:
    monkeypatch.delenv("CELERY_BROKER_URL", raising=False)
    assert environment.broker("CELERY_BROKER_URL", redis) == broker
    monkeypatch.setenv("CELERY_BROKER_URL", "amqp://rabbit/")
    assert environment.broker("CELERY_BROKER_URL", redis) == "amqp://rabbit/"


def test_a_mail_provider_is_named_by_its_own_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMAIL_BACKEND", "anymail.backends.postmark.EmailBackend")
    monkeypatch.setenv("ANYMAIL_POSTMARK_SERVER_TOKEN", "abc")
    settings = environment.mail("EMAIL_URL")
    assert settings["EMAIL_BACKEND"] == "anymail.backends.postmark.EmailBackend"
    assert settings["ANYMAIL"] == {"POSTMARK_SERVER_TOKEN": "abc"}


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("PORT", "abc", "PORT must be a port number"),
        ("DEBUG", "maybe", "DEBUG must be 1 or 0"),
        ("DATABASE_URL", "mysql://localhost/desk", "DATABASE_URL must start with postgresql://"),
        ("DATABASE_URL", "postgresql://localhost", "DATABASE_URL must name a database"),
        ("REDIS_URL", "localhost:6379", "REDIS_URL must start with redis://"),
        ("CELERY_BROKER_URL", "kafka://x", "CELERY_BROKER_URL must start with"),
        ("EMAIL_URL", "pigeon://x", "EMAIL_URL must look like smtp://"),
        ("PUBLIC_URL", "help.example.com", "PUBLIC_URL must look like https://"),
        ("HELPDESK_VAR", "/dev/null/var", "cannot use /dev/null/var"),
    ],
)
def test_a_wrong_value_stops_the_start_with_one_line(name: str, value: str, words: str, tmp_path: Path) -> None:
    environ = {**os.environ, "HELPDESK_VAR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "helpdesk.settings", name: value}
    result = subprocess.run(
        [sys.executable, "manage.py", "up"], cwd=BASE_DIR, env=environ, capture_output=True, text=True, check=False
    )
    assert result.returncode == 1
    assert words in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    assert result.stdout == ""
