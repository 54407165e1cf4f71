"""Private data in the words of a conversation: found by what is known of the people in it, and by its form.

Nothing here decides: what is found is shown to whoever writes the article, and all of it is replaced unless they say
otherwise. What is certain (a card's number, a link that lets in whoever has it) can't be kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from helpdesk.lib.masking import MARK, Mask, fold
from tickets.knowledge import private_forms as forms


class Kind(TextChoices):
    NAME = "name", gettext_lazy("Name")
    ORGANISATION = "organisation", gettext_lazy("Organisation")
    EMAIL = "email", gettext_lazy("E-mail address")
    PHONE = "phone", gettext_lazy("Telephone number")
    ADDRESS = "address", gettext_lazy("Postal address")
    CARD = "card", gettext_lazy("Card number")
    ACCOUNT = "account", gettext_lazy("Bank account")
    LINK = "link", gettext_lazy("Personal link")
    ORDER = "order", gettext_lazy("Order or customer number")
    NUMBER = "number", gettext_lazy("Number or code")
    OTHER = "other", gettext_lazy("Other words")


CERTAIN: Final = frozenset({Kind.CARD, Kind.ACCOUNT, Kind.LINK, Kind.EMAIL})


@dataclass(frozen=True)
class Known:
    """What our records say of the people in a conversation, by kind: found wherever it stands as a whole."""

    names: frozenset[str] = frozenset()
    organisations: frozenset[str] = frozenset()
    addresses: frozenset[str] = frozenset()  # e-mail, telephone, handles
    orders: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()  # places, values of own fields


@dataclass(frozen=True)
class Found:
    kind: Kind
    words: str
    near: str = field(default="", compare=False)  # the line it stands in

    @property
    def is_certain(self) -> bool:
        return self.kind in CERTAIN


# In this order: what one of them takes, the next ones do not find again.
_FORMS: Final[tuple[tuple[Kind, Callable[[str], Iterator[forms.Place]]], ...]] = (
    (Kind.LINK, forms.personal_links),
    (Kind.EMAIL, forms.places_of(forms.EMAIL)),
    (Kind.ACCOUNT, forms.accounts),
    (Kind.CARD, forms.cards),
    (Kind.ADDRESS, forms.places_of(forms.STREET)),
    (Kind.ADDRESS, forms.places_of(forms.TOWN)),
    (Kind.PHONE, forms.places_of(forms.PHONE)),
    (Kind.ORDER, forms.places_of(forms.ORDER, 1)),
    (Kind.NAME, forms.names),
    (Kind.NUMBER, forms.places_of(forms.SOCIAL)),
    (Kind.NUMBER, forms.places_of(forms.BIRTHDAY, 1)),
    (Kind.NUMBER, forms.places_of(forms.IP)),
    (Kind.NUMBER, forms.places_of(forms.CODE)),
    (Kind.NUMBER, forms.places_of(forms.DIGITS)),
)


def find(text: str, known: Known) -> list[Found]:
    """What may be private in `text`, each once, longest of its kind first."""
    found: dict[str, Found] = {}
    left = text
    for kind, words in _known(known):
        for word in sorted(words, key=len, reverse=True):  # "Ada" is one of its own where no "Ada Lovelace" stands
            if len(word) >= (forms.LEAST_KNOWN_NAME if kind == Kind.NAME else forms.LEAST_NAME):
                left = _take(found, kind, Mask([word], whole=True).spans(left), left, word)
    for kind, look in _FORMS:
        left = _take(found, kind, sorted(look(left)), left)
    return sorted(found.values(), key=lambda each: (list(Kind).index(each.kind), -len(each.words)))


def _known(known: Known) -> Iterable[tuple[Kind, Iterable[str]]]:
    emails = {each for each in known.addresses if "@" in each}
    yield Kind.EMAIL, emails
    yield Kind.PHONE, known.addresses - emails
    yield Kind.NAME, {part for name in known.names for part in [name, *re.split(r"[\s,]+", name)]}
    yield Kind.ORGANISATION, known.organisations
    yield Kind.ORDER, known.orders
    yield Kind.OTHER, known.others


def _take(found: dict[str, Found], kind: Kind, places: Iterable[forms.Place], left: str, word: str = "") -> str:
    """Keep what stands in `places`, under the name `word` if it has one, and hide it from the next."""
    pieces, done = [], 0
    for start, end in places:
        written = word or left[start:end]
        if start < done or (kind == Kind.NAME and _is_common(written, left)):
            continue
        if MARK not in left[start:end]:
            found.setdefault(fold(written), Found(kind, " ".join(written.split()), _line(left, start, end)))
        pieces += [left[done:start], MARK]
        done = end
    return "".join([*pieces, left[done:]])


def _is_common(name: str, text: str) -> bool:
    """A name that is an ordinary word here ("will", "may"): taking it out would take the word out everywhere."""
    return " " not in name and re.search(rf"(?<!\w){re.escape(name.lower())}(?!\w)", text) is not None


def _line(text: str, start: int, end: int) -> str:
    """A few words around it, so that a reader knows what it is."""
    before = text[max(0, start - 40) : start].rsplit("\n", 1)[-1].lstrip()
    after = text[end : end + 40].split("\n", 1)[0].rstrip()
    return f"{before}{text[start:end]}{after}".replace(MARK, "…")


def placeholders() -> Mapping[Kind, str]:
    """What stands in their place, in the language that is active: the article's."""
    return {
        Kind.NAME: _("[name]"),
        Kind.ORGANISATION: _("[company]"),
        Kind.EMAIL: _("[e-mail address]"),
        Kind.PHONE: _("[telephone number]"),
        Kind.ADDRESS: _("[address]"),
        Kind.CARD: _("[card number]"),
        Kind.ACCOUNT: _("[bank account]"),
        Kind.LINK: _("[link]"),
        Kind.ORDER: _("[order number]"),
        Kind.NUMBER: _("[number]"),
        Kind.OTHER: _("[removed]"),
    }


def replaced(html: str, found: Iterable[Found]) -> str:
    """`html` with a placeholder for each of `found`, across tags, in addresses of links too."""
    return _without(html, found, Mask.html)


def replaced_text(text: str, found: Iterable[Found]) -> str:
    return _without(text, found, Mask.text)


def _without(words: str, found: Iterable[Found], take_out: Callable[[Mask, str], str]) -> str:
    known = placeholders()
    words = words.replace(MARK, known[Kind.OTHER])  # what was redacted on the ticket before
    by_kind: dict[Kind, list[str]] = {}
    for each in found:
        by_kind.setdefault(each.kind, []).append(each.words)
    order = [kind for kind, _look in _FORMS] + list(Kind)  # links before the numbers in them
    for kind in dict.fromkeys(order):
        if taken := by_kind.get(kind):
            words = take_out(Mask(taken, whole=True), words).replace(MARK, known[kind])
    return words
