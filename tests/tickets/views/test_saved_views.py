"""Saved views over HTTP: who sees and changes them, what the editor refuses and keeps, the shelf, lists as tables."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from customers.actors import Actor
from customers.models import Customer
from helpdesk.accounts.models import Team, User
from tests.cast import open_for
from tickets.models import Inbox, SavedView, Ticket
from tickets.saved_views import MOST_VIEWS, create_view
from tickets.services import assign, change_priority

HTMX = {"HX-Request": "true"}
HIGH = {"all": [{"field": "priority", "operator": "is", "value": "high"}]}


def form(**changes: Any) -> dict[str, Any]:
    """What the editor sends for an own view of high tickets."""
    sent = {
        "title": "High", "audience": "me", "conditions": HIGH, "columns": ["subject", "assignee"], "sort": "created_at",
        "direction": "up", "group_by": "none", "layout": "rows", "is_active": "on",
    } | changes  # fmt: skip
    return {name: json.dumps(it) if isinstance(it, dict) else it for name, it in sent.items() if it is not None}


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def tickets(ada: Customer, support: Inbox, grace: User) -> list[Ticket]:
    gears, springs = open_for(ada, support, "Gears"), open_for(ada, support, "Springs")
    change_priority(gears, "high", actor=Actor.agent(grace))
    return [gears, springs]


def page(client: Client, url: str, **params: Any) -> str:
    return client.get(url, params).content.decode()


def test_a_light_agent_saves_a_view_and_finds_it_in_the_sidebar(linus: User, tickets: list[Ticket]) -> None:
    client = browser(linus)
    answer = client.post("/agent/views/new/", form(direction="down", group_by="team", layout="table"))
    view = SavedView.objects.get()
    assert answer.url == f"/agent/?view={view.slug}"  # type: ignore[attr-defined]
    assert (view.owner, view.team, view.sort, view.group_by, view.columns) == (
        linus, None, "-created_at", "team", ["subject", "assignee"],
    )  # fmt: skip
    listed = page(client, answer.url)  # type: ignore[attr-defined]
    assert "Gears" in listed and "Springs" not in listed
    assert f'id="nav-{view.slug}"' in listed


def test_only_those_who_may_share_can_choose_teams_and_everyone(
    grace: User, margaret: User, support_team: Team
) -> None:
    for audience in ("everyone", f"team-{support_team.pk}"):
        answer = browser(grace).post("/agent/views/new/", form(audience=audience))
        assert answer.status_code == 422
        assert browser(margaret).post("/agent/views/new/", form(audience=audience, title=audience)).status_code == 302
    assert [view.audience for view in SavedView.objects.order_by("pk")] == ["everyone", "team"]


def test_views_are_shown_to_whom_they_belong(grace: User, alan: User, margaret: User, support_team: Team) -> None:
    create_view(alan, "Alans view")
    create_view(margaret, "Teams view", team=support_team)
    create_view(margaret, "Everyones view", mine=False)
    for user, seen in (
        (grace, {"Teams", "Everyones"}), (alan, {"Alans", "Everyones"}), (margaret, {"Everyones"}),
    ):  # fmt: skip
        shown = page(browser(user), "/agent/nav/")
        assert {name for name in ("Alans", "Teams", "Everyones") if f"{name} view" in shown} == seen, user
    assert "Teams view" in page(browser(margaret), "/agent/views/")  # she looks after it all the same


def test_nobody_touches_the_view_of_another(grace: User, alan: User, radia: User) -> None:
    view = create_view(alan, "Alan's own")
    for user in (grace, radia):
        client = browser(user)
        assert client.get(f"/agent/?view={view.slug}").status_code == 404
        assert client.get(f"/agent/views/{view.pk}/").status_code == 404
        for what in ("copies", "deletion", "activity", "position"):
            assert client.post(f"/agent/views/{view.pk}/{what}/").status_code == 404, what
    assert SavedView.objects.get() == view


def test_an_agent_may_copy_a_shared_view_but_not_change_it(grace: User, margaret: User) -> None:
    view = create_view(margaret, "Shared", mine=False, conditions=HIGH, columns=["tags"])
    client = browser(grace)
    assert client.post(f"/agent/views/{view.pk}/", form(title="Mine now")).status_code == 403
    assert client.post(f"/agent/views/{view.pk}/copies/").status_code == 302
    copy = SavedView.objects.get(owner=grace)
    assert (copy.title, copy.conditions, copy.columns) == ("Copy of Shared", HIGH, ["tags"])


WRONG = [
    ({"title": ""}, "This field is required"),
    ({"title": "   "}, "This field is required"),
    ({"title": "x" * 81}, "at most 80 characters"),
    ({"title": "a\0b"}, "Null characters are not allowed"),
    ({"sort": "nonsense"}, "Select a valid choice"),
    ({"columns": ["nonsense"]}, "Select a valid choice"),
    ({"layout": "cards"}, "Select a valid choice"),
    ({"audience": "team-999"}, "Select a valid choice"),
    ({"conditions": "{nonsense"}, "no JSON that can be read"),
    ({"conditions": "[" * 5000}, "no JSON that can be read"),
    ({"conditions": "x" * 100_001}, "at most 100000 characters"),
    ({"conditions": {"all": [{"field": "fax", "operator": "is", "value": 1}]}}, "There is no field “fax”"),
    (
        {"conditions": {"all": [{"field": "priority", "operator": "is", "value": "hot"}]}},
        "“hot”",
    ),
    ({"conditions": {"all": [{"field": "assignee_id", "operator": "is", "value": 987654}]}}, "no longer exists"),
]


@pytest.mark.parametrize(("changes", "reason"), WRONG, ids=[str(changes)[:40] for changes, _reason in WRONG])
def test_what_is_wrong_is_said_and_what_was_written_is_kept(changes: dict[str, Any], reason: str, grace: User) -> None:
    answer = browser(grace).post("/agent/views/new/", form(description="Kept words", **changes))
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert reason in shown
    assert "Kept words" in shown
    assert not SavedView.objects.exists()


def test_a_wrong_condition_is_named_with_its_place(grace: User) -> None:
    tree = {"all": [HIGH["all"][0], {"any": [{"field": "replies", "operator": "is", "value": "abc"}]}]}
    shown = browser(grace).post("/agent/views/new/", form(conditions=tree)).content.decode()
    assert '"path": "all.1.any.0"' in shown
    assert "&quot;abc&quot;" in shown  # what was written is still in the field


def test_two_editors_of_one_view_never_overwrite_each_other_unseen(margaret: User) -> None:
    view = create_view(margaret, "Ours", mine=False, conditions=HIGH)
    url, client = f"/agent/views/{view.pk}/", browser(margaret)
    seen = view.version
    assert f'name="seen" value="{seen}"' in page(client, url)
    assert client.post(url, form(title="First", audience="everyone", seen=seen)).status_code == 302
    second = form(title="Second", audience="everyone", description="Kept words")
    late = client.post(url, second | {"seen": seen})
    shown = late.content.decode()
    view.refresh_from_db()
    assert (late.status_code, view.title) == (422, "First")
    assert "Somebody has changed this view since you opened it" in shown and "Kept words" in shown
    assert f'name="seen" value="{view.version}"' in shown  # so that saving again replaces it
    assert client.post(url, second | {"seen": view.version}).status_code == 302
    view.refresh_from_db()
    assert view.title == "Second"


def test_a_filter_too_long_for_a_list_becomes_a_view(graces_browser: Client) -> None:
    words = {"field": "subject_includes_word", "operator": "includes", "value": ["gears " * 80] * 20}
    text = json.dumps({"all": [words]})
    assert "This filter is too long" in page(graces_browser, "/agent/", view="all", filter=text)
    assert "gears gears" in page(graces_browser, "/agent/views/new/", view="all", filter=text)
    for odd in ('{"all": 7}', "[]", "7", "{", '{"all": [{"field": [], "operator": {}}]}'):
        assert graces_browser.get("/agent/views/new/", {"view": "open", "filter": odd}).status_code == 200


def test_a_view_that_names_somebody_gone_offers_the_repair(margaret: User, tickets: list[Ticket]) -> None:
    gone = Team.objects.create(name="Gone")
    tree = {"all": [{"field": "group_id", "operator": "is", "value": gone.pk}]}
    view = create_view(margaret, "Theirs", mine=False, conditions=tree)
    number = gone.pk
    gone.delete()
    client = browser(margaret)
    listed = page(client, "/agent/", view=view.slug)
    assert f"Team {number} no longer exists" in listed and f"/agent/views/{view.pk}/" in listed
    editor = page(client, f"/agent/views/{view.pk}/")
    assert '"path": "all.0"' in editor and "names something that no longer exists" in editor
    assert client.post(f"/agent/views/{view.pk}/", form(audience="everyone", conditions=tree)).status_code == 422
    assert client.post(f"/agent/views/{view.pk}/", form(audience="everyone", conditions={})).status_code == 302


def test_order_on_the_shelf_by_place_and_by_step(grace: User) -> None:
    views = [create_view(grace, title) for title in "ABCD"]
    client = browser(grace)

    def titles() -> str:
        return "".join(SavedView.objects.order_by("position", "pk").values_list("title", flat=True))

    client.post(f"/agent/views/{views[3].pk}/position/", {"place": "0"})
    assert titles() == "DABC"
    client.post(f"/agent/views/{views[0].pk}/position/", {"step": "1"})
    assert titles() == "DBAC"
    for nonsense in ({"place": "-1"}, {"place": "9" * 30}, {"step": "7"}, {}):
        assert client.post(f"/agent/views/{views[0].pk}/position/", nonsense).status_code == 302
    client.post(f"/agent/views/{views[0].pk}/position/", {"place": "99"})
    assert titles() == "DBCA"


def test_hiding_is_ones_own_business(grace: User, alan: User, margaret: User) -> None:
    view = create_view(margaret, "Shared by all", mine=False)
    client = browser(grace)
    client.post(f"/agent/views/{view.slug}/visibility/", {"shown": "0"})
    answer = client.post("/agent/views/pending/visibility/", {"shown": "0"}, headers=HTMX)
    assert "Show Pending in the sidebar" in answer.content.decode()
    assert "Shared by all" not in page(client, "/agent/nav/") and "nav-pending" not in page(client, "/agent/nav/")
    assert "Shared by all" in page(browser(alan), "/agent/nav/")
    client.post(f"/agent/views/{view.slug}/visibility/", {"shown": "1"})
    assert "Shared by all" in page(client, "/agent/nav/")
    assert client.post("/agent/views/v99999/visibility/", {"shown": "0"}).status_code == 404


def test_an_inactive_view_leaves_the_shelves_and_can_come_back(grace: User, margaret: User) -> None:
    view = create_view(margaret, "On and off", mine=False)
    client = browser(margaret)
    client.post(f"/agent/views/{view.pk}/activity/", {"active": "0"})
    assert "On and off" not in page(browser(grace), "/agent/nav/")
    assert "Not active" in page(client, "/agent/views/")
    client.post(f"/agent/views/{view.pk}/activity/", {"active": "1"})
    assert "On and off" in page(browser(grace), "/agent/nav/")


def test_a_long_shelf_is_folded_but_never_over_the_list_in_view(grace: User) -> None:
    views = [SavedView.objects.create(title=f"View {number}", conditions={}) for number in range(14)]
    client = browser(grace)
    folded = page(client, "/agent/nav/")
    assert "6 more views" in folded and "data-fold>" in folded
    assert "data-fold open>" in page(client, f"/agent/nav/?active={views[-1].slug}")
    client.cookies["folds"] = "views-0"
    assert "data-fold open>" in page(client, "/agent/nav/")
    SavedView.objects.filter(pk__in=[view.pk for view in views[10:]]).delete()
    assert "data-fold" not in page(client, "/agent/nav/"), "two more are not worth a fold"


def test_a_deleted_view_is_gone_and_its_tickets_are_not(grace: User, tickets: list[Ticket]) -> None:
    view = create_view(grace, "Short-lived", conditions=HIGH)
    client = browser(grace)
    assert client.post(f"/agent/views/{view.pk}/deletion/").status_code == 302
    assert client.get("/agent/", {"view": view.slug}).status_code == 404
    assert client.get(f"/agent/tickets/{tickets[0].pk}/", {"view": view.slug}).status_code == 200
    assert Ticket.objects.count() == 2


def test_a_full_shelf_says_so(grace: User) -> None:
    SavedView.objects.bulk_create(SavedView(title=str(n), owner=grace, position=n) for n in range(MOST_VIEWS))
    answer = browser(grace).post("/agent/views/new/", form())
    assert answer.status_code == 422
    assert f"There are {MOST_VIEWS} views here already" in answer.content.decode()


def test_the_preview_counts_and_shows_the_first(graces_browser: Client, tickets: list[Ticket]) -> None:
    answer = graces_browser.post("/agent/views/preview/", form())
    assert "<b>1</b>" in answer.content.decode() and "Gears" in answer.content.decode()
    wrong = graces_browser.post("/agent/views/preview/", form(conditions={"all": [{"field": "fax"}]}))
    assert wrong.status_code == 422
    assert "There is no field “fax”" in wrong.content.decode()
    assert graces_browser.post("/agent/views/preview/", {"conditions": "{"}).status_code == 422


def test_a_filtered_list_can_be_saved(graces_browser: Client, tickets: list[Ticket]) -> None:
    listed = page(graces_browser, "/agent/", view="open", filter=json.dumps(HIGH))
    assert "Priority is High" in listed and "/agent/views/new/?view=open" in listed
    editor = page(graces_browser, "/agent/views/new/", view="open", filter=json.dumps(HIGH), sort="-priority")
    assert "&quot;priority&quot;" in editor and "&quot;new&quot;" in editor
    assert '<option value="priority" selected>' in editor


def test_an_empty_filter_result_offers_a_wider_search(graces_browser: Client, tickets: list[Ticket]) -> None:
    low = json.dumps({"all": [{"field": "priority", "operator": "is", "value": "low"}]})
    shown = page(graces_browser, "/agent/", view="open", filter=low)
    assert "No ticket matches this filter" in shown and "Look in all tickets" in shown
    wrong = graces_browser.get("/agent/", {"view": "open", "filter": "{"})
    assert (wrong.status_code, "This filter can’t be used" in wrong.content.decode()) == (422, True)


def test_a_table_has_the_columns_of_its_view_and_groups_with_counts(
    grace: User, graces_browser: Client, tickets: list[Ticket]
) -> None:
    assign(tickets[0], grace, actor=Actor.agent(grace))
    view = create_view(
        grace, "All as a table", layout="table", columns=["number", "subject", "assignee"], group_by="assignee"
    )
    shown = page(graces_browser, "/agent/", view=view.slug)
    assert shown.count("<th ") >= 3 and "Grace Hopper" in shown and "No assignee" in shown
    assert f'href="/agent/tickets/{tickets[0].pk}/?view={view.slug}"' in shown
    # Beside a ticket there is room for rows only.
    assert "<table" not in page(graces_browser, "/agent/list/", view=view.slug, plain="1")


def test_names_are_looked_up_for_conditions(graces_browser: Client, ada: Customer) -> None:
    found = graces_browser.get("/agent/conditions/lookup/customer/", {"q": "lovel"}).json()["results"]
    assert found == [{"value": str(ada.pk), "label": "Ada Lovelace"}]
    assert graces_browser.get("/agent/conditions/lookup/customer/", {"q": "\0"}).json() == {"results": []}
    assert graces_browser.get("/agent/conditions/lookup/user/", {"q": "a"}).status_code == 404


def test_a_title_never_becomes_markup(grace: User, graces_browser: Client) -> None:
    view = create_view(grace, "<script>alert(1)</script>", layout="table", description="<b>x</b>")
    for url in ("/agent/views/", f"/agent/views/{view.pk}/", f"/agent/?view={view.slug}", "/agent/nav/"):
        assert "<script>alert(1)" not in page(graces_browser, url)
