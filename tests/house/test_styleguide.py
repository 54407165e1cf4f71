"""The style guide draws with the product's own templates: what they need, it must have."""

from __future__ import annotations

import pytest
from django.test import Client

from helpdesk.accounts.models import User
from helpdesk.styleguide_states import ERROR_PAGES


def test_every_part_and_state_is_there(client: Client, linus: User) -> None:
    client.force_login(linus)
    page = client.get("/styleguide/").content.decode()
    for words in (
        "Malware: Eicar",
        "18 of 20",
        "This ticket is closed.",
        "You’re all caught up",
        "“Returns” is no team any more.",
        "Sorry, wrong number",
        'dir="rtl"',
        'data-density="compact"',
        "3 new",
    ):
        assert words in page, words


@pytest.mark.parametrize("name", ERROR_PAGES)
def test_error_pages_can_be_looked_at(client: Client, linus: User, name: str) -> None:
    client.force_login(linus)
    answer = client.get(f"/styleguide/{name}/", raise_request_exception=False)
    assert (answer.status_code, "Onethread" in answer.content.decode()) == (int(name), True)


@pytest.mark.django_db
def test_it_shows_what_rules_and_promises_look_like(client: Client, radia: User) -> None:
    client.force_login(radia)
    page = client.get("/styleguide/").content.decode()
    for state in ("running", "warned", "late"):
        assert f'data-state="{state}"' in page
    for words in ("Left out, to end a loop", "Ran, and nothing was left to change", "Late, still waiting", "Over it by",
                  "sg-nested-data", "sg-broken-problems"):  # fmt: skip
        assert words in page, words
