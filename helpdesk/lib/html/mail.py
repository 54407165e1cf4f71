"""HTML of customers' mails, for a sandboxed frame that has its own CSP. Looks are kept, power and tracking are not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import unquote

import nh3

from .clean import LINK_REL, LINK_SCHEMES, SILENT_TAGS
from .css import clean_style, is_plain_style
from .tame import tame

_TAGS: Final = set(
    "a abbr acronym address article aside b bdi bdo big blockquote br caption center cite code col colgroup dd del "
    "details dfn div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark "
    "nav ol p pre q rp rt ruby s samp section small span strike strong sub summary sup table tbody td tfoot th thead "
    "time tr tt u ul var wbr".split()
)
_CELL: Final = {"align", "valign", "bgcolor", "background", "width", "height", "colspan", "rowspan", "nowrap"}
_ATTRIBUTES: Final = {
    "*": {"style", "dir", "lang", "title", "align"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height", "border"},
    "table": {"width", "height", "border", "cellpadding", "cellspacing", "bgcolor", "background"},
    "td": _CELL,
    "th": _CELL,
    "tr": {"valign", "bgcolor", "height"},
    "col": {"span", "width"},
    "colgroup": {"span", "width"},
    "font": {"color", "face", "size"},
    "ol": {"start", "type"},
    "ul": {"type"},
    "li": {"value"},
    "hr": {"width", "size", "color"},
    "details": {"open"},
}
_REMOTE = re.compile(r"\s*(?:https?:)?//", re.IGNORECASE)
_LINK = re.compile(r"\s*(?:https?://|mailto:|tel:)", re.IGNORECASE)
_PICTURE_DATA = re.compile(r"data:image/(?:png|jpeg|jpg|gif|webp|bmp);base64,[A-Za-z0-9+/=\s]*", re.IGNORECASE)
_REMOTE_REFERENCE = re.compile(
    r"<img\b[^>]*?\ssrc=\"(?:https?:)?//|\sbackground=\"(?:https?:)?//|url\(\s*(?:&quot;|['\"])?(?:https?:)?//",
    re.IGNORECASE,
)
_FRAME_TAG = re.compile(r"<(?:table|img|font|center|figure|details|hr)\b", re.IGNORECASE)
_STYLE = re.compile(r"\sstyle=\"([^\"]*)\"", re.IGNORECASE)
_UNSAFE_IN_CSS_URL = re.compile(r"[\s'\"()\\<>]")


def clean_mail_html(html: str, *, cid_urls: Mapping[str, str] | None = None, allow_remote_images: bool = False) -> str:
    """Sanitised HTML for the frame.

    `cid_urls` maps Content-IDs (no brackets) to our attachments' addresses; None keeps `cid:` references for a later
    call (that is what is stored). Remote pictures, also those in styles and backgrounds, lose their address until
    allowed: what stays is an `<img>` with its size and alternative text.
    """
    pictures = _Pictures(cid_urls, allow_remote_images)

    def keep(tag: str, attribute: str, value: str) -> str | None:
        if attribute == "style":
            return clean_style(value, pictures.resolve) or None
        if attribute in ("src", "background"):
            return pictures.resolve(value) or None
        if attribute == "href":  # a relative address would lead into our own pages
            return value if _LINK.match(value) else None
        return value

    cleaner = nh3.Cleaner(
        tags=_TAGS,
        clean_content_tags=SILENT_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=keep,
        set_tag_attribute_values={"a": {"target": "_blank"}},
        link_rel=LINK_REL,
        url_schemes=LINK_SCHEMES | {"data", "cid"},
        generic_attribute_prefixes=set(),
    )
    return cleaner.clean(tame(html)).strip()


class _Pictures:
    """Which picture addresses may stay, and as what."""

    def __init__(self, cid_urls: Mapping[str, str] | None, allow_remote: bool) -> None:
        self.cid_urls = cid_urls
        self.allow_remote = allow_remote

    def resolve(self, address: str) -> str:
        address = address.strip()
        scheme = address[:4].lower()
        if scheme == "cid:":
            content_id = unquote(address[4:]).strip("<> ")
            found = address if self.cid_urls is None else self.cid_urls.get(content_id, "")
        elif scheme == "data":
            found = address if _PICTURE_DATA.fullmatch(address) else ""
        elif self.allow_remote and _REMOTE.match(address):
            found = f"https:{address}" if address.startswith("//") else address
        else:
            found = ""
        return _UNSAFE_IN_CSS_URL.sub(lambda unsafe: f"%{ord(unsafe[0]):02X}", found)


def has_remote_images(html: str) -> bool:
    """Whether `html` (as `clean_mail_html` returned it with remote images allowed) would fetch from elsewhere."""
    return bool(_REMOTE_REFERENCE.search(html))


def needs_frame(html: str) -> bool:
    """Whether cleaned `html` loses something when shown inline: tables, pictures, colours, layout."""
    if _FRAME_TAG.search(html):
        return True
    return any(not is_plain_style(style) for style in _STYLE.findall(html))
