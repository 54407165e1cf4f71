"""What other people's pages fetch: the loader, its configuration, and a panel that shows itself nowhere else."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from channels_app.chat.config import ENOUGH, may_stand_on, usual_reply
from channels_app.chat.words import SENTENCES
from helpdesk.accounts.models import Role, Team, User
from tests.cast import staff
from tickets.models import Asked, Chat, ChatInvitation, ChatState, ChatVisitor, ChatWidget

SHOP = "https://shop.example"
SOURCES = Path(settings.BASE_DIR) / "static" / "src" / "widget"

pytestmark = pytest.mark.django_db


@pytest.fixture
def door(widget: ChatWidget) -> ChatWidget:
    widget.origins = [SHOP, "https://*.garden.example:8443"]
    widget.texts = {
        "en": {"title": "Engines", "greeting": "Hello!", "placeholder": "Write to us"},
        "de": {"title": "Maschinen", "greeting": "Hallo!"},
    }
    widget.save()
    return widget


def known(client: Client, widget: ChatWidget, **more: str) -> dict[str, object]:
    """What the panel's script reads from its page."""
    page = client.get("/widget/frame/", {"key": widget.key}, headers=more).content.decode()
    found = re.search(r'<script id="ot-chat" type="application/json">(.*?)</script>', page, re.DOTALL)
    assert found
    return dict(json.loads(found[1]))


def test_the_loader_is_the_same_for_everybody_and_kept_for_a_while(client: Client) -> None:
    answer = client.get("/widget.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert "max-age" in answer["Cache-Control"]
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert client.get("/widget.js", headers={"If-None-Match": answer["ETag"]}).status_code == 304
    assert not answer.cookies


def test_an_allowed_site_may_read_the_configuration(client: Client, door: ChatWidget) -> None:
    answer = client.get("/widget/config/", {"key": door.key, "language": "de-AT"}, headers={"Origin": SHOP})
    assert answer["Access-Control-Allow-Origin"] == SHOP
    assert "Origin" in answer["Vary"]
    assert answer.json()["language"] == "de"
    assert answer.json()["words"]["panel"] == "Maschinen"
    assert not answer.cookies


def test_another_site_is_told_that_it_may_not(client: Client, door: ChatWidget) -> None:
    answer = client.get("/widget/config/", {"key": door.key}, headers={"Origin": "https://elsewhere.example"})
    assert answer.status_code == 403
    assert "https://elsewhere.example" in answer.json()["reason"]


@pytest.mark.parametrize(
    ("origin", "may"),
    [
        (SHOP, True),
        (f"{SHOP}:8443", False),
        ("http://shop.example", False),
        ("https://shop.example.evil.example", False),
        ("https://www.garden.example:8443", True),
        ("https://garden.example:8443", False),
        ("https://evilgarden.example:8443", False),
        ("null", False),
    ],
)
def test_sites_are_compared_as_origins(door: ChatWidget, origin: str, may: bool) -> None:
    assert may_stand_on(door, origin) is may


def test_without_a_key_it_is_the_only_active_widget(client: Client, door: ChatWidget) -> None:
    assert client.get("/widget/config/").json()["key"] == door.key
    second = ChatWidget.objects.create(name="Second", inbox=door.inbox, languages=["en"])
    assert client.get("/widget/config/").status_code == 404
    second.is_active = False
    second.save()
    assert client.get("/widget/config/").json()["key"] == door.key
    assert client.get("/widget/config/", {"key": second.key}).status_code == 404


def test_browsers_show_the_panel_inside_allowed_sites_alone(client: Client, door: ChatWidget) -> None:
    door.origins = [*door.origins, "https://evil.example; script-src *"]  # however it got there
    door.save()
    answer = client.get("/widget/frame/", {"key": door.key})
    policy = answer["Content-Security-Policy"]
    assert f"frame-ancestors 'self' {SHOP} https://*.garden.example:8443;" in f"{policy};"
    assert "evil" not in policy
    assert "X-Frame-Options" not in answer
    assert not answer.cookies
    assert client.get("/widget/frame/", {"key": "nobody"}).status_code == 404


def test_the_panel_speaks_the_language_of_its_page_and_says_its_own_words_in_the_nearest(
    client: Client, door: ChatWidget
) -> None:
    page = client.get("/widget/frame/", {"key": door.key, "language": "de"}).content.decode()
    assert '<html lang="de"' in page
    assert "Maschinen" in page
    door.languages, door.texts = ["ar"], {"ar": {"title": "مارشرين", "greeting": "مرحبا"}}
    door.save()
    page = client.get("/widget/frame/", {"key": door.key}).content.decode()
    assert 'dir="rtl"' in page
    told = known(client, door)
    assert (told["language"], told["buttons"], told["greeting"]) == ("ar", "en", "مرحبا")


def test_it_asks_what_the_widget_asks_and_for_later_always_an_address(client: Client, door: ChatWidget) -> None:
    door.asks_name, door.asks_email = Asked.REQUIRED, Asked.NO
    door.fields = [
        {"key": "order", "kind": "text", "is_required": True, "texts": {"en": {"label": "Order <number>"}}},
        {"key": "why", "kind": "choice", "texts": {"en": {"label": "Why?"}}, "options": [{"value": "late"}],
         "shown_when": {"field": "order", "is": ["x"]}},
    ]  # fmt: skip
    door.save()
    page = client.get("/widget/frame/", {"key": door.key}).content.decode()
    asks, offline = (re.search(rf'id="card-{name}">(.*?)</template>', page, re.DOTALL) for name in ("asks", "offline"))
    assert asks
    assert offline
    assert re.findall(r'data-question="(\w+)"', asks[1]) == ["name", "order", "why"]
    assert re.findall(r'data-question="(\w+)"', offline[1]) == ["name", "email", "order", "why"]
    assert 'data-when="order" data-is="x"' in asks[1]
    assert "Order &lt;number&gt;" in asks[1]


def test_nothing_that_was_typed_into_settings_ends_the_script_or_the_page(client: Client, door: ChatWidget) -> None:
    door.texts = {"en": {"title": "</title><b>x", "greeting": "</script><script>alert(1)</script>"}}
    door.save()
    page = client.get("/widget/frame/", {"key": door.key}).content.decode()
    assert "<script>alert(1)" not in page
    assert "</title><b>" not in page


def test_a_reply_time_is_told_when_there_were_enough(door: ChatWidget, grace: User) -> None:
    assert usual_reply(door) is None
    at = timezone.now() - timedelta(days=1)
    for minutes in range(ENOUGH):
        visitor = ChatVisitor.objects.create(widget=door)
        Chat.objects.create(
            widget=door, visitor=visitor, agent=grace, state=ChatState.ENDED, started_at=at, queued_at=at,
            first_reply_at=at + timedelta(minutes=minutes),
        )  # fmt: skip
    assert usual_reply(door) == 5  # half of them waited 4.5 minutes or less
    Chat.objects.update(started_at=at - timedelta(days=30))
    assert usual_reply(door) is None


def test_faces_are_those_of_the_team_and_first_names_are_enough(client: Client, door: ChatWidget) -> None:
    door.team = Team.objects.create(name="Chat")
    door.save()
    door.team.members.add(staff("g@onethread.test", "Grace Brewster Hopper", Role.AGENT))
    staff("a@onethread.test", "Alan Turing", Role.AGENT)
    assert [face["name"] for face in known(client, door)["faces"]] == ["Grace"]  # type: ignore[attr-defined]


def test_it_is_loaded_unasked_only_where_it_has_something_to_do_there(client: Client, door: ChatWidget) -> None:
    assert client.get("/widget/config/").json()["isWatching"] is False
    ChatInvitation.objects.create(widget=door, name="Checkout")
    assert client.get("/widget/config/").json()["isWatching"] is True


def test_the_shop_shows_its_goods_with_and_without_a_chat(client: Client, door: ChatWidget) -> None:
    page = client.get("/widget/demo/").content.decode()
    assert f'data-key="{door.key}"' in page
    assert "Dipper" in page
    ChatWidget.objects.update(is_active=False)
    assert "no active chat" in client.get("/widget/demo/").content.decode()


def test_the_script_and_the_server_know_the_same_sentences() -> None:
    source = "".join(path.read_text() for path in SOURCES.glob("*.ts") if not path.name.endswith(".test.ts"))
    used = set(re.findall(r'\bt\(\s*"([a-z_.]+)"', source))
    for pair in re.findall(r'\bt\(\w+ \? "([a-z_.]+)" : "([a-z_.]+)"', source):
        used |= set(pair)
    begun = [beginning for beginning in re.findall(r"\bt\(\s*`([a-z_.]+)\$", source) if beginning != "$"]
    used |= {key for key in SENTENCES if any(key.startswith(beginning) for beginning in begun)}
    assert used == set(SENTENCES)
