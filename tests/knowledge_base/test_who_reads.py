"""Who reads what, wherever it could be read: audience × reader × surface. A new surface is a new line here."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from PIL import Image

from customers.actors import SYSTEM
from customers.identify import identify
from customers.merging import merge
from customers.models import Customer, Identity, Organisation
from helpdesk.accounts.models import Role, User
from knowledge_base.addresses import article_path, category_path, picture_path, section_path
from knowledge_base.arranging import Audience, save_section
from knowledge_base.models import AudienceKind, HelpCentre, Section, Translation
from knowledge_base.pictures import take_picture
from knowledge_base.publishing import archive, publish, unpublish
from knowledge_base.writing import create_article
from tests.cast import staff
from tests.kept import forget_kept
from tests.knowledge_base.writing_cast import fresh, section_for
from tickets.customers.segments import create_segment
from tickets.models import Inbox
from tickets.portal.sessions import IDENTITY, SIGNED_IN_AT

# The marks of articles, each in a section of its own audience; "ghost" is a draft, unpublished or in the archive.
PUBLIC, SIGNED_IN, OF_ENGINES, OF_GOLD, STAFF, GHOST = (
    "mallard", "dunlin", "redshank", "goldfinch", "nightjar", "spectre",
)  # fmt: skip
MARKS = (PUBLIC, SIGNED_IN, OF_ENGINES, OF_GOLD, STAFF, GHOST)
EVERYTHING = {PUBLIC, SIGNED_IN, OF_ENGINES, OF_GOLD, STAFF}

# What each reader may read. This is the promise; everything below holds the surfaces to it.
READS: dict[str, set[str]] = {
    "nobody": {PUBLIC},
    "a customer": {PUBLIC, SIGNED_IN},
    "a member": {PUBLIC, SIGNED_IN, OF_ENGINES},
    "a branch's member": {PUBLIC, SIGNED_IN, OF_ENGINES},
    "one of the parent alone": {PUBLIC, SIGNED_IN},
    "a gold customer": {PUBLIC, SIGNED_IN, OF_GOLD},
    "who was merged into a member": {PUBLIC, SIGNED_IN, OF_ENGINES},
    "who was erased": {PUBLIC},
    "whose session is old": {PUBLIC},
    "a light agent": EVERYTHING,
    "an agent": EVERYTHING,
    "an admin": EVERYTHING,
    "another department": EVERYTHING,
}


@dataclass
class Place:
    centre: HelpCentre
    articles: dict[str, Translation]
    pictures: dict[str, str]


@pytest.fixture
def place(centre: HelpCentre, radia: User, support: Inbox) -> Place:
    forget_kept("help")
    holding = Organisation.objects.create(name="Holding")
    engines = Organisation.objects.create(name="Engines", parent=holding)
    Organisation.objects.create(name="Engines Bristol", parent=engines)
    is_gold = {"all": [{"field": "tier", "operator": "is", "value": "Gold"}]}
    gold = create_segment(radia, "Gold", mine=False, is_badge=False, conditions=is_gold)
    audiences: dict[str, tuple[AudienceKind, dict[str, list[int]]]] = {
        PUBLIC: (AudienceKind.PUBLIC, {}),
        SIGNED_IN: (AudienceKind.SIGNED_IN, {}),
        OF_ENGINES: (AudienceKind.CHOSEN, {"organisation_ids": [engines.pk]}),
        OF_GOLD: (AudienceKind.CHOSEN, {"segment_ids": [gold.pk]}),
        STAFF: (AudienceKind.STAFF, {}),
    }
    articles, pictures = {}, {}
    for mark, (kind, named) in audiences.items():
        articles[mark], pictures[mark] = _write(section_for(centre, kind, **named), mark, radia)
    public = articles[PUBLIC].article.section
    _ghosts(public, radia)
    articles[GHOST], pictures[GHOST] = _write(public, GHOST, radia)
    unpublish(articles[GHOST], by=radia)
    return Place(centre, articles, pictures)


def _write(section: Section, mark: str, by: User) -> tuple[Translation, str]:
    """A promoted article about wheelbarrows, with a picture of its own."""
    file = io.BytesIO()
    Image.new("RGB", (2, 2), (MARKS.index(mark) * 30, 0, 0)).save(file, "PNG")
    file.seek(0)
    picture = take_picture(file, f"{mark}.png", by=by)
    body = f'<p>All about the wheelbarrow of the {mark}.</p><p><img data-picture="{picture.pk}" alt="x"></p>'
    draft = create_article(section, "en", by=by, title=f"Wheelbarrow {mark}", summary=f"For {mark}", body=body)
    draft.article.is_promoted = True
    draft.article.labels = ["barrows"]
    draft.article.save()
    return fresh(publish(draft, by=by)), picture_path(picture)


def _ghosts(section: Section, by: User) -> None:
    """A draft that was never published, and an article in the archive."""
    create_article(section, "en", by=by, title=f"Wheelbarrow {GHOST}", body=f"<p>wheelbarrow {GHOST}</p>")
    gone, _picture = _write(section, GHOST, by)
    archive(gone.article, by=by)


def reader(who: str) -> Client:
    """A browser of theirs."""
    roles = {
        "a light agent": Role.LIGHT, "an agent": Role.AGENT, "an admin": Role.ADMIN, "another department": Role.COMPANY,
    }  # fmt: skip
    client = Client(headers={"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"})
    if who in roles:
        client.force_login(staff(f"{roles[who]}@reads.test", who, roles[who]))
    elif who != "nobody":
        _sign_in(client, *_customer(who))
    return client


def _customer(who: str) -> tuple[Identity, datetime]:
    """Their address, and when they signed in."""
    identity = identify("email", f"{who.replace(' ', '.').replace(chr(39), '')}@example.org")
    customer = identity.customer
    kept = Customer.objects.filter(pk=customer.pk)
    employers = {
        "a member": "Engines", "a branch's member": "Engines Bristol", "one of the parent alone": "Holding",
        "whose session is old": "Engines",
    }  # fmt: skip
    if who in employers:
        kept.update(organisation=Organisation.objects.get(name=employers[who]))
    if who == "a gold customer":
        kept.update(tier="Gold")
    if who == "who was merged into a member":
        merge(_customer("a member")[0].customer, customer, actor=SYSTEM, confirmed=True)
    if who == "who was erased":
        kept.update(erased_at=timezone.now())
    return identity, timezone.now() - (timedelta(days=31) if who == "whose session is old" else timedelta())


def _sign_in(client: Client, identity: Identity, since: datetime) -> None:
    session = client.session
    session[IDENTITY], session[SIGNED_IN_AT] = identity.pk, since.isoformat()
    session.save()
    client.cookies["sessionid"] = session.session_key or ""


def _named_in(client: Client, path: str) -> set[str]:
    """The marks that stand in what is answered, whatever its status: a redirect's address is read too."""
    answer = client.get(path)
    text = answer.content.decode() + answer.headers.get("Location", "")
    return {mark for mark in MARKS if mark in text.lower()}


def _each(client: Client, place: Place, path_of: Callable[[str], str]) -> set[str]:
    """The marks of which the reader gets a page; what is no page of theirs must not name it either."""
    seen = set()
    for mark in MARKS:
        path = path_of(mark)
        answer = client.get(path)
        if answer.status_code == 200:
            seen.add(mark)
        else:
            told = answer.content.decode() + answer.headers.get("Location", "")
            assert answer.status_code in (301, 302, 404) and f"wheelbarrow {mark}" not in told.lower(), path
    return seen


def _articles(client: Client, place: Place) -> set[str]:
    return _each(client, place, lambda mark: article_path(place.articles[mark]))


def _numbers_alone(client: Client, place: Place) -> set[str]:
    """A redirect to the full address would tell the title: only who may read it is led there."""
    return {
        mark
        for mark in MARKS
        for location in [client.get(f"/hc/en/articles/{place.articles[mark].article_id}/").headers.get("Location", "")]
        if mark in location
    }


def _other_language(client: Client, place: Place) -> set[str]:
    """German falls back on English."""
    found = set()
    for mark in MARKS:
        answer = client.get(article_path(place.articles[mark]).replace("/en/", "/de/"), follow=True)
        if f"wheelbarrow of the {mark}" in answer.content.decode():
            found.add(mark)
    return found


def _sections(client: Client, place: Place) -> set[str]:
    found = set()
    for mark in set(MARKS) - {GHOST}:
        found |= _named_in(client, section_path(place.articles[mark].article.section, "en"))
    return found


def _category(client: Client, place: Place) -> set[str]:
    return _named_in(client, category_path(place.articles[PUBLIC].article.section.category, "en"))


def _pictures(client: Client, place: Place) -> set[str]:
    return {mark for mark in MARKS if client.get(place.pictures[mark]).status_code == 200}


def _votes(client: Client, place: Place) -> set[str]:
    taken = set()
    for mark in MARKS:
        number = place.articles[mark].article_id
        if client.post(f"/hc/en/articles/{number}/vote/", {"helpful": "1", "vote": "yes"}).status_code != 404:
            taken.add(mark)
    return taken


def _links(client: Client, place: Place) -> set[str]:
    """An article that links to all the others: the words of the link stay, its address only for who may read it."""
    numbers = {mark: place.articles[mark].article_id for mark in MARKS}
    body = "".join(f'<p><a data-article="{number}">see</a></p>' for number in numbers.values())
    section = place.articles[PUBLIC].article.section
    hub = publish(create_article(section, "en", by=None, title="Overview", body=body), by=None)
    text = client.get(article_path(fresh(hub))).content.decode()
    return {mark for mark, number in numbers.items() if f'/articles/{number}-wheelbarrow-{mark}/">see</a>' in text}


def _suggested(client: Client, place: Place) -> set[str]:
    """Only the best are shown, so each is asked for by its name."""
    return {mark for mark in MARKS if mark in _named_in(client, f"/contact/suggestions/?q=wheelbarrow+{mark}")}


SURFACES: dict[str, Callable[[Client, Place], set[str]]] = {
    "home": lambda client, place: _named_in(client, "/hc/en/"),
    "front": lambda client, place: _named_in(client, "/"),
    "category": _category,
    "sections": _sections,
    "articles": _articles,
    "article by number": _numbers_alone,
    "article in another language": _other_language,
    "search": lambda client, place: _named_in(client, "/hc/en/search/?q=wheelbarrow"),
    "search in all languages": lambda client, place: _named_in(client, "/hc/de/search/?q=wheelbarrow&in=all"),
    "search by label": lambda client, place: _named_in(client, "/hc/en/search/?q=wheelbarrow&label=barrows"),
    "instant": lambda client, place: _named_in(client, "/hc/en/search/instant/?q=wheelbarr"),
    "suggestions": _suggested,
    "feed": lambda client, place: _named_in(client, "/hc/en/feed.xml"),
    "pictures": _pictures,
    "votes": _votes,
    "links": _links,
}
SHOWN_TO_WRITERS = ("pictures",)  # the editor draws those of drafts: staff see them
# What machines read is the same for everybody.
MACHINES: dict[str, str] = {"sitemap": "/sitemap.xml", "part of the sitemap": "/sitemap-1.xml", "robots": "/robots.txt"}


@pytest.mark.parametrize("surface", SURFACES)
def test_each_reader_finds_what_is_theirs_and_nothing_else(surface: str, place: Place) -> None:
    drafts = {GHOST} if surface in SHOWN_TO_WRITERS else set()
    promised = {who: marks | drafts if marks == EVERYTHING else marks for who, marks in READS.items()}
    assert {who: SURFACES[surface](reader(who), place) for who in READS} == promised


@pytest.mark.parametrize("path", MACHINES.values(), ids=MACHINES)
@pytest.mark.parametrize("who", ["nobody", "a member", "an admin"])
def test_machines_are_told_of_what_everybody_reads(who: str, path: str, place: Place) -> None:
    assert _named_in(reader(who), path) <= {PUBLIC}


def test_what_was_drawn_for_one_reader_is_not_shown_to_another(place: Place) -> None:
    """The same pages by turns, as they are kept: nobody gets what was kept for somebody else."""
    browsers = {who: reader(who) for who in ("an admin", "a member", "a customer", "a gold customer", "nobody")}
    for _turn in range(2):
        for who, client in browsers.items():
            for surface in ("home", "category", "articles", "feed", "search"):
                assert SURFACES[surface](client, place) == READS[who], (who, surface)


def test_a_section_that_is_closed_is_closed_at_once(place: Place, radia: User) -> None:
    anybody = reader("nobody")
    assert PUBLIC in SURFACES["home"](anybody, place) and PUBLIC in _articles(anybody, place)
    section = place.articles[PUBLIC].article.section
    save_section(section, section.texts, Audience(AudienceKind.STAFF), by=radia)
    for surface, look in SURFACES.items():
        if surface != "links":
            assert PUBLIC not in look(anybody, place), surface
    assert place.articles[PUBLIC].article.events.filter(kind="audience.changed").exists()


def test_an_archived_article_leads_nobody_to_what_they_may_not_read(place: Place, radia: User) -> None:
    """Its successor's address would tell the title."""
    archive(place.articles[PUBLIC].article, by=radia, successor=place.articles[STAFF].article)
    path = article_path(place.articles[PUBLIC])
    assert STAFF not in reader("nobody").get(path).headers.get("Location", "")
    assert STAFF in reader("an admin").get(path).headers.get("Location", "")
