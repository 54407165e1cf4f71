"""Mail that no person wrote just now: bounces, delays, complaints, automatic replies, bulk (email.md M1–M4)."""

from __future__ import annotations

import re
from collections.abc import Collection
from email.message import Message

from flufl.bounce import all_failures

from .charset import decode
from .headers import Headers, read_headers
from .machine_words import (
    DAEMON_ADDRESS,
    DAEMON_NAME,
    DELAY_PHRASE,
    FAILURE_PHRASE,
    FAILURE_SUBJECT,
    NOT_A_PERSON,
    OUT_OF_OFFICE,
)
from .parsed import ParsedEmail
from .structure import Part

FLUFL_LIMIT = 20_000  # characters of a suspected bounce shown to flufl.bounce; its patterns look at the top
_ACTION = re.compile(rb"^action:[ \t]*([a-z]+)", re.IGNORECASE | re.MULTILINE)
_AUTO_HEADERS = ("X-Autoreply", "X-Autorespond", "X-Auto-Reply-From", "X-Mail-Autoreply", "X-Autoresponder")
_BULK_HEADERS = ("List-Id", "List-Unsubscribe", "Feedback-ID", "List-Post")
_REPORTS = ("message/delivery-status", "message/global-delivery-status")
_RETURNED = ("message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers", "text/rfc822-header")
_RETURNED_ID = re.compile(
    r"^[ \t]{0,20}>?[ \t]{0,20}message-id:[ \t]{0,20}<([^<>\s]{3,998})>", re.IGNORECASE | re.MULTILINE
)


def classify(parsed: ParsedEmail, top: Part) -> None:
    """Set the flags `is_bounce`, `is_delay`, `is_complaint`, `is_auto_reply`, `is_bulk` and `returned_message_id`."""
    headers = top.headers
    leaves = top.leaves()
    parsed.is_complaint = _is_complaint(headers, leaves)
    if not parsed.is_complaint:
        verdict = _delivery_verdict(parsed, top, leaves)
        parsed.is_bounce, parsed.is_delay = verdict == "bounce", verdict == "delay"
    is_report = parsed.is_complaint or parsed.is_bounce or parsed.is_delay
    if is_report:
        parsed.returned_message_id = _returned_message_id(parsed, leaves)
    parsed.is_auto_reply = not is_report and _is_auto_reply(parsed, headers)
    precedence = headers.plain("Precedence").lower()
    parsed.is_bulk = precedence in ("bulk", "list", "junk") or any(name in headers for name in _BULK_HEADERS)


def may_answer_automatically(parsed: ParsedEmail, our_addresses: Collection[str]) -> bool:
    """M4, as far as the mail itself can tell: False for machines, lists, ourselves and addresses nobody reads."""
    ours = {address.lower() for address in our_addresses}
    suppress = parsed.auto_response_suppress.lower()
    return not (
        parsed.is_bounce
        or parsed.is_delay
        or parsed.is_complaint
        or parsed.is_auto_reply
        or parsed.is_bulk
        or parsed.return_path == ""
        or any(word in suppress for word in ("all", "oof", "autoreply"))
        or parsed.loop_ids
        or not parsed.sender
        or parsed.sender.lower() in ours
        or NOT_A_PERSON.match(parsed.sender)
    )


def _is_complaint(headers: Headers, leaves: list[Part]) -> bool:
    return headers.content_type.get("report-type").lower() == "feedback-report" or any(
        leaf.content_type == "message/feedback-report" for leaf in leaves
    )


def _delivery_verdict(parsed: ParsedEmail, top: Part, leaves: list[Part]) -> str:
    """ "bounce", "delay" or ""."""
    reports = [leaf for leaf in leaves if leaf.content_type in _REPORTS]
    if reports:
        return _verdict_of_reports(reports)
    if top.headers.content_type.get("report-type").lower() == "delivery-status":
        return "delay" if DELAY_PHRASE.search(parsed.subject) else "bounce"
    if "X-Failed-Recipients" in top.headers:
        return "delay" if DELAY_PHRASE.search(parsed.subject) else "bounce"
    if parsed.return_path != "" and not _is_daemon(parsed):
        return ""
    if parsed.auto_submitted.startswith("auto-replied") and OUT_OF_OFFICE.search(parsed.subject):
        return ""
    head = parsed.text[:4_000]
    says_failure = bool(FAILURE_SUBJECT.search(parsed.subject) or (_is_daemon(parsed) and FAILURE_PHRASE.search(head)))
    if says_failure and DELAY_PHRASE.search(f"{parsed.subject}\n{head[:1500]}") and not _says_permanent(head):
        return "delay"
    return "bounce" if says_failure else _ask_flufl(parsed, top.headers)


def _verdict_of_reports(reports: list[Part]) -> str:
    actions = {match.lower() for leaf in reports for match in _ACTION.findall(leaf.content[:100_000])}
    if b"failed" in actions:
        return "bounce"
    if b"delayed" in actions:
        return "delay"
    return "" if actions & {b"delivered", b"relayed", b"expanded"} else "bounce"


def _is_daemon(parsed: ParsedEmail) -> bool:
    path = parsed.return_path or ""
    return bool(
        DAEMON_ADDRESS.match(parsed.sender)
        or DAEMON_NAME.match(parsed.sender_name)
        or re.match(r"(?:mailer-daemon|postmaster)@", path, re.IGNORECASE)
    )


def _says_permanent(head: str) -> bool:
    return bool(re.search(r"permanent|giving up|gave up|no longer|will not be retried", head, re.IGNORECASE))


def _ask_flufl(parsed: ParsedEmail, headers: Headers) -> str:
    """flufl.bounce, behind the gate of `_delivery_verdict` only: on people's letters it finds bounces too.

    It gets the letter's text and headers, not the mail: the standard parser can be made to recurse without end.
    """
    message = Message()
    for name, value in headers.fields[:200]:
        if not name.lower().startswith(b"content-"):
            message[name.decode("ascii")] = value[:1_000].decode("latin_1")
    message.set_payload(parsed.text[:FLUFL_LIMIT])
    try:
        temporary, permanent = all_failures(message)
    except Exception:  # its detectors assume well-formed reports; one that breaks them is no recognised bounce
        return ""
    return "bounce" if permanent else "delay" if temporary else ""


def _is_auto_reply(parsed: ParsedEmail, headers: Headers) -> bool:
    keyword = parsed.auto_submitted.partition(";")[0].strip()
    return bool(
        (keyword and keyword != "no")
        or any(name in headers and headers.plain(name).lower() not in ("no", "false", "") for name in _AUTO_HEADERS)
        or headers.plain("Precedence").lower() in ("auto_reply", "auto-reply", "autoreply")
        or "X-MS-Exchange-Inbox-Rules-Loop" in headers
        or headers.content_type.get("report-type").lower() == "disposition-notification"
        or OUT_OF_OFFICE.match(parsed.subject)
    )


def _returned_message_id(parsed: ParsedEmail, leaves: list[Part]) -> str:
    """Message-ID of the mail that came back: from the returned part, else from the words of an old-style bounce."""
    for leaf in leaves:
        if leaf.content_type in _RETURNED:
            content = leaf.content[:300_000]
            ids = read_headers(content, 0, len(content), is_top=True)[0].message_ids("Message-ID")
            if ids:
                return ids[0]
    found = _RETURNED_ID.search(parsed.text[:100_000])
    if not found:
        found = next(
            (
                m
                for leaf in leaves
                if leaf.content_type.startswith("text/")
                if (m := _RETURNED_ID.search(decode(leaf.content[:100_000])))
            ),
            None,
        )
    return found[1] if found else ""
