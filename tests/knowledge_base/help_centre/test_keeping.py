"""Pages are drawn once for all who may read the same, and never shown to anybody else."""

from __future__ import annotations

import re

import pytest
import redis
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from customers.models import Customer, Organisation
from helpdesk.accounts.models import User
from knowledge_base import keeping
from knowledge_base.models import AudienceKind, HelpCentre, Section, Translation
from knowledge_base.publishing import publish, unpublish
from knowledge_base.shell import draw_for_all
from knowledge_base.writing import save_draft
from tests.knowledge_base.help_centre.conftest import Path, new_section, published, signed_in, translated

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"')


@pytest.fixture
def drawings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was drawn anew, in its order."""
    drawn: list[str] = []
    real = draw_for_all

    def noted(template: str, *args: object, **more: object) -> str:
        drawn.append(template)
        return real(template, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr("knowledge_base.articles.draw_for_all", noted)
    return drawn


def test_the_second_reader_gets_what_was_drawn_for_the_first(
    anybody: Client, section: Section, drawings: list[str]
) -> None:
    text = published(section, "When to sow")
    first, second = (TOKEN.split(client.get(str(Path(text))).content.decode()) for client in (anybody, Client()))
    assert first == second and len(first) > 1  # but for each reader's own token
    assert drawings == ["help/article.html"]


def test_a_kept_page_costs_two_statements(section: Section, anybody: Client) -> None:
    text = published(section, "When to sow")
    anybody.get(str(Path(text)))
    with CaptureQueriesContext(
        connection,
    ) as asked:
        Client(headers={"User-Agent": "Firefox"}).get(str(Path(text)))
    assert [query["sql"].split()[0] for query in asked] == ["SELECT", "WITH"]  # the edition; the reading


def test_every_change_of_what_readers_see_begins_another_edition(
    anybody: Client, section: Section, drawings: list[str]
) -> None:
    text, other = published(section, "When to sow"), published(section, "How deep")
    path = str(Path(text))

    def is_drawn_again(change: object) -> bool:
        assert callable(change)
        before = len(drawings)
        change()
        anybody.get(path)
        return len(drawings) > before

    anybody.get(path)
    assert is_drawn_again(lambda: translated(text, "Wann säen"))
    assert is_drawn_again(lambda: unpublish(Translation.objects.get(pk=other.pk), by=None))
    assert is_drawn_again(lambda: Section.objects.filter(pk=section.pk).update(position=4))
    assert is_drawn_again(lambda: HelpCentre.objects.update(hue=3))
    draft = Translation.objects.get(pk=other.pk)
    assert not is_drawn_again(
        lambda: save_draft(draft, version=draft.version, title="New", summary="", body="<p>x</p>", by=None)
    )
    assert is_drawn_again(lambda: publish(Translation.objects.get(pk=other.pk), by=None))


def test_nobody_gets_the_page_of_somebody_who_may_read_more(
    centre: HelpCentre, ada: Customer, colleague: Client, anybody: Client, drawings: list[str]
) -> None:
    """Each path is asked by each reader, in both orders: whoever comes first, the others get what is theirs."""
    works = Organisation.objects.create(name="Works")
    theirs = new_section(centre, "Growing", "Works only", AudienceKind.CHOSEN, organisation_ids=[works.pk])
    members = new_section(centre, "Growing", "Members", AudienceKind.SIGNED_IN)
    inside = new_section(centre, "Growing", "Inside", AudienceKind.STAFF)
    grace_hopper = Customer.objects.create(name="Grace", organisation=works)
    member, worker = signed_in(ada), signed_in(grace_hopper)
    texts = [published(each, f"Of {each.pk}") for each in (theirs, members, inside)]
    may = [
        (anybody, (404, 404, 404)),
        (member, (404, 200, 404)),
        (worker, (200, 200, 404)),
        (colleague, (200, 200, 200)),
    ]
    for order in (may, may[::-1], may):
        for client, answers in order:
            assert tuple(client.get(str(Path(text))).status_code for text in texts) == answers
            home = client.get("/hc/en/").content.decode()
            category = client.get(f"/hc/en/categories/{theirs.category_id}-growing/")
            for text, answer in zip(texts, answers, strict=True):
                seen = text.title in home + (category.content.decode() if category.status_code == 200 else "")
                assert seen == (answer == 200)


def test_staffs_pages_are_not_kept(section: Section, colleague: Client, drawings: list[str]) -> None:
    text = published(section, "When to sow")
    for _time in range(2):
        assert f"/knowledge/articles/{text.article_id}/en/" in colleague.get(str(Path(text))).content.decode()
    assert len(drawings) == 2
    assert "/knowledge/" not in Client().get(str(Path(text))).content.decode()


def test_what_one_reader_chose_is_not_kept_for_the_next(section: Section, anybody: Client) -> None:
    text, other = published(section, "When to sow"), published(section, "How deep")
    dark = Client(headers={"User-Agent": "Firefox"})
    dark.cookies["theme"] = "dark"
    dark.get(str(Path(other)))
    page = dark.get(str(Path(text))).content.decode()
    assert 'data-theme="dark"' in page and "You looked at" in page
    page = anybody.get(str(Path(text))).content.decode()
    assert 'data-theme="auto"' in page and "You looked at" not in page


def test_a_made_up_host_or_theme_stands_on_no_page(section: Section, anybody: Client, settings: object) -> None:
    settings.ALLOWED_HOSTS = ["*"]  # type: ignore[attr-defined]
    text = published(section, "When to sow")
    anybody.cookies["theme"] = '"><script>'
    page = anybody.get(str(Path(text)), headers={"Host": "evil.example"}).content.decode()
    assert "evil.example" not in page and "<script>" not in page


def test_without_valkey_pages_are_drawn_for_each(
    section: Section, anybody: Client, monkeypatch: pytest.MonkeyPatch, drawings: list[str]
) -> None:
    text = published(section, "When to sow")
    away = redis.Redis.from_url("unix:///nowhere/valkey.sock")
    monkeypatch.setattr(keeping, "valkey", lambda: away)
    monkeypatch.setattr(keeping, "_away_until", 0.0)
    for _time in range(2):
        assert anybody.get(str(Path(text))).status_code == 200
    assert len(drawings) == 2


def test_a_token_is_made_for_each_reader(section: Section, anybody: Client) -> None:
    """Forms of kept pages hold a slot; what stands in it is this reader's own."""
    html = keeping.fill("<form><!--csrf--></form><!--csrf-->", {"csrf": lambda: "mine", "recent": lambda: "no"})
    assert html == "<form>mine</form>mine"


def test_pages_tell_browsers_to_ask_again(section: Section, anybody: Client, grace: User) -> None:
    answer = anybody.get(str(Path(published(section, "When to sow"))))
    assert answer["Cache-Control"] == "private, no-cache" and "Cookie" in answer["Vary"]
    assert (
        "frame-src 'self' https://www.youtube-nocookie.com https://player.vimeo.com"
        in answer["Content-Security-Policy"]
    )
