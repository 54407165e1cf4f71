"""What an admin fills in to connect an account, and where the provider has to be told our address."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum

from django_stubs_ext import StrOrPromise as Words


class Kept(Enum):
    """Where a field's value is kept on the account."""

    EXTERNAL_ID = "external_id"
    SECRET = "secret"  # noqa: S105 the word; its values are sealed and never shown again
    OPTION = "option"


@dataclass(frozen=True)
class Field:
    name: str
    label: Words
    help: Words = ""
    kept: Kept = Kept.OPTION
    pattern: str = ""  # the whole value, as a regular expression; empty: anything
    is_required: bool = True
    choices: Sequence[tuple[str, Words]] | Callable[[], Sequence[tuple[str, Words]]] = ()  # or what makes them anew
    is_flag: bool = False
    initial: str = ""
    is_made_by_us: bool = False  # a secret that we make up and the provider is told: shown where it is needed


@dataclass(frozen=True)
class HookAddress:
    """An address that the provider has to be given; `path` is what follows /hooks/<kind>/<token>/."""

    label: Words
    path: str = ""


@dataclass(frozen=True)
class Setup:
    icon: str
    intro: Words
    fields: Sequence[Field]
    steps: Sequence[Words]
    hooks: Sequence[HookAddress] = field(default_factory=tuple)
    guide: str = ""  # the page below docs/channels/
    named_by: str = ""  # a secret whose beginning, up to a colon, is the provider's id of the account
