"""What the scripts say, in the reader's language.

The keys and the English are those of static/src/strings.ts (a test holds the two equal). Only what a translation
changes is sent: an English page carries nothing, because the scripts know their English.
"""

from __future__ import annotations

from functools import lru_cache

from django import template
from django.utils.html import json_script
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_noop as _

register = template.Library()

STRINGS = {
    "attachment.blocked": _("{name}: files of this type ({type}) are not accepted."),
    "attachment.failed": _("{name} could not be uploaded: {reason}"),
    "attachment.remove": _("Remove {name}"),
    "attachment.too_big": _("{name} is {size}. A file may have at most {limit}."),
    "attachment.uploading": _("Uploading {name}"),
    "attachment.wait": _("Wait until all files are uploaded, or remove them."),
    "close": _("Close"),
    "composer.arrived_one": _("{count} new message arrived since you started writing."),
    "composer.arrived_other": _("{count} new messages arrived since you started writing."),
    "composer.empty": _("Write something first."),
    "composer.sending": _("Sending…"),
    "composer.show": _("Show"),
    "composer.try_again": _("Try again"),
    "copied": _("Link copied"),
    "draft.keep_mine": _("Keep mine"),
    "draft.newer": _("This draft was changed on another device."),
    "draft.saved": _("Draft saved"),
    "draft.saved_here": _("Draft saved on this device"),
    "draft.saving": _("Saving…"),
    "draft.use_other": _("Use the other"),
    "error.forbidden": _("You may not do this."),
    "error.gone": _("This no longer exists, or you may no longer see it."),
    "error.moved_on": _("The ticket has changed since you started writing."),
    "error.offline": _("No connection. Nothing was lost: try again when you are online."),
    "error.rate": _("Too many requests. Try again in {seconds} s."),
    "error.refused": _("The server did not accept this."),
    "error.server": _("The server could not do this. Nothing was lost: try again in a moment."),
    "error.reference": _("Reference {reference}"),
    "error.timeout": _("The server did not answer in time. Try again: it will not be sent twice."),
    "error.too_big": _("This is too large for the server."),
    "keys.close": _("Close"),
    "keys.general": _("Everywhere"),
    "keys.list": _("List"),
    "keys.next": _("Next ticket"),
    "keys.open": _("Open the marked ticket"),
    "keys.palette": _("Search or jump to"),
    "keys.previous": _("Previous ticket"),
    "keys.select": _("Select the marked ticket"),
    "keys.select_next": _("Select and go on"),
    "keys.send": _("Send"),
    "keys.send_pending": _("Send and set to pending"),
    "keys.send_solve": _("Send and solve"),
    "keys.sheet": _("Keyboard shortcuts"),
    "keys.single": _("Single-key shortcuts"),
    "keys.theme": _("Light or dark"),
    "keys.title": _("Keyboard shortcuts"),
    "keys.writing": _("Writing"),
    "link.address": _("Address of the link"),
    "link.apply": _("Apply"),
    "link.invalid": _("Type an address such as https://example.com or name@example.com."),
    "link.remove": _("Remove link"),
    "list.new_one": _("{count} new"),
    "list.new_other": _("{count} new"),
    "palette.close": _("close"),
    "palette.commands": _("Commands"),
    "palette.label": _("Search or jump to"),
    "palette.move": _("move"),
    "palette.new_tab": _("new tab"),
    "palette.none": _("Nothing matches."),
    "palette.open_ticket": _("Open ticket {number}"),
    "palette.placeholder": _("Type a command or a ticket number"),
    "palette.run": _("run"),
    "palette.tickets": _("Tickets"),
    "pick.none": _("No match"),
    "presence.typing_one": _("{names} is writing"),
    "presence.typing_other": _("{names} are writing"),
    "presence.viewing_one": _("{names} is looking at this ticket"),
    "presence.viewing_other": _("{names} are looking at this ticket"),
    "send.anyway": _("Send anyway"),
    "send.show_new": _("Show what is new"),
    "session.expired": _("You have been signed out"),
    "session.expired_text": _("Sign in again in a new tab, come back here and try again. Your words are kept."),
    "session.later": _("Not now"),
    "session.sign_in": _("Sign in"),
    "tags.add": _("Add a tag"),
    "tags.remove": _("Remove tag {tag}"),
    "time.hours": _("{n}h"),
    "time.minutes": _("{n}m"),
    "time.now": _("now"),
    "toast.dismiss": _("Dismiss"),
    "toast.undo": _("Undo"),
    "toast.undone": _("Taken back"),
    "toast.undo_failed": _("It was too late to take this back."),
}


@lru_cache(maxsize=64)
def _translated(language: str | None) -> SafeString:
    changed = {key: said for key, english in STRINGS.items() if (said := gettext(english)) != english}
    return json_script(changed, "ot-strings") if changed else SafeString("")


@register.simple_tag
def script_strings() -> SafeString:
    return _translated(get_language())
