"""Addresses and words that nobody's browser sends: a clear answer, never an error of ours."""

from __future__ import annotations

import pytest
from django.test import Client

from knowledge_base.models import HelpCentre

pytestmark = pytest.mark.django_db

HUGE = "9" * 30


@pytest.mark.parametrize(
    ("path", "data", "status"),
    [
        ("/hc/en/articles/1/vote/", {"helpful": "1"}, 404),
        (f"/hc/en/articles/{HUGE}/vote/", {"helpful": "1"}, 404),
        ("/hc/e%00n/articles/1/vote/", {"helpful": "1"}, 404),
        (f"/hc/en/articles/{HUGE}/comments/", {"text": "Hello"}, 404),
        ("/hc/e%00n/articles/1/comments/", {"text": "Hello"}, 404),
        ("/contact/", {"subject": "a\0b", "text": "c\0d", "name": "\0", "language": "e\0n"}, 422),
        ("/contact/", {"stamp": "\0.\0.\0", "article": HUGE, "offer": "1.\0"}, 422),
        ("/requests/sign-in/", {"email": "a\0b@example.org", "next": "/requests/\0"}, 422),
    ],
)
def test_what_is_sent(path: str, data: dict[str, str], status: int, client: Client) -> None:
    HelpCentre.objects.create(name="Help", languages=["en"])
    assert client.post(path, data).status_code == status


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/contact/suggestions/?q=engine%00rattles", 200),
        ("/contact/suggestions/?q=engine&language=e%00n&offer=%00&in=%00", 200),
        (f"/contact/?article={HUGE}&subject=%00&language=%00", 200),
        (f"/contact/?article={'9' * 17}", 200),
        (f"/contact/offers/1.aaaaaaaaaaaaaaaa/articles/{HUGE}/", 404),
        ("/contact/sent/%00/", 404),
        ("/contact/requests/999999999999999999.aaaaaaaaaaaaaaaa/", 404),
        ("/requests/sign-in/999999999999999999.aaaaaaaaaaaaaaaa/", 404),
    ],
)
def test_what_is_asked(path: str, status: int, client: Client) -> None:
    HelpCentre.objects.create(name="Help", languages=["en"])
    assert client.get(path).status_code == status


@pytest.mark.parametrize(
    "path",
    ["?q=%00", "?before=2026-01-01T00:00:00%2B00:00_1", f"?before=0001-01-01T00:00:00%2B23:59_{HUGE}",
     "?before=0001-01-01T00:00:00%2B23:59_1", f"?q=%23{'9' * 18}", "?of=organisation", "?only=%00"],
)  # fmt: skip
def test_the_list(path: str, adas: Client) -> None:
    assert adas.get(f"/requests/{path}").status_code == 200


@pytest.mark.parametrize("path", [f"/requests/{HUGE}/", f"/requests/files/{HUGE}/a.png", "/requests/files/1/%00"])
def test_what_is_not_there(path: str, adas: Client) -> None:
    assert adas.get(path).status_code == 404
