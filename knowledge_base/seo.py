"""What search engines and link previews are told of a page: in its head, never to be seen."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.urls import reverse
from django.utils.html import _json_script_escapes  # type: ignore[attr-defined]
from django.utils.safestring import SafeString
from selectolax.lexbor import LexborHTMLParser

from knowledge_base.addresses import home_path
from knowledge_base.centres import address_of, languages_of
from knowledge_base.models import HelpCentre

SCHEMA: Final = "https://schema.org"
ASKING: Final = ("?", "？", "؟")
ENOUGH_QUESTIONS: Final = 2  # an article with as many is a list of questions and answers


@dataclass(frozen=True)
class Seo:
    """`path` is the page's one address, `alternates` its languages (code → path), `data` for schema.org."""

    centre: HelpCentre
    title: str
    path: str
    description: str = ""
    alternates: dict[str, str] = field(default_factory=dict)
    image: str = ""
    kind: str = "website"
    is_public: bool = True
    data: tuple[dict[str, Any], ...] = ()

    @property
    def url(self) -> str:
        return address_of(self.centre) + self.path

    @property
    def image_url(self) -> str:
        return address_of(self.centre) + self.image if self.image else ""

    @property
    def languages(self) -> list[tuple[str, str]]:
        """For hreflang; who speaks none of them is sent to the one to fall back on."""
        if len(self.alternates) < 2:
            return []
        site, default = address_of(self.centre), self.alternates.get(self.centre.default_language)
        found = [(language, site + path) for language, path in self.alternates.items()]
        return [*found, ("x-default", site + default)] if default else found

    @property
    def json(self) -> SafeString:
        """Safe inside a script element."""
        if not self.data:
            return SafeString("")
        text = json.dumps({"@context": SCHEMA, "@graph": self.data}, ensure_ascii=False)
        return SafeString(text.translate(_json_script_escapes))


def home_seo(centre: HelpCentre, language: str) -> Seo:
    paths = {code: home_path(code) for code in languages_of(centre)}
    search = site_data(centre, reverse("help-search", args=[language]), language)
    return Seo(centre, centre.name, home_path(language), alternates=paths, data=(search,))


def crumbs_data(centre: HelpCentre, crumbs: list[tuple[str, str]]) -> dict[str, Any]:
    """`crumbs`: names and paths from the top down, the page itself as the last."""
    site = address_of(centre)
    items = [
        {"@type": "ListItem", "position": place, "name": name, "item": site + path}
        for place, (name, path) in enumerate(crumbs, 1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": items}


def site_data(centre: HelpCentre, search_path: str, language: str) -> dict[str, Any]:
    site = address_of(centre)
    return {
        "@type": "WebSite",
        "name": centre.name,
        "url": site + "/",
        "inLanguage": language,
        "potentialAction": {
            "@type": "SearchAction",
            "target": f"{site}{search_path}?q={{search_term_string}}",
            "query-input": "required name=search_term_string",
        },
    }


def article_data(
    centre: HelpCentre, *, path: str, title: str, summary: str, language: str, first: datetime, last: datetime
) -> dict[str, Any]:
    house = {"@type": "Organization", "name": centre.name, "url": centre.website or address_of(centre) + "/"}
    return {
        "@type": "Article",
        "headline": title[:110],
        "description": summary,
        "inLanguage": language,
        "datePublished": first.isoformat(timespec="seconds"),
        "dateModified": last.isoformat(timespec="seconds"),
        "mainEntityOfPage": address_of(centre) + path,
        "author": house,
        "publisher": house,
    }


def questions_data(html: str) -> dict[str, Any] | None:
    """Headings that ask, each with the words until the next heading; None where the article is no such list."""
    root = LexborHTMLParser(f"<div>{html}</div>").css_first("div")
    asked: list[tuple[str, list[str]]] = []
    for node in root.iter() if root else ():
        text = " ".join(node.text().split())
        if node.tag in ("h2", "h3", "h4"):
            asked.append((text, []))
        elif asked and text:
            asked[-1][1].append(text)
    found = [(question, " ".join(answer)) for question, answer in asked if question.endswith(ASKING) and answer]
    if len(found) < ENOUGH_QUESTIONS:
        return None
    questions = [
        {"@type": "Question", "name": question, "acceptedAnswer": {"@type": "Answer", "text": answer}}
        for question, answer in found
    ]
    return {"@type": "FAQPage", "mainEntity": questions}
