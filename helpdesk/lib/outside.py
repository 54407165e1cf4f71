"""Calling addresses that others gave us: HTTPS to public servers only, so that nobody makes us knock at our own doors.

The name is looked up once and the connection goes to the very address that was checked: one that answers differently
the second time (DNS rebinding) gains nothing. Redirects are not followed.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from queue import Empty, Queue
from threading import BoundedSemaphore, Event, Thread, Timer
from typing import Any
from urllib.parse import urlsplit

NAT64 = IPv6Network("64:ff9b::/96")
GLOBAL_UNICAST = IPv6Network("2000::/3")  # all that IANA has given out: ::127.0.0.1, fec0:: and the like are not in it
MAX_ANSWER = 64 * 1024  # bytes read of what they say
_lookups = BoundedSemaphore(32)


class Unreachable(Exception):
    """Nobody there, or not in time: it may be different later."""


class NotReached(Unreachable):
    """No connection came about: they have heard nothing of what was to be said."""


class NotAllowed(ValueError):
    """An address that we don't call."""


@dataclass(frozen=True)
class Target:
    host: str
    port: int
    path: str
    is_trusted: bool
    scheme: str


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes  # its beginning
    headers: Mapping[str, str]  # names in lower case


def read_url(url: str, *, trusted: Collection[str] = (), any_port: bool = False, may_be_plain: bool = False) -> Target:
    """Where `url` leads. Raises `NotAllowed` for what is not https (or http, where it may be plain) to a public name;
    `trusted` hosts (`name:port`) are excepted, they are the admin's own."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise NotAllowed(url) from error
    is_trusted = f"{host}:{port}" in trusted
    port = port or (80 if parts.scheme == "http" else 443)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if parts.scheme not in ("http", "https"):
        raise NotAllowed(url)
    is_clean = bool(host) and not parts.username and parts.password is None and path.isascii() and path.isprintable()
    is_usual = (parts.scheme, port) == ("https", 443) or (may_be_plain and (parts.scheme, port) == ("http", 80))
    may_be = is_usual or (any_port and (may_be_plain or parts.scheme == "https"))
    if not is_clean or " " in path or not (is_trusted or may_be):
        raise NotAllowed(url)
    if not is_trusted and not _may_be_public(host):
        raise NotAllowed(url)
    return Target(host, port, path, is_trusted, parts.scheme)


def _may_be_public(host: str) -> bool:
    """By its looks: an address must be public, a name must have a dot."""
    try:
        return is_public(ip_address(host))
    except ValueError:
        pass
    try:
        host.encode("idna")  # what looking it up would do, and stumble over
    except UnicodeError:
        return False
    else:
        return "." in host.strip(".") and not host.endswith((".localhost", ".local", ".internal"))


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether anybody on the internet could be there; addresses wrapped into others are unwrapped."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inner is None and address in NAT64:
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if address not in GLOBAL_UNICAST:
            return False
    return address.is_global and not address.is_multicast


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    trusted: Collection[str] = (),
    any_port: bool = False,
    timeout: float = 10,
) -> Answer:
    """What they answer; `timeout` (seconds) bounds each wait, that for the name included, and twice as long the answer.

    Raises `NotAllowed` and `Unreachable`."""
    return ask("POST", url, body, headers, trusted=trusted, any_port=any_port, timeout=timeout)


def ask(
    method: str,
    url: str,
    body: bytes | None,
    headers: Mapping[str, str],
    *,
    trusted: Collection[str] = (),
    any_port: bool = False,
    timeout: float = 10,
    largest: int = MAX_ANSWER,
) -> Answer:
    """As `post`, with any method and as much of the answer as is wanted (`largest`, in bytes)."""
    target = read_url(url, trusted=trusted, any_port=any_port)
    return _asked(method, target, body, headers, timeout, largest)


def get(url: str, headers: Mapping[str, str], *, trusted: Collection[str] = (), timeout: float = 10) -> Answer:
    """What is there, also where it is not encrypted and on any port: for looking, never for telling anything.

    Raises `NotAllowed` and `Unreachable`."""
    target = read_url(url, trusted=trusted, any_port=True, may_be_plain=True)
    return _asked("GET", target, None, headers, timeout)


def _asked(
    method: str,
    target: Target,
    body: bytes | None,
    headers: Mapping[str, str],
    timeout: float,
    largest: int = MAX_ANSWER,
) -> Answer:
    try:
        connection = _connect(target, timeout)
    except OSError as error:
        raise NotReached(str(error) or type(error).__name__) from error
    try:
        with closing(connection), _hung_up_after(connection, 2 * timeout):
            connection.request(method, target.path, body=body, headers=dict(headers))
            answer = connection.getresponse()
            said = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, answer.read(largest), said)
    except (OSError, HTTPException) as error:
        raise Unreachable(str(error) or type(error).__name__) from error


@contextmanager
def _hung_up_after(connection: HTTPConnection, seconds: float) -> Iterator[None]:
    """One who says a letter every few seconds is in time with each of them, and would keep a worker for hours."""

    is_over = Event()

    def hang_up(line: socket.socket) -> None:
        is_over.set()
        with suppress(OSError):  # the other side was faster
            line.shutdown(socket.SHUT_RDWR)

    timer = Timer(seconds, hang_up, [connection.sock])
    timer.daemon = True
    timer.start()
    try:
        yield
        if is_over.is_set():  # what was read ended where we hung up
            raise TimeoutError(f"no whole answer within {seconds:g} seconds")
    finally:
        timer.cancel()


def _connect(target: Target, timeout: float) -> HTTPConnection:
    """To the first address of the name that may be called."""
    found = _look_up(target.host, target.port, timeout)
    addresses = [info[4] for info in found if target.is_trusted or is_public(ip_address(info[4][0]))]
    if len(addresses) < len(found) or not addresses:
        raise NotAllowed(f"{target.host} is at an address that is not public")
    plain = socket.create_connection((str(addresses[0][0]), target.port), timeout=timeout)
    if target.scheme == "http":
        connection = HTTPConnection(target.host, target.port, timeout=timeout)
        connection.sock = plain
        return connection
    try:
        sealed = ssl.create_default_context().wrap_socket(plain, server_hostname=target.host)
    except BaseException:
        plain.close()
        raise
    connection = HTTPSConnection(target.host, target.port, timeout=timeout)
    connection.sock = sealed
    return connection


def _look_up(host: str, port: int, timeout: float) -> list[Any]:
    """As `getaddrinfo`, which knows no limit of time: one that takes longer goes on in a thread that nobody waits for.

    There are so many of those and no more: names of a dead server don't fill the process.
    """
    if not _lookups.acquire(timeout=timeout):
        raise TimeoutError("too many names are being looked up")
    told: Queue[list[Any] | Exception] = Queue(1)

    def ask() -> None:
        try:
            told.put(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except Exception as error:  # raised below, where somebody waits for it
            told.put(error)
        finally:
            _lookups.release()

    Thread(target=ask, name=f"look up {host}", daemon=True).start()
    try:
        found = told.get(timeout=timeout)
    except Empty:
        raise TimeoutError(f"no address for {host} within {timeout:g} seconds") from None
    if isinstance(found, Exception):
        raise found
    return found
