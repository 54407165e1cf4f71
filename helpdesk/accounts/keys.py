"""The single keys of the workspace: what each does, and which key each person wants for it.

A command is known by the key it has in the templates (`data-key`), or by `data-key-id` where a list and a ticket share
one. Keys with Ctrl or Alt are nobody's by accident, so only these can be moved or switched off (WCAG 2.1.4).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

Words = str | Promise


class Place(StrEnum):
    """The heading a command stands under."""

    EVERYWHERE = "everywhere"
    LIST = "list"
    TICKET = "ticket"


@dataclass(frozen=True)
class Command:
    id: str
    place: Place
    label: Words
    default: str


def _in(place: Place, *rows: tuple[str, Words]) -> list[Command]:
    return [Command(key, place, label, key.removeprefix("list ")) for key, label in rows]


COMMANDS: dict[str, Command] = {
    command.id: command
    for command in [
        *_in(
            Place.EVERYWHERE,
            ("?", gettext_lazy("Keyboard shortcuts")),
            ("/", gettext_lazy("Search")),
            ("c", gettext_lazy("New ticket")),
            ("z", gettext_lazy("Undo what was just done")),
            ("[", gettext_lazy("Show or hide the sidebar")),
            ("g i", gettext_lazy("Go to your tickets")),
            ("g u", gettext_lazy("Go to unassigned")),
            ("g m", gettext_lazy("Go to mentions")),
            ("g o", gettext_lazy("Go to open tickets")),
            ("g p", gettext_lazy("Go to pending tickets")),
            ("g a", gettext_lazy("Go to all tickets")),
            ("g s", gettext_lazy("Go to solved tickets")),
            ("g d", gettext_lazy("Go to your drafts")),
            ("g l", gettext_lazy("Go to chats")),
            ("g v", gettext_lazy("Go to visitors")),
            ("g t", gettext_lazy("Go to the phone")),
            ("g w", gettext_lazy("Log a call")),
            ("g c", gettext_lazy("Go to customers")),
            ("g k", gettext_lazy("Go to the knowledge base")),
            ("g r", gettext_lazy("Go to reports")),
            ("g n", gettext_lazy("Notifications")),
            ("g f", gettext_lazy("Go to feedback")),
            ("g h", gettext_lazy("Go to held mail")),
            ("g ,", gettext_lazy("Go to settings")),
        ),
        *_in(
            Place.LIST,
            ("j", gettext_lazy("Next ticket")),
            ("k", gettext_lazy("Previous ticket")),
            (".", gettext_lazy("Next ticket that waits for an answer")),
            ("x", gettext_lazy("Select the marked ticket")),
            ("f", gettext_lazy("Filter the list")),
            ("list s", gettext_lazy("Sort and group the list")),
            ("b s", gettext_lazy("Set the status of the selection")),
            ("b a", gettext_lazy("Assign the selection")),
            ("b g", gettext_lazy("Give the selection to a team")),
            ("b p", gettext_lazy("Set the priority of the selection")),
            ("b t", gettext_lazy("Tag the selection")),
            ("b r", gettext_lazy("Reply to the selection")),
            ("b n", gettext_lazy("Write a note on the selection")),
            ("b b", gettext_lazy("Change several things on the selection")),
        ),
        *_in(
            Place.TICKET,
            ("r", gettext_lazy("Write a reply")),
            ("n", gettext_lazy("Write an internal note")),
            ("m", gettext_lazy("Use a macro")),
            ("e", gettext_lazy("Solve, or open again")),
            ("a", gettext_lazy("Assign")),
            ("i", gettext_lazy("Assign to me")),
            ("s", gettext_lazy("Change the status")),
            ("p", gettext_lazy("Change the priority")),
            ("t", gettext_lazy("Edit tags")),
            ("F2", gettext_lazy("Change the subject")),
            ("v", gettext_lazy("Follow, or stop following")),
            ("l", gettext_lazy("Copy the link")),
            ("w s", gettext_lazy("Public post: support")),
            ("w m", gettext_lazy("Public post: marketing")),
            ("w i", gettext_lazy("Public post: ignore")),
            ("w p", gettext_lazy("Answer and take to private")),
            ("w a", gettext_lazy("Approve the public answer")),
            ("u", gettext_lazy("Back to the list")),
            ("]", gettext_lazy("Show or hide the details")),
        ),
    ]
}

# One key, or one after another: a letter, a digit, a sign, F1 to F12; Shift with a letter.
PRESS = re.compile(r"Shift\+[a-z]|F([1-9]|1[0-2])|[!-~]", re.ASCII)
# What browsers, screen readers and dialogs need; a space scrolls.
RESERVED = frozenset({"F1", "F3", "F5", "F6", "F7", "F10", "F11", "F12"})


def effective(keys: Mapping[str, str]) -> dict[str, str]:
    """Each command's key as this person has it; empty where it is switched off."""
    return {id_: keys.get(id_, command.default) for id_, command in COMMANDS.items()}


def tidy(keys: Mapping[str, str]) -> dict[str, str]:
    """Spelled as they are compared, and without those that say what is the default anyway."""
    spelled = {id_: _spelled(key) for id_, key in keys.items()}
    return {id_: key for id_, key in spelled.items() if id_ not in COMMANDS or key != COMMANDS[id_].default}


def problems(keys: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with a person's own keys: command id → a sentence."""
    wrong = {id_: _("There is no such command.") for id_ in keys if id_ not in COMMANDS}
    wrong |= {id_: said for id_, key in keys.items() if id_ not in wrong and (said := _misspelled(key))}
    return wrong or dict(_conflicts(effective(keys), keys))


def _spelled(key: str) -> str:
    return " ".join(_spelled_press(press) for press in key.split())


def _spelled_press(press: str) -> str:
    if re.fullmatch(r"[fF]\d+", press):
        return press.upper()
    if press.lower().startswith("shift+") or (len(press) == 1 and press.isupper()):
        return f"Shift+{press[-1].lower()}"
    return press.lower()


def _misspelled(key: str) -> str:
    presses = key.split(" ") if key else []
    if len(presses) > 2 or not all(PRESS.fullmatch(press) for press in presses):
        return _("Type one key, such as q, or two after one another, such as g q; nothing to switch it off.")
    if reserved := RESERVED.intersection(presses):
        return _("%(key)s belongs to the browser.") % {"key": next(iter(reserved))}
    return ""


def _conflicts(all_keys: Mapping[str, str], own: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    """Told at the command that was moved, unless both were."""
    taken = [(id_, key) for id_, key in all_keys.items() if key]
    for at, (one, key) in enumerate(taken):
        for other, other_key in taken[at + 1 :]:
            if _meet(one, other) and _same_beginning(key, other_key):
                moved, stays = (one, other) if one in own else (other, one)
                words = {"key": all_keys[stays], "label": COMMANDS[stays].label}
                yield moved, _("%(key)s is taken: “%(label)s”.") % words


def _meet(one: str, other: str) -> bool:
    """Whether one press could mean both. Only the menus of the list look where the focus is."""
    pairs = ((one, other), (other, one))
    return not any(id_.startswith("list ") and COMMANDS[also].place == Place.TICKET for id_, also in pairs)


def _same_beginning(one: str, other: str) -> bool:
    """Two keys that cannot live together: "g" would never wait for the "i" of "g i"."""
    presses, more = sorted((one.split(), other.split()), key=len)
    return more[: len(presses)] == presses
