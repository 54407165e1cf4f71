"""What machines read: the map of all public articles, what robots may look at, news of each language."""

from __future__ import annotations

import re
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.feedgenerator import Rss201rev2Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from knowledge_base.addresses import home_path, path_of
from knowledge_base.audience import reader_of
from knowledge_base.centres import address_of, centre_of, is_set_up, spoken_in
from knowledge_base.models import HelpCentre, Translation
from knowledge_base.moved import follow
from knowledge_base.serving import serve_text
from knowledge_base.sitemap import index, pages_of, part
from knowledge_base.views.help.pages import asked

NEWEST: Final = 30
RSS: Final = "application/rss+xml; charset=utf-8"
_UNFIT: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")  # what XML has no way to say
CLOSED: Final = ("/agent/", "/settings/", "/customers/", "/knowledge/", "/accounts/", "/requests/", "/hc/*/search/")


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    centre = centre_of(request)
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED)]
    if is_set_up(centre):
        lines += ["", f"Sitemap: {address_of(centre)}{reverse('help-sitemap')}"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    centre = _set_up(request)
    return serve_text(request, centre.default_language, lambda: index(centre))


@require_safe
def sitemap_part(request: HttpRequest, number: int) -> HttpResponse:
    centre = _set_up(request)
    is_its_name = request.path == reverse("help-sitemap-part", args=[number])  # "01" would be kept once more
    if not is_its_name or not 1 <= number <= pages_of(centre):
        raise Http404
    return serve_text(request, centre.default_language, lambda: part(centre, number))


@require_safe
@follow
def feed(request: HttpRequest, language: str) -> HttpResponse:
    centre, language = asked(request, language)
    return serve_text(request, language, lambda: _feed(request, centre, language), RSS)


def _feed(request: HttpRequest, centre: HelpCentre, language: str) -> str:
    """What was published last. A section's readers are its feed's: one without a cookie gets what everybody reads."""
    site = address_of(centre)
    with translation.override(spoken_in(language)):
        title = _fit(_("%(name)s: new articles") % {"name": centre.name})
    news = Rss201rev2Feed(
        title=title,
        link=site + home_path(language),
        description=title,
        language=language,
        feed_url=site + reverse("help-feed", args=[language]),
    )
    newest = (
        Translation.objects.readable_by(reader_of(request))
        .filter(language=language, article__section__category__centre=centre)
        .select_related("published")
        .order_by("-published_at", "-pk")
    )
    for text in newest[:NEWEST]:
        assert text.published is not None
        link = site + path_of("help-article", language, text.article_id, text.slug)
        news.add_item(
            title=_fit(text.published.title),
            link=link,
            description=_fit(text.published.summary),
            unique_id=link,
            pubdate=text.published_at,
            updateddate=text.edited_at,
        )
    return str(news.writeString("utf-8"))


def _fit(text: str) -> str:
    return _UNFIT.sub(" ", text)


def _set_up(request: HttpRequest) -> HelpCentre:
    centre = centre_of(request)
    if not is_set_up(centre):
        raise Http404
    return centre
