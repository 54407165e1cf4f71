"""What the environment may say, read once and checked, so that a wrong value stops the start with one clear line."""

import os
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import environ
import psycopg
from django.core.exceptions import ImproperlyConfigured
from psycopg.conninfo import conninfo_to_dict

env = environ.Env()
REDIS_SCHEMES = {"redis", "rediss", "unix"}
BROKER_SCHEMES = {"redis", "rediss", "redis+socket", "sentinel", "amqp", "amqps"}
YES, NO = {"1", "true", "yes", "on"}, {"0", "false", "no", "off", ""}


def flag(name: str) -> bool:
    """A switch, off unless set."""
    value = os.environ.get(name, "").strip().lower()
    if value not in YES | NO:
        raise ImproperlyConfigured(f"{name} must be 1 or 0, not {value!r}")
    return value in YES


def port(name: str, default: int) -> int:
    """A TCP port that a program can listen on."""
    value = os.environ.get(name, "").strip() or str(default)
    if not value.isascii() or not value.isdigit() or not 1 <= int(value) <= 65535:
        raise ImproperlyConfigured(f"{name} must be a port number from 1 to 65535, not {value!r}")
    return int(value)


def number(name: str, default: int) -> int:
    """A whole number, zero or more."""
    value = text(name, str(default))
    if not value.isascii() or not value.isdigit():
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}")
    return int(value)


def text(name: str, default: str = "") -> str:
    """A plain value; empty counts as not set."""
    return os.environ.get(name, "").strip() or default


def words(name: str, default: list[str]) -> list[str]:
    """Values separated by commas."""
    return [word.strip() for word in os.environ.get(name, "").split(",") if word.strip()] or default


def public_url(name: str, default: str) -> str:
    """The address under which browsers reach us, without a closing slash."""
    url = text(name, default).rstrip("/")
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path or parts.query:
        raise ImproperlyConfigured(f"{name} must look like https://help.example.com, not {url!r}")
    return url


def database(url: str) -> dict[str, Any]:
    """Django's connection settings from a libpq address, which may carry any of libpq's own options."""
    if urlsplit(url).scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("DATABASE_URL must start with postgresql:// (PostgreSQL is the only database)")
    try:
        options: dict[str, Any] = dict(conninfo_to_dict(url))
    except psycopg.Error as error:
        raise ImproperlyConfigured(f"DATABASE_URL cannot be read: {str(error).strip()}") from error
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    settings: dict[str, Any] = {setting: options.pop(name, None) or "" for setting, name in names.items()}
    if not settings["NAME"]:
        raise ImproperlyConfigured("DATABASE_URL must name a database, as in postgresql://user:password@host/onethread")
    return {"ENGINE": "django.db.backends.postgresql", **settings, "OPTIONS": options}


def redis(url: str) -> str:
    """The address of Valkey or Redis."""
    if urlsplit(url).scheme not in REDIS_SCHEMES:
        raise ImproperlyConfigured("REDIS_URL must start with redis://, rediss:// or unix://")
    return url


def broker(name: str, redis_url: str) -> str:
    """The address Celery uses; by default REDIS_URL in Celery's own spelling."""
    parts = urlsplit(redis_url)
    default = redis_url
    if parts.scheme == "unix":
        number = parts.query.removeprefix("db=") or "0"
        default = f"redis+socket://{parts.path}?virtual_host={number}"
    url = text(name, default)
    if urlsplit(url).scheme not in BROKER_SCHEMES:
        raise ImproperlyConfigured(f"{name} must start with one of {', '.join(sorted(BROKER_SCHEMES))}")
    return url


def mail(name: str) -> dict[str, Any]:
    """Django's EMAIL_… settings from one address (smtp://, smtp+tls://, …) or from EMAIL_BACKEND and ANYMAIL_…."""
    try:
        settings: dict[str, Any] = env.email_url(name, default="smtp://localhost:25")
    except (ValueError, ImproperlyConfigured) as error:
        raise ImproperlyConfigured(f"{name} must look like smtp://user:password@host:25 ({error})") from error
    if settings["EMAIL_BACKEND"] == "django.core.mail.backends.smtp.EmailBackend":
        settings["EMAIL_BACKEND"] = "channels_app.mail_backend.SmtpBackend"  # keeps each recipient's answer
    if backend := text("EMAIL_BACKEND"):
        settings["EMAIL_BACKEND"] = backend
    anymail = [name for name in os.environ if name.startswith("ANYMAIL_")]
    settings["ANYMAIL"] = {name.removeprefix("ANYMAIL_"): os.environ[name] for name in anymail}
    return settings


def file_storage(name: str) -> dict[str, Any]:
    """Where files are kept: a directory of ours, or a bucket that speaks S3 (s3://key:secret@host/bucket/folder)."""
    url = text(name)
    if not url:
        return {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    parts, wrong = urlsplit(url), f"{name} must look like s3://key:secret@storage.example.com/bucket?region=eu-1"
    bucket, _, folder = unquote(parts.path.strip("/")).partition("/")
    known = {"region", "tls"}
    try:
        options, place = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query))), parts.port
    except ValueError as error:
        raise ImproperlyConfigured(f"{wrong} ({error})") from error
    if parts.scheme != "s3" or not bucket or bool(parts.username) != bool(parts.password):
        raise ImproperlyConfigured(wrong)
    if unknown := set(options) - known:
        raise ImproperlyConfigured(f"{name} has an option we do not know: {sorted(unknown)[0]} (region and tls we do)")
    if options.get("tls", "1") not in {"0", "1"}:
        raise ImproperlyConfigured(f"{name}: tls must be 1 or 0, not {options['tls']!r}")
    scheme = "http" if options.get("tls") == "0" else "https"
    host = f"{parts.hostname}:{place}" if place else parts.hostname
    settings: dict[str, Any] = {
        "bucket_name": bucket,
        "location": folder,
        "region_name": options.get("region"),
        "endpoint_url": f"{scheme}://{host}" if host else None,  # none: Amazon's own, in the region
    }
    if parts.username and parts.password:  # else whatever the machine knows: its role, AWS_ACCESS_KEY_ID …
        settings |= {"access_key": unquote(parts.username), "secret_key": unquote(parts.password)}
    return {"BACKEND": "helpdesk.s3.S3Storage", "OPTIONS": settings}


def malware_scanner(name: str) -> str:
    """The address of ClamAV's daemon, or nothing for none."""
    url = text(name)
    parts = urlsplit(url)
    try:
        is_tcp = parts.scheme == "tcp" and bool(parts.hostname and parts.port) and not parts.path.strip("/")
    except ValueError:  # a port that is no number
        is_tcp = False
    if url and not is_tcp and not (parts.scheme == "unix" and parts.path.startswith("/") and not parts.netloc):
        raise ImproperlyConfigured(f"{name} must look like tcp://localhost:3310 or unix:/run/clamav/clamd.ctl")
    return url
