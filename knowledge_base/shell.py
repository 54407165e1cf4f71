"""Pages that readers and customers see: one frame (templates/help/base.html) in the look of the help centre asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation

from knowledge_base.addresses import home_path
from knowledge_base.audience import Reader, reader_of
from knowledge_base.centres import (
    address_of,
    centre_of,
    closest_language,
    direction_of,
    is_set_up,
    languages_of,
    own_name,
    preferred_language,
    spoken_in,
)
from knowledge_base.models import HelpCentre

THEMES: Final = ("auto", "light", "dark")
FRAMES: Final = ("https://www.youtube-nocookie.com", "https://player.vimeo.com")  # where videos are shown from


@dataclass(frozen=True)
class Spoken:
    """The same page in another language."""

    code: str
    name: str
    path: str


def answer(
    request: HttpRequest,
    template: str,
    context: dict[str, Any] | None = None,
    *,
    language: str | None = None,
    status: int = 200,
) -> HttpResponse:
    """A page in the help centre's frame, in `language` or in the one its reader prefers."""
    centre = centre_of(request)
    language = (closest_language(centre, language) if language else None) or preferred_language(request, centre)
    html = draw(request, template, context or {}, centre=centre, language=language)
    response = HttpResponse(html, status=status)
    response["Content-Language"] = language
    response["Cache-Control"] = "private, no-cache"
    return frame_videos(response)


def draw(request: HttpRequest, template: str, context: dict[str, Any], *, centre: HelpCentre, language: str) -> str:
    """A page for the one who asks."""
    known = frame_of(centre, language, reader_of(request), theme_of(request))
    with translation.override(spoken_in(language)):
        return render_to_string(template, {**known, **context}, request)


def draw_for_all(template: str, context: dict[str, Any], *, centre: HelpCentre, language: str, reader: Reader) -> str:
    """A page for all who may read the same. It is drawn without the request, so that nothing of it can be in there.

    What is one reader's own is a slot, as `<!--csrf-->` in a form; serving.py fills it in.
    """
    known = frame_of(centre, language, reader, "auto")
    with translation.override(spoken_in(language)):
        return render_to_string(template, {**known, **context})


def frame_of(centre: HelpCentre, language: str, reader: Reader, theme: str) -> dict[str, Any]:
    """What templates/help/base.html needs; a page puts more beside it."""
    return {
        "centre": centre,
        "language": language,
        "direction": direction_of(language),
        "spoken": spoken_in(language),
        "theme": theme,
        "reader": reader,
        "home": home_path(language) if is_set_up(centre) else "/",
        "site": address_of(centre),
        "languages": spoken(centre, ((code, home_path(code)) for code in languages_of(centre))),
    }


def spoken(centre: HelpCentre, paths: Iterable[tuple[str, str]]) -> list[Spoken]:
    """For the menu of languages; empty where the help centre leaves nothing to choose."""
    known = languages_of(centre)
    found = [Spoken(code, own_name(code), path) for code, path in paths if code in known]
    return found if len(found) > 1 else []


def theme_of(request: HttpRequest) -> str:
    wanted = request.COOKIES.get("theme", "")
    return wanted if wanted in THEMES else "auto"


def frame_videos(response: HttpResponse) -> HttpResponse:
    """Let the page hold players of the two sites we know, and nothing else from elsewhere."""
    response._csp_update = {"frame-src": ["'self'", *FRAMES]}  # type: ignore[attr-defined]
    return response
