"""What the sender wrote now, apart from quoted history and signature: folded, never deleted."""

from __future__ import annotations

from dataclasses import dataclass

from helpdesk.lib.html import html_to_text

from .reply_html import split_html
from .reply_lines import Cut, find_reply
from .reply_words import FORWARD_SUBJECT


@dataclass(frozen=True, slots=True)
class Reply:
    """New words and folded rest in both forms. `quoted_*` are "" when nothing was told apart."""

    text: str
    quoted_text: str
    html: str
    quoted_html: str


def split_reply(text: str, html: str, *, subject: str = "", has_text_part: bool = True) -> Reply:
    """Split a letter. A forwarded mail is all new: its history is what the sender wants to show."""
    if FORWARD_SUBJECT.match(subject):
        return Reply(text, "", html, "")
    reply_text, quoted_text = split_text(text)
    if not html.strip():
        return Reply(reply_text, quoted_text, "", "")
    reply_html, quoted_html = split_html(html)
    if quoted_html and (not has_text_part or not quoted_text):
        seen = html_to_text(reply_html) or ("[image]" if "<img" in reply_html else "")
        reply_text, quoted_text = (seen, html_to_text(quoted_html)) if seen else (reply_text, quoted_text)
        reply_text, signature = split_text(reply_text)
        quoted_text = "\n".join(filter(None, (signature, quoted_text)))
    return Reply(reply_text, quoted_text, reply_html, quoted_html)


def split_text(text: str) -> tuple[str, str]:
    """(new words, rest) of a plain text."""
    lines = text.split("\n")
    cut = find_reply(lines)
    if cut == Cut(0, len(lines)):
        return text.strip("\n"), ""
    reply = "\n".join(lines[cut.start : cut.stop]).strip("\n").rstrip()
    folded = [*lines[: cut.start], *lines[cut.stop :]]
    return reply, "\n".join(folded).strip("\n")
