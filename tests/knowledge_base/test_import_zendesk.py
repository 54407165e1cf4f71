"""Zendesk's Help Center as JSON, in the shapes in which people have it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone

from helpdesk.accounts.models import User
from knowledge_base.importing import running
from knowledge_base.importing.archive import Packed, Single
from knowledge_base.importing.library import Unreadable
from knowledge_base.importing.shelving import Shelving
from knowledge_base.importing.zendesk import read_zendesk
from knowledge_base.models import Article, ArticleImport, Category, HelpCentre, OldAddress, Section, Translation
from tests.knowledge_base.files import PIXEL, packed

pytestmark = pytest.mark.django_db

HOST = "https://engines.example"
CATEGORIES = [{"id": 1, "name": "Engines", "description": "All", "locale": "en-us", "position": 2}]
SECTIONS = [
    {"id": 10, "category_id": 1, "name": "Repairs", "locale": "en-us", "parent_section_id": None},
    {"id": 11, "category_id": 1, "name": "Oil", "locale": "en-us", "parent_section_id": 10},
]
ARTICLES: list[dict[str, Any]] = [
    {
        "id": 100, "section_id": 10, "title": "It rattles", "locale": "en-us", "source_locale": "en-us", "draft": False,
        "promoted": True, "label_names": ["noise"], "html_url": f"{HOST}/hc/en-us/articles/100-It-rattles",
        "created_at": "2024-03-01T10:00:00Z", "edited_at": "2025-01-02T10:00:00Z", "user_segment_id": None,
        "body": (
            "<h1>First</h1><p>Oil it. See <a href='/hc/en-us/articles/101-Oil#how'>oil</a> and"
            f" <a href='{HOST}/hc/en-us/articles/101'>again</a>"
            " or <a href='https://other.example/hc/en-us/articles/101'>theirs</a>.</p>"
            f"<p><img src='{HOST}/hc/article_attachments/555/can.png' alt='A can'><script>alert(1)</script></p>"
            "<iframe src='//www.youtube-nocookie.com/embed/abc123'></iframe>"
        ),
        "translations": [
            {"locale": "de", "title": "Es klappert", "body": "<p>Ölen.</p>", "draft": False},
            {"locale": "fr", "title": "", "body": "", "draft": True},
        ],
    },
    {
        "id": 101, "section_id": 11, "title": "Oil", "locale": "en-us", "draft": True, "body": "<p>Which?</p>",
        "html_url": f"{HOST}/hc/en-us/articles/101-Oil", "user_segment_id": None,
    },
    {"id": 102, "section_id": 10, "title": "Ours", "locale": "en-us", "body": "<p>Hush.</p>", "user_segment_id": 9},
    {"id": 103, "section_id": 10, "title": "Theirs", "locale": "en-us", "body": "<p>Hi.</p>", "user_segment_id": 8},
]  # fmt: skip
SEGMENTS = [
    {"id": 9, "user_type": "staff", "built_in": True},
    {"id": 8, "user_type": "signed_in_users", "built_in": True},
]
ALL = {"categories": CATEGORIES, "sections": SECTIONS, "articles": ARTICLES, "user_segments": SEGMENTS}


@pytest.fixture
def centre(db: None) -> HelpCentre:
    return HelpCentre.objects.create(name="Help", languages=["en-us", "de"], default_language="en-us")


@pytest.fixture
def brought(centre: HelpCentre, margaret: User) -> HelpCentre:
    files: dict[str, str | bytes] = {"help.json": json.dumps(ALL), "files/article_attachments/555/can.png": PIXEL}
    library = read_zendesk(Packed(packed(files)), language="en-us")
    Shelving(library, centre, margaret).take_all()
    assert library.problems == []
    return centre


def test_articles_with_what_they_are(brought: HelpCentre) -> None:
    first = Translation.objects.get(title="It rattles")
    assert (first.article.is_promoted, first.article.labels) == (True, ["noise"])
    assert first.published_at is not None
    assert first.edited_at is not None
    assert (first.published_at.year, first.edited_at.year) == (2024, 2025)
    assert first.summary.startswith("First Oil it.")
    assert first.article.translations.get(language="de").published
    assert not first.article.translations.filter(language="fr").exists()
    assert Translation.objects.get(title="Oil").published is None
    assert Category.objects.get().texts["en-us"]["name"] == "Engines"
    assert Section.objects.filter(texts__contains={"en-us": {"name": "Repairs / Oil"}}).exists()


def test_words_are_clean_and_lead_to_ours(brought: HelpCentre) -> None:
    first = Translation.objects.get(title="It rattles")
    oil = Article.objects.get(translations__title="Oil")
    assert first.body.count(f'data-article="{oil.pk}') == 2
    assert f'data-article="{oil.pk}#how"' in first.body
    assert "https://other.example/hc/en-us/articles/101" in first.body
    assert first.article.pictures.count() == 1
    assert 'data-video="youtube:abc123"' in first.body
    assert "<h2>First</h2>" in first.body
    assert "alert" not in first.body


def test_who_may_read_is_never_more_than_before(brought: HelpCentre) -> None:
    audiences = dict(Translation.objects.values_list("title", "article__section__audience"))
    assert audiences["Ours"] == "staff"
    assert audiences["Theirs"] == "signed_in"
    assert audiences["It rattles"] == "public"


def test_an_unknown_segment_is_ours(centre: HelpCentre, margaret: User) -> None:
    article = {"id": 1, "section_id": 1, "title": "For VIPs", "locale": "en-us", "body": "x", "user_segment_id": 77}
    file = Single(ContentFile(json.dumps({"articles": [article]}).encode()), "articles.json")
    Shelving(read_zendesk(file, language="en-us"), centre, margaret).take_all()
    assert Section.objects.get().audience == "staff"


def test_what_was_closed_there_meanwhile_is_not_published_here(brought: HelpCentre, margaret: User) -> None:
    closed = {**ARTICLES[0], "user_segment_id": 9, "body": "<p>Wages of 2026.</p>", "translations": []}
    file = Single(ContentFile(json.dumps({**ALL, "articles": [closed]}).encode()), "help.json")
    Shelving(read_zendesk(file, language="en-us"), brought, margaret).take_all()
    text = Translation.objects.select_related("published").get(title="It rattles")
    assert text.published and "Wages" in text.body and "Wages" not in text.published.body
    Section.objects.filter(pk=text.article.section_id).update(audience="staff")  # nobody reads it who may not there
    changed = {**closed, "body": "<p>Wages of 2027.</p>"}
    file = Single(ContentFile(json.dumps({**ALL, "articles": [changed]}).encode()), "help.json")
    Shelving(read_zendesk(file, language="en-us"), brought, margaret).take_all()
    text = Translation.objects.select_related("published").get(pk=text.pk)
    assert text.published and "2027" in text.published.body


def test_other_shapes_and_half_signs_are_taken_as_far_as_they_go(centre: HelpCentre, margaret: User) -> None:
    odd = {"label_names": "noise", "user_segment_ids": 9, "title": "It \ud83d rattles", "body": "<p>\udc00 Oil.</p>"}
    file = Single(ContentFile(json.dumps({**ALL, "articles": [{**ARTICLES[0], **odd}]}).encode()), "help.json")
    Shelving(read_zendesk(file, language="en-us"), centre, margaret).take_all()
    text = Translation.objects.select_related("article__section").get(language="en-us")
    assert (text.title, text.body) == ("It ? rattles", "<p>? Oil.</p>")
    assert (text.article.labels, text.article.section.audience) == (["noise"], "staff")


def test_moments_without_a_zone_and_of_the_future(centre: HelpCentre, margaret: User) -> None:
    article = {**ARTICLES[0], "created_at": "2024-03-01T10:00:00", "edited_at": "2999-01-01T00:00:00Z"}
    file = Single(ContentFile(json.dumps({**ALL, "articles": [article]}).encode()), "help.json")
    Shelving(read_zendesk(file, language="en-us"), centre, margaret).take_all()
    text = Translation.objects.get(title="It rattles")
    assert text.published_at and text.published_at.year == 2024
    assert text.edited_at and text.edited_at <= timezone.now()


def test_old_addresses_lead_on(brought: HelpCentre) -> None:
    known = set(OldAddress.objects.values_list("path", flat=True))
    assert {"/hc/en-us/articles/100-It-rattles", "/hc/en-us/articles/100"} <= known


def test_answers_in_many_files_and_lines(centre: HelpCentre) -> None:
    files: dict[str, str | bytes] = {
        "categories.json": json.dumps(CATEGORIES),
        "sections.json": json.dumps({"sections": SECTIONS}),
        "articles-1.json": json.dumps({"articles": ARTICLES[:1], "next_page": "…"}),
        "articles-2.jsonl": "\n".join(json.dumps(article) for article in ARTICLES[1:]),
    }
    library = read_zendesk(Packed(packed(files)), language="en-us")
    assert list(library.articles) == ["100", "101", "102", "103"]
    assert library.categories["1"].texts["en-us"]["name"] == "Engines"
    assert library.sections["10"].texts["en-us"]["name"] == "Repairs"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"tickets": []}', "[" * 100_000])
def test_other_files_are_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        read_zendesk(Single(ContentFile(text.encode()), "x.json"), language="en")


# As a job


def bring(centre: HelpCentre, by: User, content: bytes | None = None) -> ArticleImport:
    file = ContentFile(content if content is not None else json.dumps(ALL).encode())
    return running.keep(file, "help.json", kind="zendesk", centre=centre, user=by, does_publish=True, does_update=True)


def test_it_is_checked_before_anything_is_written(centre: HelpCentre, margaret: User) -> None:
    job = bring(centre, margaret)
    assert running.run_job(job.pk) is False
    job.refresh_from_db()
    assert (job.stage, job.report["counts"]["articles.created"], job.total) == ("checked", 4, 8)
    assert job.report["problems"] == [["It rattles", f"Picture not found: {HOST}/hc/article_attachments/555/can.png"]]
    assert Article.objects.count() == 0


def test_a_killed_worker_is_taken_over_where_nothing_is_written_yet(centre: HelpCentre, margaret: User) -> None:
    job = bring(centre, margaret)
    running.run_job(job.pk)
    assert running.begin(job, now=timezone.now())
    assert running.run_job(job.pk, seconds=0) is True  # one step, then it is gone
    assert ArticleImport.objects.get(pk=job.pk).position == 1
    later = timezone.now() + running.LEASE * 2
    assert running.due_jobs(now=later) == [job.pk]
    assert running.due_jobs(now=later) == []
    while running.run_job(job.pk, seconds=0):
        pass
    job.refresh_from_db()
    assert (job.stage, job.position, Article.objects.count()) == ("done", 8, 4)
    assert job.report["done"]["articles.created"] == 4
    assert running.run_job(job.pk) is False


def test_it_can_be_stopped_and_go_on(centre: HelpCentre, margaret: User) -> None:
    job = bring(centre, margaret)
    running.run_job(job.pk)
    running.begin(job, now=timezone.now())
    running.run_job(job.pk, seconds=0)
    running.stop(job, now=timezone.now())
    assert running.run_job(job.pk) is False
    assert ArticleImport.objects.get(pk=job.pk).stage == "stopped"
    assert running.begin(job, now=timezone.now())
    running.run_job(job.pk)
    assert ArticleImport.objects.get(pk=job.pk).stage == "done"
    assert Article.objects.count() == 4


def test_a_file_that_is_none_fails_in_words(centre: HelpCentre, margaret: User) -> None:
    job = bring(centre, margaret, b"nothing of the kind")
    running.run_job(job.pk)
    job.refresh_from_db()
    assert (job.stage, job.reason) == ("failed", "“help.json” is no JSON.")


def test_a_help_centre_learns_the_languages(centre: HelpCentre, margaret: User) -> None:
    centre.languages = ["en-us"]
    centre.save()
    job = bring(centre, margaret)
    running.run_job(job.pk)
    assert ArticleImport.objects.get(pk=job.pk).report["new_languages"] == ["de"]
    running.begin(job, now=timezone.now())
    running.run_job(job.pk)
    centre.refresh_from_db()
    assert centre.languages == ["en-us", "de"]


def test_files_are_forgotten_after_a_month(centre: HelpCentre, margaret: User) -> None:
    job = bring(centre, margaret)
    running.run_job(job.pk)
    assert running.delete_old(now=timezone.now()) == 0
    assert running.delete_old(now=timezone.now() + running.KEPT_FOR * 2) == 1
    job.refresh_from_db()
    assert job.file == ""
    assert not running.begin(job, now=timezone.now())


def test_by_its_pages(centre: HelpCentre, margaret: User, client: Client) -> None:
    client.force_login(margaret)
    assert client.get("/knowledge/import/").status_code == 200
    file = ContentFile(json.dumps(ALL).encode(), "help.json")
    told = {"kind": "zendesk", "file": file, "centre": centre.pk, "does_publish": "on", "does_update": "on"}
    answer = client.post("/knowledge/import/", told)
    job = ArticleImport.objects.get()
    assert answer["Location"] == f"/knowledge/import/{job.pk}/"
    running.run_job(job.pk)
    assert "Picture not found" in client.get(answer["Location"]).content.decode()
    client.post(f"{answer['Location']}run/")
    running.run_job(job.pk)
    page = client.get(answer["Location"], headers={"HX-Request": "true"}).content.decode()
    assert "Articles created" in page
    assert "hx-get" not in page
    assert client.post("/knowledge/import/", {"kind": "zendesk", "centre": centre.pk}).status_code == 422


def test_american_english_is_english_where_a_help_centre_has_only_that() -> None:
    """Zendesk calls English so for most: readers of "en" would find nothing of it in a language of its own."""
    library = read_zendesk(Packed(packed({"all.json": json.dumps(ALL)})), language="en")

    library.speak_as(["en", "de"])

    assert library.languages == ["de", "en"]
    assert {language for place in library.sections.values() for language in place.texts} == {"en"}
    assert {article.language for article in library.articles.values()} == {"en"}
    assert {language for article in library.articles.values() for _path, language in article.addresses} <= {"en", "de"}


@pytest.mark.parametrize("known", [["en-us"], ["fr"], ["en", "en-us"]])
def test_a_kind_of_english_stays_what_it_is_where_it_is_known_or_no_english_is(known: list[str]) -> None:
    library = read_zendesk(Packed(packed({"all.json": json.dumps(ALL)})), language="en")
    library.speak_as(known)
    assert library.languages == ["de", "en-us"]


def test_two_kinds_of_english_stay_apart() -> None:
    both = [{**ARTICLES[1], "translations": [{"locale": "en-gb", "title": "Oil", "body": "<p>Colour.</p>"}]}]
    library = read_zendesk(Packed(packed({"all.json": json.dumps({**ALL, "articles": both})})), language="en")
    library.speak_as(["en"])
    assert library.languages == ["en-gb", "en-us"]
