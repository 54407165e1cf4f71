"""What templates of the help centre ask for."""

from __future__ import annotations

from pathlib import PurePath

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from helpdesk.lib.assets import asset, manifest
from knowledge_base.addresses import category_path
from knowledge_base.centres import own_name
from knowledge_base.models.centre import name_in

register = template.Library()
register.filter("name_in", name_in)
register.filter("own_name", own_name)
register.filter("category_path", category_path)


@register.simple_tag
def help_assets() -> SafeString:
    """The one style sheet that is waited for, the font and the script, which nobody has to wait for."""
    modules = [(f"{settings.STATIC_URL}{name}",) for name in manifest().get("help.js:imports", [])]
    return format_html(
        '<link rel="stylesheet" href="{}"><link rel="preload" as="font" type="font/woff2" href="{}" crossorigin>{}'
        '<script type="module" src="{}"></script>',
        asset("help.css"),
        asset("fonts/inter-reading.woff2"),
        format_html_join("", '<link rel="modulepreload" href="{}">', modules),
        asset("help.js"),
    )


@register.filter
def description_in(texts: dict[str, dict[str, str]], language: str) -> str:
    known = texts.get(language) or next(iter(texts.values()), {})
    return known.get("description", "")


@register.filter
def articles_text(number: int) -> str:
    return ngettext("%(n)d article", "%(n)d articles", number) % {"n": number}


@register.filter
def minutes_text(number: int) -> str:
    return ngettext("%(n)d minute to read", "%(n)d minutes to read", number) % {"n": number}


@register.filter
def logo_path(file: str, centre_id: int) -> str:
    return reverse("help-logo", args=[centre_id, PurePath(file).name])
