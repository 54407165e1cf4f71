"""A hint from words alone: does somebody sound upset, or in a hurry? Never more than a hint, and shown as one.

A lexicon for English and German. Strong words count two, weak ones one, a denial before a word takes it away, and two
points are needed: a single "unfortunately" is politeness. Quoted history is not read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Tone(TextChoices):
    NONE = "", _("nothing heard")
    UPSET = "upset", _("may be upset")
    URGENT = "urgent", _("may be urgent")


@dataclass(frozen=True)
class Heard:
    """`tone` is a `Tone` or ""; `words` are those it was heard from."""

    tone: str
    words: tuple[str, ...] = ()


READ = 5_000
ENOUGH = 2

STRONG_UPSET = (
    r"unacceptable|outrageous|outraged|furious|disgusting|disgraceful|appalling|ridiculous|scandalous|incompeten(?:t|ce)|"
    r"rip[- ]?off|scam(?:mers?)?|worst (?:service|support|company|experience)|fed up|sick of|had enough|"
    r"lost (?:all )?patience|"
    r"my lawyer|legal action|take you to court|never (?:again|order(?:ing)? (?:from|here))|"
    r"(?:demand|want|insist on) (?:my money back|a full refund)|waste of (?:time|money)|absolute joke|"
    r"unverschämt\w*|frechheit|inakzeptabel|skandal(?:ös\w*)?|empör(?:t|end\w*)|wütend|stinksauer|katastroph(?:e|al\w*)|"
    r"lächerlich|unfassbar|eine zumutung|abzocke|betrug|betrüger|mein(?:en)? anwalt|rechtliche schritte|"
    r"verbraucherzentrale|"
    r"nie wieder|(?:mir )?reicht(?:'s| es)(?: jetzt)?|die nase voll|saftladen|schlechteste\w* (?:service|kundenservice)"
)
WEAK_UPSET = (
    r"angry|annoy(?:ed|ing)|frustrat(?:ed|ing)|disappoint(?:ed|ing)|terrible|awful|horrible|useless|upset|complain(?:t|ing)?|"
    r"still (?:no|not|waiting)|(?:third|fourth|fifth) time|yet again|once again|nobody (?:answers|replies|cares)|"
    r"no(?: one)? (?:answer|reply|response)|how (?:hard|difficult) can|"
    r"verärgert|ärgerlich|genervt|enttäusch(?:t|end)|frustrier(?:t|end)|schrecklich|furchtbar|unmöglich|beschwer(?:de|en)|"
    r"immer noch (?:nicht|kein\w*)|schon wieder|zum (?:dritten|vierten|fünften) mal|niemand (?:antwortet|meldet sich)|"
    r"keine antwort|seit (?:wochen|monaten)"
)
STRONG_URGENT = (
    r"as soon as possible|asap|immediately|right away|emergency|very urgent|extremely urgent|urgently|"
    r"by (?:today|tonight)|"
    r"before (?:the )?end of (?:the )?day|production (?:is )?down|(?:site|shop|system|server) is down|"
    r"can(?:no|')t wait|"
    r"so bald wie möglich|schnellstmöglich|umgehend|unverzüglich|notfall|dringendst?|sehr dringend|sofort|eilt|"
    r"bis heute (?:abend)?|noch heute|(?:seite|shop|system|server) (?:ist )?(?:down|ausgefallen)|totalausfall"
)
WEAK_URGENT = (
    r"urgent|hurry|quickly|deadline|today|tomorrow|tonight|time[- ]critical|blocked|"
    r"eilig|schnell|frist|heute|morgen früh|zeitkritisch|blockiert"
)
# Within three words before: "not angry", "no need to hurry", "nicht dringend", "keine Beschwerde".
_DENIED = re.compile(
    r"\b(?:not|no|never been|isn't|wasn't|aren't|don't|doesn't|without|nicht|kein\w*|ohne|weder)\b(?:\W+\w+){0,3}\W*$"
)
_HARMLESS = re.compile(
    r"urgent care|angry birds|emergency (?:contact|exit|number|brake|kit)|not(?:fall)(?:kontakt|nummer|ausgang|set)|"
    r"no (?:rush|hurry|worries)|kein (?:stress|problem)|ab sofort|sofort(?:überweisung|kauf)|per sofort|"
    r"have a .{0,20}today|"
    r"only .{0,20}today|until today|bis heute|newsletter|how are you today|fraud (?:protection|prevention)"
)
_QUOTED = re.compile(r"^>.*$", re.MULTILINE)


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{pattern})(?!\w)")


_LEXICON = {
    Tone.UPSET: ((_words(STRONG_UPSET), 2), (_words(WEAK_UPSET), 1)),
    Tone.URGENT: ((_words(STRONG_URGENT), 2), (_words(WEAK_URGENT), 1)),
}


def tone_of(text: str, language: str = "") -> Heard:
    """What the words sound like. Of languages that the lexicon does not know it says nothing."""
    if language not in ("", "en", "de"):
        return Heard("")
    plain = _QUOTED.sub(" ", text[:READ]).replace("’", "'")
    shouted = _shouting(plain)
    lowered = _HARMLESS.sub(lambda match: " " * len(match[0]), plain.lower())
    for tone in (Tone.UPSET, Tone.URGENT):
        points, heard = 0, list[str]()
        for pattern, weight in _LEXICON[tone]:
            for match in pattern.finditer(lowered):
                if match[0] not in heard and not _DENIED.search(lowered[max(match.start() - 40, 0) : match.start()]):
                    points += weight
                    heard.append(match[0])
        # Shouting makes what is said louder; by itself it is a habit, or a keyboard.
        if heard and points + shouted >= ENOUGH:
            return Heard(tone, tuple(heard[:5]))
    return Heard("")


def _shouting(text: str) -> int:
    """A point for several exclamation marks in a row, and one for most letters being capitals."""
    letters = [letter for letter in text if letter.isalpha()]
    capitals = sum(letter.isupper() for letter in letters)
    is_loud = len(letters) >= 20 and capitals > 0.6 * len(letters)
    return int(bool(re.search(r"[!?]*!{2,}[!?]*", text))) + int(is_loud)
