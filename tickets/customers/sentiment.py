"""How somebody's last messages sound, as a hint: words that praise and words that complain, in English and German.

No model and nobody outside is asked. Words are counted, a denial before one turns it round ("not happy"), and what
`tickets.tone` hears as upset weighs double. Newer messages count more. Nothing is said from one word alone, nor of a
language the lists do not know.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from tickets.tone import Tone, tone_of

READ = 10  # messages
LENGTH = 1_500  # characters of each
FADING = 0.85  # of a message's weight, for each newer one
ENOUGH = 2  # words heard, over all messages
CLEAR = 0.25  # how far from the middle it has to be


class Sentiment(TextChoices):
    FRIENDLY = "friendly", _("sounds friendly")
    MIXED = "mixed", _("sounds even")
    UNHAPPY = "unhappy", _("sounds unhappy")


@dataclass(frozen=True)
class Hint:
    """`words` are those it was heard from, the newest first."""

    sentiment: Sentiment
    words: tuple[str, ...]
    messages: int


# Thanks alone are politeness: half of all mails end with them.
_GOOD = re.compile(
    r"(?<!\w)(?:thank(?:s| you) so much|great|love(?:ly|d)?|happy|perfect(?:ly)?|excellent|awesome|wonderful|brilliant|"
    r"fantastic|amazing|appreciate[ds]?|glad|pleased|helpful|works? (?:now|well|fine|again|beautifully)|well done|"
    r"delighted|superb|nice|quick (?:reply|answer|response)|problem solved|"
    r"super|toll\w*|klasse|prima|perfekt|wunderbar\w*|freu\w*|zufrieden\w*|hervorragend\w*|"
    r"ausgezeichnet\w*|großartig\w*|begeistert|hilfreich|funktioniert (?:jetzt|wieder|bestens)|schnelle antwort|"
    r"sehr nett|spitze|tausend dank)(?!\w)"
)
# Feelings only: what is broken, late or to be refunded is what support is about, and says nothing of how one feels.
_BAD = re.compile(
    r"(?<!\w)(?:unhappy|useless|annoy(?:ed|ing)|angry|disappoint(?:ed|ing|ment)|frustrat(?:ed|ing)|terrible|awful|"
    r"horrible|worst|unacceptable|complaint|waste of|still (?:no|not|waiting)|never (?:again|arrived)|rude|upset|"
    r"ridiculous|fed up|unfriendly|ignored|"
    r"ärgerlich\w*|verärgert|enttäusch\w*|frustrier\w*|schrecklich\w*|furchtbar\w*|inakzeptabel|beschwer\w*|"
    r"immer noch (?:nicht|kein\w*)|nie wieder|unverschämt\w*|unzufrieden\w*|mangelhaft\w*|genervt|unfreundlich\w*|"
    r"eine zumutung|ignoriert)(?!\w)"
)
_DENIED = re.compile(r"\b(?:not|no|never|isn't|wasn't|don't|doesn't|without|nicht|kein\w*|ohne)\b(?:\W+\w+){0,2}\W*$")
_QUOTED = re.compile(r"^>.*$", re.MULTILINE)


def sentiment_of(said: Sequence[tuple[str, str]]) -> Hint | None:
    """Of (text, language) pairs, the newest first; None where too little can be heard."""
    good = bad = 0.0
    weight, count, heard = 1.0, 0, dict[str, None]()
    for text, language in said[:READ]:
        praise, complaints = _heard(text, language)
        good, bad = good + weight * len(praise), bad + weight * len(complaints)
        count += bool(praise or complaints)
        heard.update(dict.fromkeys([*complaints, *praise]))
        weight *= FADING
    if len(heard) < ENOUGH:
        return None
    balance = (good - bad) / (good + bad)
    sentiment = Sentiment.MIXED
    if abs(balance) >= CLEAR:
        sentiment = Sentiment.FRIENDLY if balance > 0 else Sentiment.UNHAPPY
    return Hint(sentiment, tuple(heard)[:6], count)


def _heard(text: str, language: str) -> tuple[list[str], list[str]]:
    """The words that praise and the words that complain."""
    if language not in ("", "en", "de"):
        return [], []
    plain = _QUOTED.sub(" ", text[:LENGTH]).replace("’", "'").lower()
    praise, complaints = list[str](), list[str]()
    for pattern, here, there in ((_GOOD, praise, complaints), (_BAD, complaints, praise)):
        for match in pattern.finditer(plain):
            is_denied = _DENIED.search(plain[max(match.start() - 30, 0) : match.start()])
            (there if is_denied else here).append(match[0])
    if (tone := tone_of(text, language)).tone == Tone.UPSET:
        complaints += tone.words
    return praise, complaints
