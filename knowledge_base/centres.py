"""Which help centre is asked, and in which of its languages. None is ever made by asking: somebody sets one up."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.utils.http import parse_header_parameters
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from knowledge_base.edition import edition
from knowledge_base.models import HelpCentre

RIGHT_TO_LEFT: Final = frozenset(("ar", "fa", "he", "ur"))
SPOKEN: Final = frozenset(code for code, _name in settings.LANGUAGES)  # by the product itself
MOST_WISHES: Final = 20  # languages read from what a browser says it wants

_known: tuple[int, dict[str, HelpCentre]] = (-1, {})


def edition_of(request: HttpRequest) -> int:
    """The number of what readers see now; asked once a request."""
    number = getattr(request, "_help_edition", None)
    if number is None:
        number = edition()
        request._help_edition = number  # type: ignore[attr-defined]
    return int(number)


def centre_of(request: HttpRequest) -> HelpCentre:
    """The one whose host is asked, else the one without.

    Where nobody has set one up it is one that is not stored (`pk` is None), so that the customers' own pages have a
    name and a look without it.
    """
    hosts = _centres(edition_of(request))
    name = request.get_host().rsplit(":", 1)[0] if ":" in request.get_host() else request.get_host()
    return hosts.get(name.lower()) or hosts.get("") or HelpCentre(name=_("Help"), languages=["en"])


def is_set_up(centre: HelpCentre) -> bool:
    return centre.pk is not None


def _centres(number: int) -> dict[str, HelpCentre]:
    """By host. Kept as long as the edition: every change of a help centre begins another one."""
    global _known
    if _known[0] != number:
        _known = (number, {centre.host.lower(): centre for centre in HelpCentre.objects.all()})
    return _known[1]


def address_of(centre: HelpCentre) -> str:
    """Scheme and host, never taken from a request: a made-up host must not stand in what is kept for others."""
    if not centre.host:
        return settings.PUBLIC_URL
    public = urlsplit(settings.PUBLIC_URL)
    port = f":{public.port}" if public.port else ""
    return f"{public.scheme}://{centre.host}{port}"


def languages_of(centre: HelpCentre) -> list[str]:
    """The one to fall back on first; never empty."""
    rest = [code for code in centre.languages if code != centre.default_language]
    return [centre.default_language, *rest]


def closest_language(centre: HelpCentre, wanted: str) -> str | None:
    """`wanted` as the help centre has it: "de-at" is served with "de". None where it has no such language."""
    known = {code.lower(): code for code in languages_of(centre)}
    wanted = wanted.lower()
    return known.get(wanted) or known.get(wanted.partition("-")[0])


def preferred_language(request: HttpRequest, centre: HelpCentre) -> str:
    """What the reader chose here before, else what the browser asks for, else the one to fall back on."""
    wishes = [request.COOKIES.get("help_language", ""), *_accepted(request.headers.get("Accept-Language", ""))]
    found = (closest_language(centre, wish) for wish in wishes if wish)
    return next((language for language in found if language), centre.default_language)


def _accepted(header: str) -> list[str]:
    """Languages by falling weight; one without stands before those with less than everything."""
    wishes = []
    for part in header.split(",")[:MOST_WISHES]:
        language, parameters = parse_header_parameters(part)
        try:
            weight = float(parameters.get("q", "1"))
        except ValueError:
            weight = 0.0
        if language and weight > 0:
            wishes.append((-weight, language))
    return [language for _weight, language in sorted(wishes, key=lambda wish: wish[0])]


def spoken_in(language: str) -> str:
    """The language of buttons around words in `language`: the same where the product speaks it, else English."""
    base = language.lower().partition("-")[0]
    return base if base in SPOKEN else "en"


def direction_of(language: str) -> str:
    return "rtl" if language.lower().partition("-")[0] in RIGHT_TO_LEFT else "ltr"


def own_name(language: str) -> str:
    """As those who speak it call it: Deutsch, 日本語."""
    try:
        name = str(get_language_info(language.lower())["name_local"])
    except KeyError:
        return language
    return name[:1].upper() + name[1:]
