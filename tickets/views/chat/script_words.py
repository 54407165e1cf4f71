"""The sentences that the scripts of chats say, by their names there (static/src/chat/words.ts)."""

from __future__ import annotations

from django.utils.translation import gettext as _


def script_words() -> dict[str, str]:
    """`{name}` and its like are filled by the script. `event.…` are what happened in a chat."""
    return {
        "again": _("Try again"),
        "assistant": _("Assistant"),
        "denied": _("This browser does not let us show messages: allow them in its settings for this site."),
        "emoji": _("Emoji"),
        "no_ticket": _("This chat has no ticket yet."),
        "nothing_new": _("Nothing new in any chat."),
        "seen": _("Seen"),
        "sending": _("Sending…"),
        "signed_out": _("You have been signed out"),
        "take_back": _("Take back"),
        "types": _("{name} is typing"),
        "uploading": _("A file is still being uploaded."),
        "waits": _("Waiting for {time}"),
        "you": _("You"),
        "event.joined": _("{name} joined"),
        "event.taken_over": _("{name} took over"),
        "event.transferred": _("Transferred to {name}"),
        "event.held": _("{name} asked for a moment, until {time}"),
        "event.ended": _("The chat is over"),
        "event.ended.visitor": _("The visitor ended the chat"),
        "event.ended.agent": _("The chat was ended by us"),
        "event.ended.silence": _("The chat ended after a long silence"),
        "event.ended.bot": _("The chat ended with an answer of the assistant"),
        "event.missed": _("Nobody came: the visitor was asked to leave a message"),
        "event.went_to_email": _("The conversation goes on by e-mail"),
    }
