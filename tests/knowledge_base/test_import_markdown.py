"""Folders of Markdown become categories, sections and articles, whoever wrote them."""

from __future__ import annotations

import io

import pytest

from helpdesk.accounts.models import User
from knowledge_base.importing import archive
from knowledge_base.importing.archive import Files, Packed, files_in
from knowledge_base.importing.front_matter import BadFrontMatter, split
from knowledge_base.importing.library import Library, Unreadable
from knowledge_base.importing.markdown_folder import read_folder
from knowledge_base.importing.shelving import Shelving
from knowledge_base.models import Article, HelpCentre, Origin, Picture, Section, State, Translation
from knowledge_base.publishing import unpublish
from knowledge_base.writing import save_draft
from tests.knowledge_base.files import PIXEL, packed

pytestmark = pytest.mark.django_db

FOLDER: dict[str, str | bytes] = {
    "guide/_index.en.md": "---\ntitle: Guide\ndescription: All of it\nicon: sun\nweight: 3\n---\n",
    "guide/engines/_index.en.md": "---\ntitle: Engines\n---\n",
    "guide/engines/_index.de.md": "---\ntitle: Maschinen\n---\n",
    "guide/engines/oil.en.md": (
        "---\ntitle: Oil it\nlabels: [oil, care]\npromoted: true\n---\nSee [rust](rust.md#red).\n\n![A can](can.png)\n"
    ),
    "guide/engines/oil.de.md": "---\ntitle: Ölen\n---\nSiehe [Rost](rust.en.md).\n",
    "guide/engines/rust.en.md": "# Rust\n\n## Red\n\nBack to [oil](../engines/oil.md), and [out](https://example.org/).\n",
    "guide/engines/can.png": PIXEL,
}


@pytest.fixture
def centre(db: None) -> HelpCentre:
    return HelpCentre.objects.create(name="Help", languages=["en", "de"])


def shelve(
    files: dict[str, str | bytes], centre: HelpCentre, by: User, *, does_publish: bool = True, does_update: bool = True
) -> Library:
    library = read_folder(Packed(packed(files)), language="en")
    Shelving(library, centre, by, does_publish=does_publish, does_update=does_update).take_all()
    return library


def test_a_folder_becomes_what_it_says(centre: HelpCentre, margaret: User) -> None:
    library = shelve(FOLDER, centre, margaret)
    assert library.problems == []
    section = Section.objects.get()
    assert section.texts["de"]["name"] == "Maschinen"
    assert (section.category.icon, section.category.position) == ("sun", 3)
    oil = Article.objects.get(is_promoted=True)
    assert (oil.labels, oil.language, oil.owner) == (["oil", "care"], "en", margaret)
    assert [event.kind for event in oil.events.order_by("pk")][:2] == ["created", "edited"]
    assert oil.events.filter(kind="imported").exists()
    german = oil.translations.get(language="de")
    assert german.state == State.PUBLISHED
    assert german.source == oil.translations.get(language="en").published


def test_links_and_pictures_lead_to_ours(centre: HelpCentre, margaret: User) -> None:
    shelve(FOLDER, centre, margaret)
    oil = Translation.objects.get(title="Oil it")
    rust = Translation.objects.get(title="Rust")
    picture = Picture.objects.get()
    assert f'<a data-article="{rust.article_id}#red"' in oil.body
    assert f'<img data-picture="{picture.pk}" alt="A can">' in oil.body
    assert list(picture.articles.all()) == [oil.article]
    assert f'data-article="{oil.article_id}"' in rust.body
    assert 'href="https://example.org/"' in rust.body
    assert "<h2>Rust" not in rust.body  # the first heading was its title


def test_the_same_again_changes_nothing(centre: HelpCentre, margaret: User) -> None:
    shelve(FOLDER, centre, margaret)
    before = [(each.pk, each.version, each.published_id) for each in Translation.objects.order_by("pk")]
    shelve(FOLDER, centre, margaret)
    assert [(each.pk, each.version, each.published_id) for each in Translation.objects.order_by("pk")] == before
    assert Origin.objects.count() == 4


def test_what_was_written_here_is_kept_as_a_version(centre: HelpCentre, margaret: User, grace: User) -> None:
    shelve(FOLDER, centre, margaret)
    rust = Translation.objects.get(title="Rust")
    save_draft(rust, version=rust.version, title="Rust", summary="", body="<p>Ours.</p>", by=grace)
    shelve(FOLDER, centre, margaret)
    rust.refresh_from_db()
    assert "Ours." not in rust.body
    assert rust.revisions.filter(body="<p>Ours.</p>", author=grace).exists()
    shelve({**FOLDER, "guide/engines/rust.en.md": "# Rust\n\nNew."}, centre, margaret, does_update=False)
    rust.refresh_from_db()
    assert "New." not in rust.body


def test_what_was_taken_from_readers_stays_so(centre: HelpCentre, margaret: User) -> None:
    shelve(FOLDER, centre, margaret)
    unpublish(Translation.objects.get(title="Rust"), by=margaret)
    shelve(FOLDER, centre, margaret)
    assert Translation.objects.get(title="Rust").published is None


def test_drafts_and_all_as_drafts(centre: HelpCentre, margaret: User) -> None:
    shelve({"a/b/c.md": "---\ndraft: true\n---\n# C\n\nWords."}, centre, margaret)
    shelve({"a/b/d.md": "# D\n\nWords."}, centre, margaret, does_publish=False)
    assert set(Translation.objects.values_list("title", "state")) == {("C", "draft"), ("D", "draft")}


@pytest.mark.parametrize(
    ("audience", "kept"), [("staff", "staff"), ("signed_in", "signed_in"), ("friends", "staff"), ("", "public")]
)
def test_nothing_opens_by_being_imported(audience: str, kept: str, centre: HelpCentre, margaret: User) -> None:
    index = f"---\ntitle: Inside\naudience: {audience}\n---\n" if audience else "---\ntitle: Inside\n---\n"
    shelve({"in/_index.md": index, "in/deep/down/x.md": "# X\n\nWords."}, centre, margaret)
    assert Section.objects.get().audience == kept


def test_other_peoples_folders(centre: HelpCentre, margaret: User) -> None:
    """A language as top folder, no indexes, numbers in names, one folder around it all."""
    files: dict[str, str | bytes] = {
        "docs-main/de/01-start/02_first-steps/a-b.md": "Wörter.",
        "docs-main/en/01-start/02_first-steps/a-b.md": "---\ntags: x, y\n---\nWords.",
        "docs-main/README.md": "# Read me\n\nHello.",
    }
    library = read_folder(Packed(packed(files)), language="en")
    assert set(library.articles) == {"01-start/02_first-steps/a-b", "README"}
    assert set(library.articles["01-start/02_first-steps/a-b"].translations) == {"de", "en"}
    assert library.articles["01-start/02_first-steps/a-b"].labels == ["x", "y"]
    assert library.categories["01-start"].texts["en"]["name"] == "Start"


def test_numbers_of_ours_in_a_file_mean_nothing(centre: HelpCentre, margaret: User) -> None:
    """Somebody's file must not show a picture, or link an article, of somebody else's by its number."""
    shelve(FOLDER, centre, margaret)
    picture, article = Picture.objects.get().pk, Article.objects.earliest("pk").pk
    text = f'![x](picture:{picture}) [y](article:{article}) {{{{block:1}}}}\n\n<img data-picture="{picture}" alt="">\n'
    shelve({"s/t/sly.md": f"# Sly\n\n{text}"}, centre, margaret)
    body = Translation.objects.get(title="Sly").body
    assert "data-picture" not in body
    assert "data-article" not in body
    assert "y" in body


def test_addresses_out_of_the_folder_are_left_alone(centre: HelpCentre, margaret: User) -> None:
    library = shelve({"a/b/c.md": "# C\n\n[up](../../../etc/passwd) ![no](../../../x.png) `](c.md)`"}, centre, margaret)
    assert Translation.objects.get(title="C").published
    assert library.problems == [("C", "Picture not found: ../../../x.png")]


def test_front_matter() -> None:
    assert split("---\ntitle: A\n---\nB")[0] == {"title": "A"}
    assert split("no\n---\n")[0] == {}
    bomb = "---\na: &a [x]\nb: [*a, *a]\n---\n"
    with pytest.raises(BadFrontMatter):
        split(bomb)
    with pytest.raises(BadFrontMatter):
        split("---\na: [\n---\n")


def test_a_bad_file_is_told_and_the_others_are_taken(centre: HelpCentre, margaret: User) -> None:
    library = shelve(
        {"a/b/bad.md": "---\na: [\n---\nX", "a/b/latin.md": b"\xe4\xf6", "a/b/c.md": "# C\n\nX"}, centre, margaret
    )
    assert [where for where, _what in library.problems] == ["a/b/bad.md", "a/b/latin.md"]
    assert Article.objects.count() == 1


def test_a_zip_that_lies_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Unreadable), files_in(io.BytesIO(b"PK\3\4 nothing"), "x.zip"):
        pass
    with files_in(packed({"../../up.md": "x", ".hidden/y.md": "x", "__MACOSX/z.md": "x"}), "x.zip") as files:
        assert files.names == ["up.md"]
    monkeypatch.setattr(archive, "MOST_BYTES", 9)
    with pytest.raises(Unreadable), files_in(packed({"a.md": "12345", "b.md": "67890"}), "large.zip"):
        pass


def test_nothing_to_read() -> None:
    files: Files = Packed(packed({"a.txt": "x"}))
    with pytest.raises(Unreadable):
        read_folder(files, language="en")
