"""What web pages fetch to show a chat: the loader, its configuration, and the panel's page."""

from __future__ import annotations

import json
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_header_parameters
from django.views.decorators.http import require_safe

from channels_app.chat import config
from channels_app.chat.shop import GOODS
from helpdesk.lib.assets import asset, manifest
from tickets.models import ChatWidget

LOADER_SECONDS: Final = 600  # its address cannot carry a hash: it stands in other people's pages
CONFIG_SECONDS: Final = 60
MOST_WISHES: Final = 10
PLACE: Final = b'"__LOOKS__"'  # where the script expects them (static/src/widget/loader.ts)
THEMES: Final = ("light", "dark")  # else as the device


@lru_cache(maxsize=2)
def _built(name: str) -> bytes:
    return (Path(settings.STATIC_ROOT) / name).read_bytes()


@require_safe
def loader(request: HttpRequest) -> HttpResponse:
    """The script that stands in the host's page. It brings our buttons' looks along: no request waits for them."""
    script = _built(manifest()["loader.js"]).replace(PLACE, json.dumps(config.looks()).encode())
    etag = f'"{sha256(script).hexdigest()[:20]}"'
    if request.headers.get("If-None-Match", "").removeprefix("W/") == etag:
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(script, content_type="text/javascript; charset=utf-8")
    response["ETag"] = etag
    response["Cache-Control"] = f"public, max-age={LOADER_SECONDS}, stale-while-revalidate=86400"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@require_safe
def widget_config(request: HttpRequest) -> HttpResponse:
    """For the loader. A site that is not allowed is told so, in words for whoever looks into its console."""
    origin = request.headers.get("Origin", "")
    widget = config.widget_of(request.GET.get("key", ""))
    if widget is None:
        response = JsonResponse({"reason": "There is no active chat with this key."}, status=404)
    elif origin and origin != _own_origin(request) and not config.may_stand_on(widget, origin):
        response = JsonResponse({"reason": f"{origin} is not among the sites this chat may stand on."}, status=403)
    else:
        response = JsonResponse(config.for_loader(config.spoken(widget, _wishes(request))))
        response["Cache-Control"] = f"public, max-age={CONFIG_SECONDS}"
    if origin:
        response["Access-Control-Allow-Origin"] = origin
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    patch_vary_headers(response, ("Origin", "Accept-Language"))
    return response


@require_safe
def frame(request: HttpRequest) -> HttpResponse:
    """The panel, drawn whole before its script runs. Browsers show it inside pages of the allowed sites alone."""
    widget = config.widget_of(request.GET.get("key", ""))
    if widget is None:
        raise Http404
    look = config.spoken(widget, _wishes(request))
    theme = request.GET.get("theme", "")
    shown = {"theme": theme if theme in THEMES else "", "known": config.for_script(look), **_built_by("frame")}
    with translation.override(look.buttons):
        response = render(request, "widget/frame.html", {**shown, **config.for_page(look)})
    response["Content-Language"] = look.language
    response["Cache-Control"] = "private, no-cache"
    response.xframe_options_exempt = True  # frame-ancestors says it better
    response._csp_update = {"frame-ancestors": _ancestors(widget)}  # type: ignore[attr-defined]
    patch_vary_headers(response, ("Accept-Language",))
    return response


@require_safe
def demo(request: HttpRequest) -> HttpResponse:
    """A shop with the chat on it, to try everything that a host's page can do."""
    widget = config.widget_of(request.GET.get("key", "")) or ChatWidget.objects.filter(is_active=True).first()
    shown = {"key": widget.key if widget else "", "widget": widget, "goods": GOODS, **_built_by("shop")}
    return render(request, "widget/demo.html", shown)


def _built_by(name: str) -> dict[str, str]:
    return {"style": asset(f"{name}.css"), "script": asset(f"{name}.js")}


def _ancestors(widget: ChatWidget) -> list[str]:
    return ["'self'", *config.allowed_origins(widget)]


def _own_origin(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"


def _wishes(request: HttpRequest) -> list[str]:
    """What the page asks for, then what the browser prefers: by falling weight."""
    asked = [request.GET["language"]] if request.GET.get("language") else []
    weighed = []
    for part in request.headers.get("Accept-Language", "").split(",")[:MOST_WISHES]:
        language, parameters = parse_header_parameters(part)
        try:
            weighed.append((-float(parameters.get("q", "1")), language))
        except ValueError:
            continue
    return asked + [language for _weight, language in sorted(weighed, key=lambda wish: wish[0])]
