"""The demo company's help centre: its articles from Markdown files, and three months of readers."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from customers.models import Organisation
from helpdesk.accounts.models import User
from helpdesk.demo.company import NAME, Company
from helpdesk.demo.reading import tell_of_readers
from helpdesk.demo.stories import DATA
from knowledge_base.importing.archive import Folder
from knowledge_base.importing.markdown_folder import read_folder
from knowledge_base.importing.shelving import Shelving
from knowledge_base.models import (
    Article,
    ArticleEvent,
    AudienceKind,
    HelpCentre,
    Revision,
    Section,
    Synonyms,
    Translation,
)

WEBSITE = "https://marshwren.example/"
WELCOME = {"en": "What would you like to know?", "de": "Was möchten Sie wissen?"}
SYNONYMS = (
    ("en", ["rain gauge", "pluviometer", "rain meter"]),
    ("en", ["hub", "Nest", "gateway"]),
    ("en", ["wifi", "wi-fi", "wlan"]),
    ("en", ["refund", "money back"]),
    ("en", ["password", "passcode", "sign in", "log in"]),
    ("en", ["parcel", "package", "shipment"]),
    ("de", ["Regenmesser", "Regensensor", "Pluviometer"]),
    ("de", ["WLAN", "Wi-Fi", "Funknetz"]),
    ("de", ["Paket", "Sendung", "Lieferung"]),
)
# Who wrote and looks after which articles, by the beginning of their path.
OWNERS = (
    ("weather-station/", "yuki"), ("watering/", "agent"), ("app-and-data/", "callum"), ("orders/billing/", "sofie"),
    ("orders/", "nkechi"), ("business/", "sofie"), ("inside/", "lead"), ("", "agent"),
)  # fmt: skip
TO_REVIEW = {"orders/billing/almanac": 12, "getting-started/choosing/which-heron": -9}  # days from now


def open_help_centre(company: Company, rng: Random, *, now: datetime, tickets: list[int]) -> HelpCentre:
    """Everything through the services; then what happened is given its own time, as of tickets."""
    centre = HelpCentre.objects.create(
        name=f"{NAME} Help", languages=["en", "de"], default_language="en", welcome=WELCOME, website=WEBSITE,
    )  # fmt: skip
    library = read_folder(Folder(DATA / "articles"), language="en")
    shelving = Shelving(library, centre, company.staff["lead"], now=now)
    shelving.take_all()
    if library.problems:
        raise ValueError(library.problems)
    Synonyms.objects.bulk_create(Synonyms(language=language, words=words) for language, words in SYNONYMS)
    Section.objects.filter(audience=AudienceKind.CHOSEN).update(organisation_ids=_trade_partners())
    _hand_over(company, rng, now=now)
    tell_of_readers(centre, tickets, rng, now=now)
    return centre


def _trade_partners() -> list[int]:
    """Whoever has an agreement: the garden centres, nurseries and grounds."""
    return list(Organisation.objects.order_by("pk").values_list("pk", flat=True)[:6])


def _hand_over(company: Company, rng: Random, *, now: datetime) -> None:
    """To those who know about it, written at different times in the last year."""
    for article in Article.objects.select_related("origin").prefetch_related("translations"):
        path = article.origin.key.removeprefix("markdown:article:")
        owner = company.staff[next(local for begin, local in OWNERS if path.startswith(begin))]
        days = TO_REVIEW.get(path)
        written = now - timedelta(days=rng.uniform(40, 330), hours=rng.uniform(0, 9))
        edited = written + (now - written) * rng.choice((0, 0, rng.uniform(0.3, 0.95)))
        _backdate(article, owner, written, edited)
        article.review_by = (now + timedelta(days=days)).date() if days is not None else None
        article.save(update_fields=["review_by"])


def _backdate(article: Article, owner: User, written: datetime, edited: datetime) -> None:
    Article.objects.filter(pk=article.pk).update(owner=owner, author=owner, created_at=written)
    article.owner = article.author = owner
    Translation.objects.filter(article=article).update(
        published_at=written, edited_at=edited, worked_on_by=owner, worked_on_at=edited
    )
    Revision.objects.filter(translation__article=article).update(author=owner, created_at=edited)
    ArticleEvent.objects.filter(article=article, kind="imported").delete()
    ArticleEvent.objects.filter(article=article).update(by=owner, by_name=str(owner), created_at=written)
    ArticleEvent.objects.filter(article=article, kind="published").update(created_at=edited)
