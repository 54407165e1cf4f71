"""The widths of panes in the first picture of a page."""

import pytest
from django.test import Client

from helpdesk.accounts.models import User


@pytest.mark.parametrize(
    ("cookie", "rule"),
    [
        ("list%3A360%2Cctx%3A300", "--list-w:clamp(240px,360px,38vw);--ctx-w:clamp(240px,300px,38vw);"),
        ("list:9999", "--list-w:clamp(240px,560px,38vw);"),
        ("list:1;color:red,body:3,list:-4", ""),
    ],
)
def test_a_cookie_sets_widths_and_nothing_else(client: Client, grace: User, cookie: str, rule: str) -> None:
    client.force_login(grace)
    client.cookies["panes"] = cookie
    page = client.get("/agent/").content.decode()
    assert f":root{{{rule}}}</style>" in page if rule else "-w:clamp" not in page
