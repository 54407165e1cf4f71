"""Pages travel small where the browser can unpack them."""

import gzip

import pytest
from django.http import HttpRequest, HttpResponse

from helpdesk.compression import CompressionMiddleware

PAGE = "<p>It rains. </p>" * 200


def answer(response: HttpResponse, accepts: str = "gzip, deflate, br") -> HttpResponse:
    request = HttpRequest()
    request.META["HTTP_ACCEPT_ENCODING"] = accepts
    return CompressionMiddleware(lambda _request: response)(request)


def test_a_page_is_packed_and_says_so() -> None:
    packed = answer(HttpResponse(PAGE))
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Vary"] == "Accept-Encoding"
    assert int(packed.headers["Content-Length"]) == len(packed.content) < len(PAGE) / 5
    assert gzip.decompress(packed.content).decode() == PAGE


def test_its_size_tells_nothing_exact() -> None:
    assert len({len(answer(HttpResponse(PAGE)).content) for _ in range(40)}) > 5


def test_a_browser_that_cannot_unpack_gets_it_plain() -> None:
    plain = answer(HttpResponse(PAGE), accepts="")
    assert plain.content.decode() == PAGE
    assert plain.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    "response",
    [
        HttpResponse("short"),
        HttpResponse(PAGE.encode(), content_type="image/png"),
        HttpResponse(PAGE, headers={"Content-Encoding": "br"}),
    ],
    ids=["short", "a picture", "packed already"],
)
def test_what_is_not_worth_it_stays(response: HttpResponse) -> None:
    before = response.content
    assert answer(response).content == before
