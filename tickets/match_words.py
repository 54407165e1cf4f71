"""Why a message is on its ticket, in one sentence. The rules are those of `channels_app.threading`."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tickets.models import Message

# Each may use what the rule has kept as evidence.
WORDS: Mapping[str, Promise] = {
    "new": gettext_lazy("Opened a ticket: nothing in the mail points at an earlier one."),
    "token": gettext_lazy("It was sent to the reply address of this ticket, %(address)s, which carries our signature."),
    "personal-token": gettext_lazy("An agent answered a notification; our mail server proved the sender."),
    "reference": gettext_lazy("It answers a message that we sent (%(message_id)s)."),
    "stored-id": gettext_lazy("It refers to an earlier mail of this ticket (%(message_id)s)."),
    "mark": gettext_lazy("It quotes the signed mark at the end of one of our messages (%(mark)s)."),
    "number": gettext_lazy("Its subject names this ticket, and our mail server proved that a participant sent it."),
    "storm": gettext_lazy("%(sender)s has opened many tickets within an hour; the rest is collected here."),
    "portal": gettext_lazy("Written on the customer’s own page, where they had signed in."),
    "forward": gettext_lazy("An agent (%(sender)s) forwarded it; that %(forwarded)s wrote it is the forward's claim."),
    "unreadable": gettext_lazy("It stands for a mail that could not be read."),
    "form": gettext_lazy("It came by the contact form “%(form)s”; its sender opened a link at the address."),
    "form-signed-in": gettext_lazy("It came by the contact form “%(form)s”; its sender was signed in."),
    "chat": gettext_lazy("Said in a chat on %(page)s. Who it was is what the visitor says."),
    "chat-verified": gettext_lazy("Said in a chat on %(page)s, whose site told us who had signed in there."),
    "chat-left": gettext_lazy("Left at the chat on %(page)s. Who it was is what they say themselves."),
    "chat-left-verified": gettext_lazy("Left at the chat on %(page)s, whose site told us who had signed in there."),
    "conversation": gettext_lazy("Said in the conversation that this ticket belongs to."),
    "moved": gettext_lazy("%(moved_by)s moved it here from #%(moved_from)s."),
}


def explain_match(message: Message) -> str:
    """One sentence, more where the sender is new or the ticket continues a closed one; the bare rule if unknown."""
    evidence = {key: str(value) for key, value in message.match_evidence.items()}
    words = WORDS.get(message.match_rule)
    if words is None:
        return message.match_rule
    sentences = [_fill(str(words), evidence)]
    if follow_up_of := evidence.get("follow_up_of"):
        sentences.append(_("It answers #%(number)s, which was closed.") % {"number": follow_up_of})
    if article := evidence.get("article"):
        sentences.append(_("Before, they had read “%(title)s”, which did not help.") % {"title": article})
    if claims := evidence.get("claims"):
        words_of_claim = _("They say that %(address)s is theirs; another record has it, and nothing proves it.")
        sentences.append(words_of_claim % {"address": claims})
    if message.is_unverified:
        sentences.append(_("Its sender is new to this ticket and unverified."))
    if "same_message_id_as" in evidence:
        sentences.append(_("Another mail with different content carries the same Message-ID."))
    return " ".join(sentences)


def _fill(words: str, evidence: Mapping[str, str]) -> str:
    return words % _Evidence(evidence)


class _Evidence(dict[str, str]):
    """What an old row does not know is left open, rather than breaking the page."""

    def __missing__(self, key: str) -> str:
        return "…"
