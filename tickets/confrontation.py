"""A hint that a public post may become a quarrel: how it is said, and how much of it there is. It asks for a second
pair of eyes before anybody answers in public, and says why; never more than that.

A sign is a dict with its `kind`: {"kind": "upset", "words": […]}, {"kind": "threat", "words": […]},
{"kind": "shouting"}, {"kind": "posts", "count": 4} (of this person within an hour), {"kind": "people", "count": 6}
(below this post within an hour), {"kind": "person", "name": "Grace"} (a member of staff said so).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tickets.tone import READ, Tone, tone_of

Sign = dict[str, Any]

ENOUGH = 2
POINTS = {"upset": 2, "threat": 2, "posts": 2, "people": 1, "shouting": 1, "person": 2}
MANY_POSTS, MANY_PEOPLE = 3, 5

# What people say who turn to an audience: English and German.
_THREATS = re.compile(
    r"(?<!\w)(?:boycott\w*|name and shame|shame on you|go(?:ing|es)? viral|(?:going|go) to the press|tell everyone|"
    r"everyone should know|spread the word|retweet if|share this|class action|trading standards|"
    r"(?:screen\s?shots?|video) (?:to|for) (?:the )?(?:press|everyone)|stay away from|do ?n['’]t (?:ever )?buy|"
    r"boykott\w*|shitstorm|schämt euch|an die presse|an den pranger|finger weg|(?:bitte )?teilen\s*!|"
    r"kauft (?:da |dort |hier )?(?:bloß )?(?:nicht|nichts|nie)|alle sollen (?:es )?wissen|warnung vor|"
    r"warne (?:alle|jeden) vor|"
    r"sammelklage|verklag\w*|anzeige (?:ist raus|erstatte\w*))(?!\w)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Volume:
    """Counted over the last hour, this post included."""

    posts_of_person: int = 1
    people_below_post: int = 1


def signs_of(text: str, language: str = "", volume: Volume | None = None) -> list[Sign]:
    """What speaks for a quarrel; empty while it is not enough."""
    signs = [*_in_words(text, language), *_in_volume(volume or Volume())]
    return signs if sum(POINTS[sign["kind"]] for sign in signs) >= ENOUGH else []


def merged(old: Iterable[Sign], new: Iterable[Sign]) -> list[Sign]:
    """One of each kind: the newest says it best."""
    return list({sign["kind"]: sign for sign in (*old, *new)}.values())


def in_words(signs: Sequence[Sign]) -> list[str]:
    """Each as a short clause, for staff."""
    return [_clause(sign) for sign in signs if sign.get("kind") in POINTS]


def _in_words(text: str, language: str) -> list[Sign]:
    heard = tone_of(text, language)
    signs: list[Sign] = [{"kind": "upset", "words": list(heard.words)}] if heard.tone == Tone.UPSET else []
    if threats := list(dict.fromkeys(match[0].lower() for match in _THREATS.finditer(text[:READ])))[:5]:
        signs.append({"kind": "threat", "words": threats})
    return [*signs, {"kind": "shouting"}] if _is_shouted(text[:READ]) else signs


def _in_volume(volume: Volume) -> list[Sign]:
    signs: list[Sign] = []
    if volume.posts_of_person >= MANY_POSTS:
        signs.append({"kind": "posts", "count": volume.posts_of_person})
    if volume.people_below_post >= MANY_PEOPLE:
        signs.append({"kind": "people", "count": volume.people_below_post})
    return signs


def _is_shouted(text: str) -> bool:
    letters = [letter for letter in text if letter.isalpha()]
    is_loud = len(letters) >= 20 and sum(letter.isupper() for letter in letters) > 0.6 * len(letters)
    return is_loud or "!!" in text


def _clause(sign: Sign) -> str:
    quoted = ", ".join(f"“{word}”" for word in sign.get("words", ()))
    count = int(sign.get("count", 0))
    match sign["kind"]:
        case "upset":
            return _("it sounds upset (%(words)s)") % {"words": quoted}
        case "threat":
            return _("it turns to an audience (%(words)s)") % {"words": quoted}
        case "shouting":
            return _("it is shouted")
        case "posts":
            said = ngettext(
                "%(count)s post of this person within an hour", "%(count)s posts of this person within an hour", count
            )
            return said % {"count": count}
        case "people":
            said = ngettext(
                "%(count)s person wrote below it within an hour",
                "%(count)s people wrote below it within an hour",
                count,
            )
            return said % {"count": count}
    return _("%(name)s says so") % {"name": sign.get("name", "")}
