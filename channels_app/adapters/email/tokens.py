"""What proves that a mail answers ours: the token in the address, our own Message-IDs, the mark in the footer.

A ticket number alone proves nothing, since anybody can guess one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.conf import settings

from helpdesk.lib.signing import MAC_LENGTH, sign, verify

ANYONE = "*"
_MAC = rf"[a-z2-7]{{{MAC_LENGTH}}}"
_ADDRESS = re.compile(rf"(?P<local>[^@]+)\+t\.(?P<number>\d{{1,12}})\.(?P<mac>{_MAC})@(?P<domain>[^@]+)", re.IGNORECASE)
_MESSAGE_ID = re.compile(rf"m\.(?P<message>\d{{1,18}})\.(?P<mac>{_MAC})@", re.IGNORECASE)
_NOTICE_ID = re.compile(rf"n\.(?P<notice>\d{{1,18}})\.(?P<message>\d{{1,18}})\.(?P<mac>{_MAC})@", re.IGNORECASE)
_MARK = re.compile(rf"\bref:t\.(?P<number>\d{{1,12}})\.(?P<mac>{_MAC})\b", re.IGNORECASE)


@dataclass(frozen=True)
class Claim:
    """A ticket number somebody brings, with the signature that is to prove it."""

    number: int
    mac: str

    def is_valid(self, inbox_id: int, participant: str = ANYONE) -> bool:
        return verify(self.mac, "ticket", inbox_id, self.number, participant)


def agent_participant(user_id: int) -> str:
    """The participant of a personal token: only this agent's notification mails carry it."""
    return f"agent:{user_id}"


def reply_address(inbox_id: int, inbox_address: str, number: int, participant: str = ANYONE) -> str:
    """`support+t.<number>.<mac>@…`: an answer to it belongs to the ticket whatever the mail program does to headers."""
    local, _, domain = inbox_address.rpartition("@")
    return f"{local}+t.{number}.{sign('ticket', inbox_id, number, participant)}@{domain}"


def claim_in_address(address: str) -> Claim | None:
    match = _ADDRESS.fullmatch(address.strip())
    return Claim(int(match["number"]), match["mac"].lower()) if match else None


def without_token(address: str) -> str:
    """The inbox's own address, in lower case, whatever plus part it carries."""
    local, at, domain = address.strip().lower().rpartition("@")
    return f"{local.partition('+')[0]}{at}{domain}"


def footer_mark(inbox_id: int, number: int) -> str:
    return f"ref:t.{number}.{sign('ticket', inbox_id, number, ANYONE)}"


def claim_in_text(text: str) -> Claim | None:
    """The first mark of ours in a quoted text."""
    match = _MARK.search(text)
    return Claim(int(match["number"]), match["mac"].lower()) if match else None


def instance_id() -> str:
    """What our automatic mail bears in X-Onethread-Loop: no other installation has the same, whatever its domain."""
    return sign("instance")


def issue_message_id(message_pk: int, domain: str) -> str:
    """A Message-ID (without brackets) that we recognise as ours when it comes back in References."""
    return f"m.{message_pk}.{sign('message-id', message_pk)}@{domain}"


def issued_message_pk(message_id: str) -> int | None:
    """The message whose Message-ID this is, if we issued it."""
    match = _MESSAGE_ID.match(message_id.strip("<> \t"))
    if match and verify(match["mac"], "message-id", int(match["message"])):
        return int(match["message"])
    return None


def issue_notice_id(notice_pk: int, message_pk: int) -> str:
    """A Message-ID for a mail to staff; it names the message that an answer to it answers, 0 for none."""
    mac = sign("notice-id", notice_pk, message_pk)
    return f"n.{notice_pk}.{message_pk}.{mac}@{settings.INSTANCE_DOMAIN}"


def noticed_message_pk(message_id: str) -> int | None:
    """The message that an answer to this mail of ours to staff answers. No proof of who answers."""
    match = _notice(message_id)
    return int(match["message"]) or None if match else None


def notice_pk(message_id: str) -> int | None:
    """The Notice whose Message-ID this is."""
    match = _notice(message_id)
    return int(match["notice"]) if match else None


def _notice(message_id: str) -> re.Match[str] | None:
    match = _NOTICE_ID.match(message_id.strip("<> \t"))
    is_ours = match and verify(match["mac"], "notice-id", int(match["notice"]), int(match["message"]))
    return match if is_ours else None
