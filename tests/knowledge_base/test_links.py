"""The weekly look at links: what leads nowhere is found, told, and forgotten when it is mended."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.test import Client
from django.utils import timezone

from helpdesk.accounts.models import User
from helpdesk.lib import outside
from knowledge_base import links
from knowledge_base.models import BrokenLink, HelpCentre, Section, Translation
from knowledge_base.publishing import archive, publish
from knowledge_base.writing import create_article, save_draft

pytestmark = pytest.mark.django_db
FINE = ""


@pytest.fixture
def section(db: None) -> Section:
    centre = HelpCentre.objects.create(name="Help", languages=["en"])
    return centre.categories.create(texts={"en": {"name": "A"}}).sections.create(texts={"en": {"name": "B"}})


def written(section: Section, by: User, body: str, title: str = "Engines") -> Translation:
    return publish(create_article(section, "en", by=by, title=title, body=body), by=by)


def look(**answers: str) -> int:
    return links.check_due(now=timezone.now(), reach=lambda url: answers.get(url.rpartition("/")[2], FINE))


def test_links_elsewhere(section: Section, grace: User) -> None:
    body = '<p><a href="https://a.example/gone">x</a> <a href="https://a.example/here?a=1&amp;b=2">y</a>'
    text = written(section, grace, body + '<a href="mailto:a@example.org">z</a> <a href="#top">t</a></p>')
    assert look(gone="404") == 1
    broken = BrokenLink.objects.get()
    assert (broken.url, broken.problem, broken.language) == ("https://a.example/gone", "404", "en")
    text.refresh_from_db()
    assert text.links_due_at is not None
    assert text.links_due_at < timezone.now() + timedelta(days=2)


def test_each_address_is_asked_once_and_nobody_again_within_the_week(section: Section, grace: User) -> None:
    asked: list[str] = []

    def reach(url: str) -> str:
        asked.append(url)
        return FINE

    for title in "ABC":
        written(section, grace, '<p><a href="https://a.example/">x</a></p>', title)
    assert links.check_due(now=timezone.now(), reach=reach) == 3
    assert asked == ["https://a.example/"]
    assert links.check_due(now=timezone.now() + timedelta(days=6), reach=reach) == 0
    assert links.check_due(now=timezone.now() + timedelta(days=8), reach=reach) == 3


def test_a_worker_that_dies_leaves_it_for_another(section: Section, grace: User) -> None:
    written(section, grace, "<p>Oil.</p>")
    now = timezone.now()
    assert links.check_due(now=now, seconds=-1) == 0  # claimed, and no time left
    assert links.check_due(now=now + timedelta(minutes=30)) == 0
    assert links.check_due(now=now + timedelta(minutes=90)) == 1


def test_links_within_the_house(section: Section, grace: User) -> None:
    inside = section.category.sections.create(texts={"en": {"name": "Ours"}}, audience="staff")
    hidden = written(inside, grace, "<p>Hush.</p>", "Hidden").article_id
    draft = create_article(section, "en", by=grace, title="Draft").article_id
    fine = written(section, grace, "<p>Fine.</p>", "Fine").article_id
    old = written(section, grace, "<p>Old.</p>", "Old").article
    moved = written(section, grace, "<p>Moved.</p>", "Moved").article
    archive(old, by=grace)
    archive(moved, by=grace, successor=Translation.objects.get(title="Fine").article)
    numbers = (hidden, draft, fine, old.pk, moved.pk, 999_999)
    body = "".join(f'<p><a data-article="{number}">x</a></p>' for number in numbers)
    written(section, grace, f'{body}<p><a href="/hc/en/articles/888888-gone">x</a></p><img data-picture="77" alt="">')
    look()
    found = dict(BrokenLink.objects.values_list("url", "problem"))
    assert found == {
        f"article:{hidden}": "hidden", f"article:{draft}": "not published", f"article:{old.pk}": "archived",
        "article:999999": "no article", "article:888888": "no article", "picture:77": "no picture",
    }  # fmt: skip


def test_what_is_mended_is_forgotten_at_the_next_look(section: Section, grace: User) -> None:
    text = written(section, grace, '<p><a href="https://a.example/gone">x</a></p>')
    look(gone="404")
    first = BrokenLink.objects.get().found_at
    links.due_again(now=timezone.now() - timedelta(seconds=1))
    look(gone="410")
    assert (BrokenLink.objects.get().problem, BrokenLink.objects.get().found_at) == ("410", first)
    text.refresh_from_db()
    publish(save_draft(text, version=text.version, title="E", summary="", body="<p>Now.</p>", by=grace), by=grace)
    assert look(gone="410") == 1  # at once, because it was published again
    assert not BrokenLink.objects.exists()


def test_the_owner_is_told_once(
    section: Section, grace: User, settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[User, str]] = []
    monkeypatch.setattr(
        links, "tell", lambda _article, _language, people, said, *, by: told.extend((one, said()) for one in people)
    )
    written(section, grace, '<p><a href="https://a.example/gone">x</a> <a href="https://a.example/shy">y</a></p>')
    look(gone="404", shy="silent")
    links.due_again(now=timezone.now() - timedelta(seconds=1))
    look(gone="404", shy="silent")
    assert told == [(grace, "1 link in “Engines” leads nowhere")]


def test_colleagues_may_link_to_what_is_within_the_house(section: Section, grace: User) -> None:
    body = '<p><a href="http://wiki.internal/x">x</a></p>'
    written(section, grace, body)
    inside = section.category.sections.create(texts={"en": {"name": "Ours"}}, audience="staff")
    written(inside, grace, body, "Ours")
    look(x="private")
    assert [link.article.section.audience for link in BrokenLink.objects.all()] == ["public"]


# Over the wire


ONWARD = {"gone": "/404", "round": "/302", "nonsense": "http://["}


class Site(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        status = int(self.path.strip("/").partition("?")[0] or 200)
        self.send_response(status)
        if status == 302:
            self.send_header("Location", next((to for sign, to in ONWARD.items() if sign in self.path), "/200"))
        self.end_headers()

    def log_message(self, *_args: object) -> None:
        """Tests are quiet."""


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A server on this machine, which the guard is told to take for a public one."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setattr(outside, "is_public", lambda _address: True)
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("path", "problem"),
    [("/200", ""), ("/404", "404"), ("/410", "410"), ("/403", ""), ("/429", ""), ("/500", "500"), ("/302", ""),
     ("/302?gone", "404"), ("/302?nonsense", "private"), ("/200#part", "")],
)  # fmt: skip
def test_what_servers_say(path: str, problem: str, site: str) -> None:
    assert links.reached(site + path) == problem


def test_nobody_there(site: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        assert links.reached(f"http://127.0.0.1:{taken.getsockname()[1]}/") == "silent"


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1/", "https://localhost/", "http://10.0.0.1:8080/x", "http://[::1]/", "https://a:b@c.example/"],
)
def test_our_own_doors_are_not_knocked_at(url: str) -> None:
    assert links.reached(url) == "private"


def test_the_page(section: Section, grace: User, linus: User, client: Client) -> None:
    written(section, grace, '<p><a href="https://a.example/gone">x</a> <a data-article="99">y</a></p>')
    look(gone="404")
    client.force_login(linus)
    page = client.get("/knowledge/links/").content.decode()
    assert "https://a.example/gone" in page
    assert "There is no such article any more." in page
    assert "Look at them again" not in page
    assert "https://a.example/gone" not in client.get("/knowledge/links/?whose=mine").content.decode()
    assert client.post("/knowledge/links/check/").status_code == 403
    client.force_login(grace)
    assert "https://a.example/gone" in client.get("/knowledge/links/?whose=mine").content.decode()
    client.post("/knowledge/links/check/")
    assert look() == 1
