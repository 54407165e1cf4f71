"""Where a connection comes from, read from an ASGI scope."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.http.request import validate_host

from channels_app.chat.session import Origin
from helpdesk.lib.limits import address_of


def headers_of(scope: dict[str, Any]) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}


def is_own(scope: dict[str, Any]) -> bool:
    """Opened by a page of ours, as the widget's frame is: no other site's script talks here in a visitor's name."""
    headers = headers_of(scope)
    origin = headers.get("origin", "")
    if origin == settings.PUBLIC_URL:  # a proxy may have given the host another name
        return True
    try:
        page = urlsplit(origin)
    except ValueError:
        return False
    is_here = bool(page.netloc) and page.netloc == headers.get("host", "")
    return is_here and validate_host(page.hostname or "", settings.ALLOWED_HOSTS)


def origin_of(scope: dict[str, Any]) -> Origin:
    """As `helpdesk.lib.limits.address_of`: behind the proxy that speaks TLS for us, the last that the proxy names."""
    headers = headers_of(scope)
    address = str((scope.get("client") or ("",))[0])
    if settings.SECURE_PROXY_SSL_HEADER:
        address = headers.get("x-forwarded-for", "").rsplit(",", 1)[-1].strip()[:64] or address
    return Origin(address, headers.get("user-agent", "")[:300], _country(headers))


def origin_of_request(request: HttpRequest) -> Origin:
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Origin(address_of(request), headers.get("user-agent", "")[:300], _country(headers))


def _country(headers: Mapping[str, str]) -> str:
    country = headers.get(settings.CHAT_COUNTRY_HEADER.lower(), "") if settings.CHAT_COUNTRY_HEADER else ""
    return country.upper() if len(country) == 2 and country.isalpha() and country.isascii() else ""
