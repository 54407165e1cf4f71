"""How the workspace behaves for one person, on whatever device they sit: the only way to read and write
`User.preferences`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from helpdesk.accounts import keys
from helpdesk.accounts.models import User

DENSITIES = ("compact", "regular", "cozy")
AFTER_SOLVE = ("offer", "next", "list", "stay")
MOST_PANES, WIDEST = 12, 4000

MOST_HIDDEN = 1000

DEFAULTS: dict[str, Any] = {
    "density": "", "after_solve": "offer", "single_keys": True, "keys": {}, "panes": {}, "hidden_views": [],
}  # fmt: skip


class Invalid(Exception):
    """`problems`: preference → a sentence; those of single keys as `keys.<command>`."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = problems


def preferences_of(user: User) -> dict[str, Any]:
    """All of them; what the person never chose is as it is for everybody."""
    return DEFAULTS | {name: value for name, value in user.preferences.items() if name in DEFAULTS}


def change_preferences(user: User, values: Mapping[str, Any]) -> dict[str, Any]:
    """Set some, keep the others; returns all. None takes a choice back. Raises `Invalid`, then nothing is changed."""
    wrong: dict[str, str] = {}
    for name, value in values.items():
        check = CHECKS.get(name)
        if check is None:
            wrong[name] = _("There is no preference “%(name)s”.") % {"name": name[:40]}
        elif value is not None:
            wrong |= {f"{name}{where}": reason for where, reason in check(value).items()}
    if wrong:
        raise Invalid(wrong)
    chosen = {name: _tidy(name, value) for name, value in values.items()}
    with transaction.atomic():
        locked = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
        kept = {name: value for name, value in (locked.preferences | chosen).items() if value is not None}
        user.preferences = locked.preferences = kept
        locked.save(update_fields=["preferences"])
    return preferences_of(user)


def _tidy(name: str, value: Any) -> Any:
    return keys.tidy(value) if name == "keys" and value is not None else value


Problems = dict[str, str]


def _one_of(choices: tuple[str, ...]) -> Callable[[object], Problems]:
    def check(value: object) -> Problems:
        words = {"choices": ", ".join(choices)}
        return {} if value in choices else {"": _("This must be one of %(choices)s.") % words}

    return check


def _yes_or_no(value: object) -> Problems:
    return {} if isinstance(value, bool) else {"": _("This must be true or false.")}


def _key_map(value: object) -> Problems:
    if not isinstance(value, dict) or not all(isinstance(key, str) for key in value.values()):
        return {"": _("This must name a key for each command.")}
    if len(value) > 2 * len(keys.COMMANDS):
        return {"": _("These are more commands than there are.")}
    return {f".{id_}": reason for id_, reason in keys.problems(keys.tidy(value)).items()}


def _widths(value: object) -> Problems:
    if not isinstance(value, dict) or len(value) > MOST_PANES:
        return {"": _("This must name a width for each pane.")}
    widths = value.values()
    sound = all(isinstance(width, int) and not isinstance(width, bool) and 0 <= width <= WIDEST for width in widths)
    names = all(_is_name(name) for name in value)
    return {} if sound and names else {"": _("A width is a whole number from 0 to %(most)s.") % {"most": WIDEST}}


def _slugs(value: object) -> Problems:
    """Views that the sidebar does not show: see tickets/shelf.py."""
    slugs = value if isinstance(value, list) and len(value) <= MOST_HIDDEN else [None]
    if all(_is_name(slug) for slug in slugs):
        return {}
    return {"": _("This must be a list of views.")}


def _is_name(value: object) -> bool:
    """Of a pane or a view: what the database takes, which half a surrogate pair or a NUL is not."""
    return isinstance(value, str) and len(value) <= 20 and value.isascii() and value.isprintable()


CHECKS: dict[str, Callable[[object], Problems]] = {
    "density": _one_of(DENSITIES),
    "after_solve": _one_of(AFTER_SOLVE),
    "single_keys": _yes_or_no,
    "keys": _key_map,
    "panes": _widths,
    "hidden_views": _slugs,
}
