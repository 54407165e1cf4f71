"""Changes of macros themselves: made, changed, copied, put in order, deleted. Revisions say who did what.

Callers ask `policies.may_change_macro` first; `read_actions` has checked what is stored.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import gettext as _

from helpdesk.accounts.models import User
from helpdesk.lib.html import clean_composer_html
from tickets import attachments, revisions
from tickets.automation.actions import IS_PUBLIC, Wanted, check_actions
from tickets.automation.kinds import MACRO
from tickets.automation.macros import WORDS
from tickets.automation.placeholders import check_placeholders
from tickets.conditions.problems import Invalid, Problem, Wrong
from tickets.models import Attachment, Macro, ScanState, Ticket
from tickets.services import Refused

MOST = 2000  # that one person may be offered
MOST_FILES = 10


def read_actions(actions: object) -> list[Wanted]:
    """Checked actions of a macro, or `Invalid`: placeholders included, with line and column."""
    checked = check_actions(actions, scope=MACRO)
    problems = []
    for place, action in enumerate(checked):
        if action["field"] in (*WORDS, "subject"):
            try:
                check_placeholders(action["value"], is_html=action["field"] == "comment_value_html")
            except Wrong as wrong:
                problems.append(Problem(str(place), action["field"], str(wrong)))
    if problems:
        raise Invalid(problems)
    return checked


def beside(macro: Macro) -> QuerySet[Macro]:
    """The macros of its folder and of the same people, in their order."""
    same = Macro.objects.filter(owner=macro.owner_id, team=macro.team_id, folder=macro.folder, deleted_at=None)
    return same.order_by("position", "pk")


@transaction.atomic
def create_macro(author: User, title: str, *, change: str = "", **fields: Any) -> Macro:
    if Macro.objects.meant_for(author).filter(deleted_at=None).count() >= MOST:
        raise Refused(_("There are %(count)s macros already. Delete one first.") % {"count": MOST})
    macro = Macro(title=title, created_by=author, **fields)
    macro.position = _last(macro)
    macro.save()
    revisions.keep(macro, author, change or _("Created"))
    return macro


@transaction.atomic
def change_macro(macro: Macro, author: User, fields: Mapping[str, Any], *, seen: str = "", change: str = "") -> Macro:
    """Set `fields`; in another folder it stands last. Raises `revisions.ChangedMeanwhile`."""
    macro = Macro.objects.select_for_update().get(pk=macro.pk)
    revisions.refuse_stale(macro, seen)
    revisions.begin(macro)
    place = (macro.folder, macro.owner_id, macro.team_id)
    for name, value in fields.items():
        setattr(macro, name, value)
    if (macro.folder, macro.owner_id, macro.team_id) != place:
        macro.position = _last(macro)
    macro.updated_at = timezone.now()
    macro.save()
    revisions.keep(macro, author, change)
    return macro


@transaction.atomic
def copy_macro(macro: Macro, author: User) -> Macro:
    """The same again, for oneself."""
    kept = {name: getattr(macro, name) for name in ("description", "folder", "language", "actions")}
    title = (_("Copy of %(title)s") % {"title": macro.title})[:120]
    copy = create_macro(
        author, title, owner=author, change=_("Copied from “%(title)s”") % {"title": macro.title}, **kept
    )
    set_files(copy, macro.attachments.all(), now=timezone.now())
    return copy


@transaction.atomic
def delete_macro(macro: Macro, author: User) -> None:
    """Nobody is offered it any more; what was done with it stays on the tickets. Can be restored from a revision."""
    change_macro(macro, author, {"deleted_at": timezone.now()}, change=_("Deleted"))


@transaction.atomic
def move_macro(macro: Macro, place: int) -> None:
    """To `place` in its folder, counted from 0."""
    others = [each for each in beside(macro).select_for_update() if each.pk != macro.pk]
    others.insert(max(place, 0), macro)
    for position, each in enumerate(others):
        if each.position != position:
            Macro.objects.filter(pk=each.pk).update(position=position)


def add_files(macro: Macro, uploads: Iterable[Attachment]) -> None:
    """Take uploads as files of `macro`: nobody's own any more, so that no message can take them away."""
    for upload in uploads:
        if macro.attachments.count() >= MOST_FILES:
            raise Refused(_("A macro has at most %(count)s files.") % {"count": MOST_FILES})
        if upload.scan_state == ScanState.INFECTED:
            raise Refused(_("“%(name)s” holds malware.") % {"name": upload.filename})
        upload.uploaded_by = None
        upload.save(update_fields=["uploaded_by"])
        macro.attachments.add(upload)


def set_files(macro: Macro, files: Iterable[Attachment], *, now: datetime) -> None:
    """Copies of `files`, which belong to somebody or something else."""
    add_files(macro, [attachments.copy_for(None, file, now=now) for file in files])


def made_from(html: str, ticket: Ticket, user: User) -> list[Wanted]:
    """A macro's actions from words that were written once: the names in them become placeholders."""
    html = clean_composer_html(html)
    customer, number = ticket.requester.name, str(ticket.pk)
    names: Sequence[tuple[str, str]] = (
        (customer, "{{ticket.requester.name}}"),
        (customer.split(" ")[0], "{{ticket.requester.first_name}}"),
        (user.name, "{{current_user.name}}"),
        (f"#{number}", "#{{ticket.id}}"),
    )
    for name, placeholder in names:
        if len(name) > 2:
            html = _instead(html, escape(name), placeholder)
    return [Wanted(field="comment_value_html", value=html)]


def _instead(html: str, name: str, placeholder: str) -> str:
    """`placeholder` for `name` where it stands as a whole word, and not inside a mark or another placeholder."""
    parts = re.split(r"(<[^>]*>|\{\{.*?\}\})", html)
    whole = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
    return "".join(part if part[:1] == "<" or part[:2] == "{{" else whole.sub(placeholder, part) for part in parts)


def _last(macro: Macro) -> int:
    newest = beside(macro).exclude(pk=macro.pk).aggregate(last=Max("position"))["last"]
    return 0 if newest is None else int(newest) + 1


def broken(macros: Iterable[Macro]) -> dict[int, str]:
    """Of those that name people, teams or changes that are gone by now: what is wrong, by macro."""
    known: dict[str, str] = {}  # the same change stands in many macros
    found: dict[int, str] = {}
    for macro in macros:
        for action in macro.actions:
            if action["field"] in (*WORDS, IS_PUBLIC):
                continue
            key = json.dumps(action, sort_keys=True)
            if key not in known:
                known[key] = _problem_of(action)
            if known[key]:
                found[macro.pk] = known[key]
    return found


def _problem_of(action: Wanted) -> str:
    try:
        check_actions([action], scope=MACRO)
    except Invalid as invalid:
        return str(invalid)
    return ""
