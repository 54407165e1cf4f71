"""`parse_email`: raw bytes to a `ParsedEmail`. The one entry of this package."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

from helpdesk.lib.html import clean_mail_html, html_to_text, tame

from .addresses import read_addresses, scan_addresses
from .body import Body, read_body
from .charset import decode
from .encoded_words import raw_text, unfold
from .headers import Headers
from .machine import classify
from .parsed import Address, ParsedEmail
from .reply_text import split_reply
from .structure import Part, read_structure

MAX_SUBJECT = 1_000  # characters; a longer one is cut on screen and in the database anyway
MAX_LETTER = 1_000_000  # characters of text kept; the raw mail keeps the rest

T = TypeVar("T")

logger = logging.getLogger(__name__)


def parse_email(raw: bytes) -> ParsedEmail:
    """Read a mail of any bytes. Never raises: what can't be understood is named in `defects` and left empty.

    Time is linear in the size of `raw`, within the limits of `structure` and `headers`.
    """
    parsed = ParsedEmail()
    top = _attempt(parsed, lambda: read_structure(raw, parsed.defects))
    if top is None:
        parsed.text = parsed.reply_text = decode(raw[:MAX_LETTER])
        return parsed
    hint = _attempt(parsed, lambda: _hint(top)) or ""
    _attempt(parsed, lambda: _read_people(parsed, top.headers, hint))
    _attempt(parsed, lambda: _read_identity(parsed, top.headers, hint))
    body = _attempt(parsed, lambda: read_body(top, parsed.defects))
    if body is not None:
        _attempt(parsed, lambda: _read_letter(parsed, body))
    parsed.reply_text = parsed.reply_text or parsed.text
    _attempt(parsed, lambda: classify(parsed, top))
    return parsed


def _attempt(parsed: ParsedEmail, step: Callable[[], T]) -> T | None:
    """One step of the reading. It is not expected to fail; should it, the others still count and the mail is held."""
    try:
        return step()
    except Exception as error:
        logger.exception("A mail broke the parser")
        parsed.defects.append(f"parser failed: {type(error).__name__}: {error}"[:300])
        return None


def _hint(top: Part) -> str:
    """Charset of the letter: the best guess for raw 8-bit header bytes."""
    return next((leaf.charset for leaf in top.leaves() if leaf.content_type.startswith("text/")), "")


def _read_people(parsed: ParsedEmail, headers: Headers, hint: str) -> None:
    sender = _sender(headers, hint)
    parsed.sender, parsed.sender_name = str(sender), sender.name
    if not sender:
        parsed.defects.append("no sender")
    parsed.to = read_addresses(headers.all_raw("To"), hint)
    parsed.cc = read_addresses(headers.all_raw("Cc"), hint)
    parsed.reply_to = read_addresses(headers.all_raw("Reply-To"), hint)
    parsed.delivered_to = read_addresses(
        [value for name in ("Delivered-To", "X-Original-To", "Envelope-To") for value in headers.all_raw(name)], hint
    )
    if "Return-Path" in headers:
        path = read_addresses([headers.raw("Return-Path")])
        parsed.return_path = str(path[0]) if path else ""


def _sender(headers: Headers, hint: str) -> Address:
    """From, else Reply-To, Return-Path, Sender; the display name of a From without address is kept."""
    name = ""
    for field in ("From", "Reply-To", "Return-Path", "Sender"):
        for value in headers.all_raw(field):
            for address in scan_addresses(raw_text(value, hint)):
                if address:
                    return Address(address, address.name or name)
                name = name or address.name
    return Address("", name)


def _read_identity(parsed: ParsedEmail, headers: Headers, hint: str) -> None:
    parsed.subject = headers.text("Subject", hint)[:MAX_SUBJECT]
    ids = headers.message_ids("Message-ID")
    parsed.message_id = ids[0] if ids else headers.plain("Message-ID").strip("<> ")[:998]
    answered = headers.message_ids("In-Reply-To")
    parsed.in_reply_to = answered[0] if answered else ""
    parsed.references = list(dict.fromkeys(headers.message_ids("References")))
    parsed.date = headers.date()
    parsed.authentication_results = [unfold(raw_text(v)) for v in headers.all_raw("Authentication-Results")]
    parsed.auto_submitted = headers.plain("Auto-Submitted").lower()[:200]
    parsed.auto_response_suppress = headers.plain("X-Auto-Response-Suppress")[:200]
    parsed.loop_ids = [unfold(raw_text(value))[:200] for value in headers.all_raw("X-Onethread-Loop")]


def _read_letter(parsed: ParsedEmail, body: Body) -> None:
    parsed.attachments = body.attachments
    parsed.protection = body.protection
    html = tame(body.html)
    text = body.text if body.text.strip() else html_to_text(html)
    if len(text) > MAX_LETTER:
        parsed.defects.append("letter longer than 1,000,000 characters: cut")
    parsed.text = text[:MAX_LETTER].strip("\n")
    reply = split_reply(parsed.text, html, subject=parsed.subject, has_text_part=bool(body.text.strip()))
    parsed.reply_text, parsed.quoted_text = reply.text, reply.quoted_text
    if html:
        parsed.html = clean_mail_html(html, allow_remote_images=True)
        parsed.reply_html = clean_mail_html(reply.html, allow_remote_images=True) if reply.quoted_html else parsed.html
        parsed.quoted_html = clean_mail_html(reply.quoted_html, allow_remote_images=True)
