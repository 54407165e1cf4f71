"""Searching a help centre of 10,000 articles in four languages, in the process and over HTTP as readers do.

It answers to a host of its own, so that it is in no other measurement's way. Words are made up, but as common and as
rare as words of a language are; the same ones each time.
"""

from __future__ import annotations

import random
import secrets
import time
from collections.abc import Callable, Iterator
from statistics import median, quantiles
from typing import Final
from urllib.parse import urlencode

from django.db import connection, transaction
from django.utils import timezone

from knowledge_base.audience import ANYBODY
from knowledge_base.models import Article, Category, HelpCentre, Revision, Section, State, Synonyms, Translation
from knowledge_base.search.finding import find, suggest
from knowledge_base.search.indexing import index_words
from tests.bench.client import Client, measure
from tests.bench.help_centre import BROWSER
from tests.bench.results import Results
from tests.bench.stack import Stack

HOST: Final = "127.0.0.1"
ARTICLES: Final = 10_000
SHARES: Final = {"en": 0.5, "de": 0.25, "fr": 0.15, "es": 0.1}
ALSO_IN_GERMAN: Final = 4  # every fourth English one
SECTIONS: Final = 40
VOCABULARY: Final = 12_000
COMMON: Final = {
    "en": "the of and to you your it is in for on with can that this not are when how if".split(),
    "de": "der die das und Sie ist in mit für auf den nicht ein eine können wenn wie zu von es".split(),
    "fr": "le la les de des et vous votre est en pour sur avec pas que une un si dans être".split(),
    "es": "el la los de y su es en para con por no que una un se si como más puede".split(),
}
SYLLABLES: Final = {
    "en": "ac bat con der ex fin gar hol in ject ket lin mod ner or pre quil ret ser tion up vent wor yar".split(),
    "de": "ab bau dach ein fahr gel hand ig keit lauf mög nach ofen pfad rück schul teil um ver weg zeit über".split(),
    "fr": "ab bon chan dé é fer gouv heur in jour lan ment nou oi pré quel ré ser tion un vé voi".split(),
    "es": "al ban cion de es fa gan ho im jar la men no or pa que ro ción ta un ven yo".split(),
}


class Tongue:
    """A made-up vocabulary of one language; the n-th word is about n times rarer than the first."""

    def __init__(self, language: str) -> None:
        rng = random.Random(language)
        made = {"".join(rng.choices(SYLLABLES[language], k=rng.choice((2, 2, 3, 3, 4)))) for _ in range(2 * VOCABULARY)}
        self.words = [*COMMON[language], *sorted(made, key=lambda word: rng.random())][:VOCABULARY]
        total = 0.0
        self.weights = [total := total + 1 / (rank + 8) for rank in range(len(self.words))]

    def say(self, rng: random.Random, number: int) -> list[str]:
        return rng.choices(self.words, cum_weights=self.weights, k=number)


def help_centre() -> HelpCentre:
    """The one that is measured; written the first time, which takes some minutes."""
    centre, _made = HelpCentre.objects.get_or_create(
        host=HOST, defaults={"name": "Measured", "languages": list(SHARES), "default_language": "en"}
    )
    known = Article.objects.filter(section__category__centre=centre).count()
    if known < ARTICLES:
        _write(_sections(centre), known)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    return centre


def tongues() -> dict[str, Tongue]:
    return {language: Tongue(language) for language in SHARES}


def _sections(centre: HelpCentre) -> list[Section]:
    """Every tenth is for staff only, and what lies in it is not found."""
    category, is_new = Category.objects.get_or_create(centre=centre, texts={"en": {"name": "All"}})
    if is_new:
        Section.objects.bulk_create(
            Section(
                category=category,
                texts={"en": {"name": f"Section {number}"}},
                audience="staff" if number % 10 == 0 else "public",
            )
            for number in range(SECTIONS)
        )
        Synonyms.objects.bulk_create(
            Synonyms(language=language, words=tongue.words[rank : rank + 3])
            for language, tongue in tongues().items()
            for rank in range(100, 500, 4)
        )
    return list(category.sections.order_by("pk"))


def _write(sections: list[Section], known: int) -> None:
    """In pieces: the counts of common words change with each article, and each change stays until the piece is done."""
    spoken = tongues()
    for begin in range(known, ARTICLES, 50):
        with transaction.atomic():
            for number in range(begin, min(begin + 50, ARTICLES)):
                rng = random.Random(number)
                own = rng.choices(list(SHARES), weights=list(SHARES.values()))[0]
                article = Article.objects.create(section=sections[number % SECTIONS], language=own)
                both = own == "en" and number % ALSO_IN_GERMAN == 0
                for language in (own, "de") if both else (own,):
                    _publish(article, language, spoken[language], rng)


def _publish(article: Article, language: str, tongue: Tongue, rng: random.Random) -> None:
    """What publishing leaves, without its history."""
    title = " ".join(tongue.say(rng, rng.randint(3, 7))).capitalize()
    paragraphs = [" ".join(tongue.say(rng, rng.randint(20, 90))) for _ in range(rng.randint(2, 10))]
    body = "".join(f"<p>{paragraph}.</p>" for paragraph in paragraphs)
    translation = Translation.objects.create(
        article=article, language=language, title=title, body=body, slug="a", state=State.PUBLISHED
    )
    translation.published = Revision.objects.create(
        translation=translation, number=1, title=title, summary=" ".join(tongue.say(rng, 9)), body=body
    )
    translation.published_at = translation.edited_at = timezone.now()
    translation.save()
    index_words(translation)


def some_questions(number: int = 300) -> list[tuple[str, str]]:
    """(language, words): what stands together in an article, some of it common, some mistyped, some half typed."""
    rng = random.Random(11)
    centre = Translation.objects.filter(article__section__category__centre__host=HOST)
    numbers = rng.sample(list(centre.order_by("pk").values_list("pk", flat=True)), number)
    found = []
    for language, title, text in (
        centre.filter(pk__in=numbers).order_by("pk").values_list("language", "words__title", "words__text")
    ):
        words = rng.sample(title.lower().split(), 1) + rng.sample(text.split(), rng.choice((0, 1, 1, 2, 3)))
        kind = rng.random()
        if kind < 0.15:  # two letters swapped
            longest = max(words, key=len)
            words[words.index(longest)] = longest[:1] + longest[2:3] + longest[1:2] + longest[3:]
        elif kind < 0.3:
            words[-1] = words[-1][: max(2, len(words[-1]) // 2)]
        found.append((language, " ".join(words)))
    return found


def bench_articles(stack: Stack, results: Results, seconds: float) -> None:
    centre = help_centre()
    questions = some_questions()
    words = Translation.objects.filter(article__section__category__centre=centre).count()
    remark = f"{ARTICLES:,} articles, {words:,} texts in {len(SHARES)} languages"

    def ask(question: tuple[str, str]) -> None:
        find(question[1], reader=ANYBODY, centre=centre, language=question[0])

    def type_on(question: tuple[str, str]) -> None:
        find(question[1], reader=ANYBODY, centre=centre, language=question[0], limit=6, prefix=True)

    def offer(question: tuple[str, str]) -> None:
        suggest(question[1], reader=ANYBODY, centre=centre, language=question[0])

    for what, work in (("search", ask), ("search while typing", type_on), ("suggestions", offer)):
        took = _timed(work, questions)
        results.at_most(f"articles, {what}: p50", median(took), "ms", None, remark)
        results.at_most(f"articles, {what}: p95", quantiles(took, n=20)[-1], "ms", 50, f"slowest {max(took):.0f}")
    _over_http(stack.port, questions, results, seconds)


def _timed(work: Callable[[tuple[str, str]], None], questions: list[tuple[str, str]]) -> list[float]:
    for question in questions[:20]:
        work(question)
    took = []
    for question in questions:
        began = time.perf_counter()
        work(question)
        took.append((time.perf_counter() - began) * 1000)
    return took


def _over_http(port: int, questions: list[tuple[str, str]], results: Results, seconds: float) -> None:
    def addresses(page: str) -> Iterator[str]:
        rng = random.Random(5)
        while True:
            language, words = rng.choice(questions)
            yield f"/hc/{language}/{page}?{urlencode({'q': words})}"

    for what, page in (("page of results", "search/"), ("answers while typing", "search/instant/")):
        places = addresses(page)

        async def ask(client: Client, places: Iterator[str] = places) -> None:
            await client.get(next(places))

        reader = Client(port, f"{HOST}:{port}", {"visitor": secrets.token_hex(16)}, BROWSER)
        pace = measure([reader], ask, seconds=seconds)
        results.at_most(f"articles, {what} over HTTP: p50, 1 client", pace.p50, "ms")
        results.at_most(f"articles, {what} over HTTP: p95, 1 client", pace.p95, "ms", 50)
