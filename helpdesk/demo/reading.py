"""What the demo's readers did in three months: looked, searched, said whether it helped, wrote to us or not."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from knowledge_base.models import Article, HelpCentre, Offer, Offered, Reason, Search, SearchedFrom, View, Vote

DAYS = 90
READERS = 900  # visitors of those days
# Paths of what people read most, each with how often beside the others'.
POPULAR = {
    "weather-station/readings/rain-shows-zero": 9, "watering/dipper/valve-wont-close": 7, "watering/dipper/winter": 8,
    "orders/delivery/where-is-my-parcel": 8, "app-and-data/account/cannot-sign-in": 6, "orders/billing/almanac": 5,
    "getting-started/setting-up/nest-first": 7, "watering/schedules/rain-skip": 4, "orders/returns/send-it-back": 4,
    "weather-station/placing/where-to-put-it": 4, "weather-station/care/frost-and-snow": 5,
}  # fmt: skip
# Words, and the article that was opened then; none where nothing was found.
SEARCHED = (
    ("rain gauge zero", "weather-station/readings/rain-shows-zero"),
    ("no rain", "weather-station/readings/rain-shows-zero"),
    ("frozen", "weather-station/care/frost-and-snow"), ("winter", "watering/dipper/winter"),
    ("valve open", "watering/dipper/valve-wont-close"), ("leak", "watering/dipper/valve-wont-close"),
    ("where is my parcel", "orders/delivery/where-is-my-parcel"), ("customs", "orders/delivery/where-is-my-parcel"),
    ("refund", "orders/returns/send-it-back"), ("cancel almanac", "orders/billing/almanac"),
    ("wifi", "app-and-data/nest/which-wifi"), ("batteries", "weather-station/care/change-batteries"),
    ("api limit", "app-and-data/data/api-limits"), ("password", "app-and-data/account/cannot-sign-in"),
    ("dark mode", "app-and-data/account/fewer-warnings"), ("firmware", "app-and-data/nest/firmware-stuck"),
    ("wind", ""), ("pressure", ""),
)  # fmt: skip
IN_VAIN = (
    "catalan",
    "apple watch",
    "lightning detector",
    "moon phase",
    "solar panel for heron",
    "raspberry pi",
    "alexa",
)
NOT_HELPFUL = (
    (Reason.INCOMPLETE, "I have two Wrens and only one of them does it."),
    (Reason.UNCLEAR, "Where is the blue cap? A picture would help."),
    (Reason.OTHER_PROBLEM, ""),
    (Reason.WRONG, "The menu is called “Devices” in my version, not “Station”."),
)
OFFERED = ("Rain gauge shows nothing", "Valve does not close", "Where is my order", "Cannot sign in", "Cancel Almanac")


def tell_of_readers(centre: HelpCentre, tickets: list[int], rng: Random, *, now: datetime) -> None:
    """`tickets`: numbers of those that some of the readers wrote afterwards."""
    Told(centre, tickets, rng, now).tell()


class Told:
    def __init__(self, centre: HelpCentre, tickets: list[int], rng: Random, now: datetime) -> None:
        self.centre, self.tickets, self.rng, self.now = centre, tickets, rng, now
        articles = Article.objects.filter(section__audience="public", section__category__centre=centre)
        known = articles.select_related("origin").prefetch_related("translations")
        self.by_path = {article.origin.key.removeprefix("markdown:article:"): article for article in known}
        self.weights = [POPULAR.get(path, 1) for path in self.by_path]

    def tell(self) -> None:
        visits = [self._visitor(number) for number in range(READERS)]
        self._views(visits)
        self._votes(visits)
        self._searches(visits)
        self._offers(visits)

    def _visitor(self, number: int) -> tuple[str, str, datetime]:
        """Their name, language and moment; more of them lately, and hardly any at night."""
        days = DAYS * self.rng.random() ** 1.4
        moment = self.now - timedelta(days=days)
        if moment.hour < 6:
            moment -= timedelta(hours=8)
        return f"demo{number:028x}"[:32], "de" if self.rng.random() < 0.22 else "en", moment

    def _ticket(self) -> int | None:
        return self.rng.choice(self.tickets) if self.tickets else None

    def _some(self) -> Article:
        return self.rng.choices(list(self.by_path.values()), self.weights)[0]

    def _views(self, visits: list[tuple[str, str, datetime]]) -> None:
        views = []
        for visitor, language, moment in visits:
            for number in range(self.rng.choice((1, 1, 1, 2, 2, 3, 5))):
                article = self._some()
                spoken = self._spoken(article, language)
                at = moment + timedelta(minutes=3 * number)
                wrote = self._ticket() if self.rng.random() < 0.07 else None
                views.append(
                    View(article=article, language=spoken, visitor=visitor, at=min(at, self.now), ticket=wrote)
                )
        View.objects.bulk_create(views)

    def _spoken(self, article: Article, language: str) -> str:
        spoken = {each.language for each in article.translations.all()}
        return language if language in spoken else article.language

    def _votes(self, visits: list[tuple[str, str, datetime]]) -> None:
        votes = []
        for visitor, language, moment in self.rng.sample(visits, READERS // 5):
            article = self._some()
            vote = Vote(article=article, language=self._spoken(article, language), visitor=visitor, at=moment)
            vote.is_helpful = self.rng.random() < 0.82
            if not vote.is_helpful:
                vote.reason, vote.text = self.rng.choice(NOT_HELPFUL)
            if moment < self.now - timedelta(days=10):
                vote.seen_at, vote.seen_by = moment + timedelta(days=1), article.owner
            votes.append(vote)
        Vote.objects.bulk_create(votes)

    def _searches(self, visits: list[tuple[str, str, datetime]]) -> None:
        searches = []
        for visitor, _language, moment in self.rng.sample(visits, READERS // 2):
            words, path = self.rng.choice(SEARCHED)
            origin = self.rng.choices((SearchedFrom.CENTRE, SearchedFrom.FORM), (4, 1))[0]
            found = self.rng.randint(1, 9)
            if self.rng.random() < 0.12:
                words, path, found = self.rng.choice(IN_VAIN), "", 0
            clicked = self.by_path.get(path) if self.rng.random() < 0.8 else None
            search = Search(centre=self.centre, language="en", words=words, folded=words, results=found)
            search.clicked, search.searched_from, search.visitor, search.at = clicked, origin, visitor, moment
            search.ticket = None if clicked or self.rng.random() < 0.6 else self._ticket()
            searches.append(search)
        Search.objects.bulk_create(searches)

    def _offers(self, visits: list[tuple[str, str, datetime]]) -> None:
        offers = []
        for visitor, language, moment in self.rng.sample(visits, READERS // 10):
            shown = [self._some() for _ in range(3)]
            offer = Offer(centre=self.centre, language=language, words=self.rng.choice(OFFERED), visitor=visitor)
            offer.offered_in = self.rng.choice((Offered.FORM, Offered.ACKNOWLEDGEMENT))
            offer.article_ids, offer.at = [article.pk for article in shown], moment
            if self.rng.random() < 0.55:
                offer.opened, offer.opened_at = shown[0], min(moment + timedelta(minutes=1), self.now)
                if self.rng.random() < 0.35:
                    offer.solved_at = min(moment + timedelta(minutes=4), self.now)
            if not offer.solved_at and self.rng.random() < 0.5:
                offer.ticket = self._ticket()
            offers.append(offer)
        Offer.objects.bulk_create(offers)
