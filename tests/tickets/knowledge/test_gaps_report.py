"""The gap report: five kinds of what is missing or wrong, each line with its tickets, and what was decided of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from customers.actors import Actor
from customers.models import Customer
from helpdesk.accounts.models import Team, User
from knowledge_base.models import Article, Search, SearchedFrom, Translation, View
from knowledge_base.publishing import archive
from tests.cast import open_for
from tests.tickets.knowledge.articles import Shelf
from tickets.automation.macro_upkeep import create_macro, read_actions
from tickets.knowledge.flags import flag_article
from tickets.knowledge.gap_decisions import ASK_AGAIN, mend_it, names_of, not_needed, withdraw, write_it
from tickets.knowledge.gaps import Gap, gap_of, report, span_of
from tickets.models import ArticleFlag, GapDecision, GapKind, Inbox, Macro, MacroUse, Ticket
from tickets.services import assign_team

NOW = timezone.now()


def searched(shelf: Shelf, words: str, *, ticket: Ticket | None = None, results: int = 0, **more: Any) -> Search:
    known = {"folded": words.lower(), "language": "en", "at": NOW - timedelta(days=2), "visitor": words}
    return Search.objects.create(
        centre=shelf.centre, words=words, results=results, ticket=ticket.pk if ticket else None, **{**known, **more}
    )


def read(article: Article, *, ticket: Ticket | None = None, at: datetime | None = None, visitor: str = "v") -> None:
    View.objects.create(
        article=article, language="en", visitor=visitor, ticket=ticket.pk if ticket else None,
        at=at or NOW - timedelta(days=2),
    )  # fmt: skip


def lines(user: User, kind: GapKind, days: int = 30) -> list[Gap]:
    found = report(user, span_of(days, timezone.now()))
    return [gap for gap in [*found.write, *found.fix] if gap.kind == kind]


@pytest.fixture
def tickets(ada: Customer, support: Inbox) -> list[Ticket]:
    return [open_for(ada, support, f"Question {number}") for number in range(4)]


class TestKinds:
    def test_searches_that_found_nothing(self, shelf: Shelf, grace: User, tickets: list[Ticket]) -> None:
        searched(shelf, "Gift card", visitor="one")
        searched(shelf, "gift card", visitor="two", ticket=tickets[0])
        searched(shelf, "gift card", visitor="", ticket=tickets[1], searched_from=SearchedFrom.AGENT)
        searched(shelf, "gift card", language="de")
        searched(shelf, "gift card", at=NOW - timedelta(days=31))
        first, second = lines(grace, GapKind.NOT_FOUND)
        assert (first.key, first.times, first.tickets) == ("en:gift card", 3, [tickets[1].pk, tickets[0].pk])
        assert (second.key, second.times, second.tickets) == ("de:gift card", 1, [])
        assert len(lines(grace, GapKind.NOT_FOUND, days=90)) == 2
        assert lines(grace, GapKind.NOT_FOUND, days=90)[0].times == 4

    def test_searches_that_found_something_and_a_ticket_all_the_same(
        self, shelf: Shelf, grace: User, tickets: list[Ticket]
    ) -> None:
        searched(shelf, "refund", results=4, ticket=tickets[0])
        searched(shelf, "refund", results=4)
        searched(shelf, "refund", results=4, ticket=tickets[1], searched_from=SearchedFrom.AGENT)
        (gap,) = lines(grace, GapKind.THEN_WROTE)
        assert (gap.key, gap.times, gap.tickets) == ("en:refund", 1, [tickets[0].pk])
        assert not lines(grace, GapKind.NOT_FOUND)

    def test_articles_read_right_before_a_ticket(self, shelf: Shelf, grace: User, tickets: list[Ticket]) -> None:
        helpful, useless = shelf.put("Helpful").article, shelf.put("Useless").article
        read(helpful)
        read(useless, ticket=tickets[0])
        read(useless, ticket=tickets[1], visitor="w")
        read(useless, visitor="x")
        (gap,) = lines(grace, GapKind.READ_THEN_WROTE)
        assert (gap.title, gap.times, gap.people) == ("Useless", 3, 3)
        assert gap.tickets == [tickets[1].pk, tickets[0].pk]
        archive(useless, by=None)
        assert not lines(grace, GapKind.READ_THEN_WROTE)

    def test_macros_used_often_that_no_article_says(self, shelf: Shelf, grace: User, tickets: list[Ticket]) -> None:
        said = [{"field": "comment_value_html", "value": f"<p>{'Descale it with vinegar and water. ' * 3}</p>"}]
        macro = create_macro(grace, "Descaling", actions=read_actions(said))
        silent = create_macro(grace, "Solve it", actions=read_actions([{"field": "status", "value": "solved"}]))
        for used in (macro, silent):
            for number in range(5):
                MacroUse.objects.create(macro=used, user=grace, ticket=tickets[number % 4])
        (gap,) = lines(grace, GapKind.MACRO)
        assert (gap.macro, gap.times, gap.people) == (macro, 4, 1)
        shelf.put("How to start descaling")
        assert not lines(grace, GapKind.MACRO)

    def test_a_macro_that_links_an_article_is_written(self, shelf: Shelf, grace: User, tickets: list[Ticket]) -> None:
        number = shelf.put("Lime").article_id
        link = f'<a href="http://localhost:8000/hc/en/articles/{number}-lime/">Lime</a>'
        said = [{"field": "comment_value_html", "value": f"<p>{'Descale it with vinegar and water. ' * 3}{link}</p>"}]
        macro = create_macro(grace, "Descaling", actions=read_actions(said))
        for _each in range(6):
            MacroUse.objects.create(macro=macro, user=grace, ticket=tickets[0])
        assert not lines(grace, GapKind.MACRO)

    def test_anothers_own_macro_is_theirs(self, shelf: Shelf, grace: User, alan: User, tickets: list[Ticket]) -> None:
        said = [{"field": "comment_value_html", "value": f"<p>{'Descale it with vinegar and water. ' * 3}</p>"}]
        macro = create_macro(grace, "Descaling", actions=read_actions(said))
        for _each in range(6):
            MacroUse.objects.create(macro=macro, user=grace, ticket=tickets[0])
        assert lines(grace, GapKind.MACRO)
        Macro.objects.filter(pk=macro.pk).update(owner=grace)
        assert lines(grace, GapKind.MACRO) and not lines(alan, GapKind.MACRO)
        decision = not_needed(GapKind.MACRO, str(macro.pk), by=grace, is_for_good=True)
        assert names_of([decision], grace) == {decision.pk: "Descaling"}
        assert names_of([decision], alan) == {decision.pk: "–"}, "what was decided does not tell its name either"

    def test_old_articles_whose_tickets_rise(self, shelf: Shelf, grace: User, tickets: list[Ticket]) -> None:
        old, fresh = shelf.put("Old"), shelf.put("Fresh")
        Translation.objects.filter(pk=old.pk).update(edited_at=NOW - timedelta(days=200))
        for translation in (old, fresh):
            read(translation.article, ticket=tickets[0], at=NOW - timedelta(days=40))
            for ticket in tickets[1:]:
                read(translation.article, ticket=ticket)
        (gap,) = lines(grace, GapKind.STALE)
        assert (gap.title, len(gap.tickets), gap.before) == ("Old", 3, 1)
        Article.objects.filter(pk=fresh.article_id).update(review_by=(NOW - timedelta(days=3)).date())
        assert {gap.title for gap in lines(grace, GapKind.STALE)} == {"Old", "Fresh"}

    def test_tickets_that_stay_as_many_as_they_were_are_no_news(
        self, shelf: Shelf, grace: User, tickets: list[Ticket]
    ) -> None:
        old = shelf.put("Old")
        Translation.objects.filter(pk=old.pk).update(edited_at=NOW - timedelta(days=200))
        for days in (2, 40):
            for ticket in tickets:
                read(old.article, ticket=ticket, at=NOW - timedelta(days=days))
        assert not lines(grace, GapKind.STALE)


def test_the_heaviest_comes_first(shelf: Shelf, grace: User, tickets: list[Ticket]) -> None:
    for number in range(5):
        searched(shelf, "light", visitor=f"v{number}")
    searched(shelf, "heavy", ticket=tickets[0])
    searched(shelf, "heavy", ticket=tickets[1])
    assert [gap.title for gap in report(grace, span_of(30, timezone.now())).write] == ["heavy", "light"]


def test_readers_whom_an_article_helped_do_not_make_it_worse(shelf: Shelf, grace: User, tickets: list[Ticket]) -> None:
    popular, rare = shelf.put("Popular").article, shelf.put("Rare").article
    for number in range(20):
        read(popular, visitor=f"v{number}")
    read(popular, ticket=tickets[0])
    for ticket in tickets[:2]:
        read(rare, ticket=ticket)
    assert [gap.title for gap in report(grace, span_of(30, timezone.now())).fix] == ["Rare", "Popular"]


def test_tickets_of_private_teams_are_told_of_by_nothing(
    shelf: Shelf, grace: User, margaret: User, tickets: list[Ticket]
) -> None:
    assign_team(tickets[0], Team.objects.create(name="Legal", is_private=True), actor=Actor.agent(margaret))
    searched(shelf, "secret", ticket=tickets[0])
    assert lines(grace, GapKind.NOT_FOUND)[0].tickets == []
    assert lines(margaret, GapKind.NOT_FOUND)[0].tickets == [tickets[0].pk]


def test_nor_are_they_counted(shelf: Shelf, grace: User, margaret: User, tickets: list[Ticket]) -> None:
    legal = Team.objects.create(name="Legal", is_private=True)
    for ticket in tickets:
        assign_team(ticket, legal, actor=Actor.agent(margaret))
    old = shelf.put("Old")
    Translation.objects.filter(pk=old.pk).update(edited_at=NOW - timedelta(days=200))
    said = [{"field": "comment_value_html", "value": f"<p>{'Descale it with vinegar and water. ' * 3}</p>"}]
    macro = create_macro(grace, "Descaling", actions=read_actions(said))
    for number, ticket in enumerate([*tickets, tickets[0]]):
        searched(shelf, "refund", results=4, ticket=ticket, visitor=str(number))
        read(old.article, ticket=ticket)
        MacroUse.objects.create(macro=macro, user=grace, ticket=ticket)
    kinds = (GapKind.THEN_WROTE, GapKind.READ_THEN_WROTE, GapKind.STALE, GapKind.MACRO)
    assert all(lines(margaret, kind) for kind in kinds)
    assert not any(lines(grace, kind) for kind in kinds)
    assign_team(tickets[0], None, actor=Actor.agent(margaret))
    (asked,) = lines(grace, GapKind.THEN_WROTE)
    assert (asked.times, asked.tickets) == (2, [tickets[0].pk])


class TestDecisions:
    def line(self, shelf: Shelf, user: User, words: str = "gift card") -> Gap:
        searched(shelf, words)
        found = gap_of(user, GapKind.NOT_FOUND, f"en:{words}", span_of(30, timezone.now()))
        assert found
        return found

    def test_write_it_begins_a_draft_and_is_done(self, shelf: Shelf, grace: User) -> None:
        gap = self.line(shelf, grace)
        begun = write_it(gap, shelf.public, "en", title="Paying by gift card", by=grace)
        assert (begun.title, begun.article.owner, begun.published) == ("Paying by gift card", grace, None)
        decision = GapDecision.objects.get()
        assert (decision.article, decision.decided_by, decision.until) == (begun.article, grace, None)
        assert not lines(grace, GapKind.NOT_FOUND)
        withdraw(decision)
        assert lines(grace, GapKind.NOT_FOUND)

    def test_a_macro_becomes_an_article_without_its_placeholders(
        self, shelf: Shelf, grace: User, adas_ticket: Ticket
    ) -> None:
        words = "<p>Hello {{ticket.requester.first_name}}, descale it with vinegar and water, twice a year.</p>"
        said = [{"field": "comment_value_html", "value": words}]
        macro = create_macro(grace, "Descaling", actions=read_actions(said))
        gap = Gap(GapKind.MACRO, str(macro.pk), macro.title, 5, 1, macro=macro)
        begun = write_it(gap, shelf.public, "en", title=gap.title, by=grace)
        assert begun.body == "<p>Hello …, descale it with vinegar and water, twice a year.</p>"

    def test_what_was_mended_is_asked_again(self, shelf: Shelf, grace: User, adas_ticket: Ticket) -> None:
        article = shelf.put("Useless").article
        read(article, ticket=adas_ticket)
        gap = gap_of(grace, GapKind.READ_THEN_WROTE, str(article.pk), span_of(30, timezone.now()))
        assert gap and mend_it(gap, by=grace) == article
        assert not lines(grace, GapKind.READ_THEN_WROTE)
        later = timezone.now() + ASK_AGAIN + timedelta(days=1)
        assert [each.title for each in report(grace, span_of(365, later)).fix] == ["Useless"]

    def test_not_needed_for_good_or_for_now(self, shelf: Shelf, grace: User) -> None:
        gap = self.line(shelf, grace)
        assert not_needed(gap.kind, gap.key, by=grace, is_for_good=False).until
        assert not_needed(gap.kind, gap.key, by=grace, is_for_good=True).until is None
        assert GapDecision.objects.count() == 1 and not lines(grace, GapKind.NOT_FOUND)


class TestThePages:
    def test_it_shows_what_to_write_and_what_to_fix(
        self, client: Client, grace: User, alan: User, shelf: Shelf, adas_ticket: Ticket
    ) -> None:
        article = shelf.put("Useless", by=alan).article
        read(article, ticket=adas_ticket)
        searched(shelf, "gift card", ticket=adas_ticket)
        flag_article(article, "It is all wrong.", language="en", by=grace, ticket=adas_ticket)
        not_needed(GapKind.THEN_WROTE, "en:refund", by=grace, is_for_good=True)
        client.force_login(grace)
        page = client.get("/knowledge/gaps/").content.decode()
        for words in ("gift card", "Useless", "It is all wrong.", f"#{adas_ticket.pk}", "refund", "Ask again"):
            assert words in page

    def test_a_line_with_its_tickets_becomes_an_article(
        self, client: Client, grace: User, shelf: Shelf, adas_ticket: Ticket
    ) -> None:
        searched(shelf, "gift card", ticket=adas_ticket)
        client.force_login(grace)
        page = client.get("/knowledge/gaps/not_found/?key=en:gift%20card").content.decode()
        assert "The engine rattles" in page and "Write it" in page
        data = {"key": "en:gift card", "section": shelf.public.pk, "language": "en", "title": "Gift cards"}
        assert client.post("/knowledge/gaps/not_found/article/", data | {"section": ""}).status_code == 422
        assert client.post("/knowledge/gaps/not_found/article/", data | {"title": " "}).status_code == 422
        assert client.post("/knowledge/gaps/not_found/article/", data | {"language": "fr"}).status_code == 422
        assert not Article.objects.exists()
        answer = client.post("/knowledge/gaps/not_found/article/", data)
        assert answer["Location"] == f"/knowledge/articles/{Article.objects.get().pk}/en/"

    def test_a_dismissal_is_taken_back(self, client: Client, grace: User, shelf: Shelf) -> None:
        searched(shelf, "gift card")
        client.force_login(grace)
        client.post("/knowledge/gaps/not_found/dismissal/", {"key": "en:gift card", "until": "later"})
        decision = GapDecision.objects.get()
        assert decision.until
        client.post(f"/knowledge/gaps/decisions/{decision.pk}/withdrawal/")
        assert not GapDecision.objects.exists()

    def test_a_flag_is_settled(self, client: Client, grace: User, shelf: Shelf, adas_ticket: Ticket) -> None:
        flag = flag_article(shelf.put("Oils").article, "Wrong", language="en", by=grace, ticket=adas_ticket)
        client.force_login(grace)
        assert client.post(f"/knowledge/gaps/flags/{flag.pk}/settlement/").status_code == 302
        assert ArticleFlag.objects.get().done_by == grace

    def test_light_agents_read_it_and_decide_nothing(
        self, client: Client, linus: User, shelf: Shelf, adas_ticket: Ticket
    ) -> None:
        searched(shelf, "gift card")
        client.force_login(linus)
        assert client.get("/knowledge/gaps/").status_code == 200
        assert "Write it" not in client.get("/knowledge/gaps/not_found/?key=en:gift+card").content.decode()
        for place in ("article", "dismissal"):
            assert client.post(f"/knowledge/gaps/not_found/{place}/", {"key": "en:gift card"}).status_code == 403

    @pytest.mark.parametrize(
        "place",
        ["nonsense/?key=1", "macro/?key=x", "macro/", "stale/?key=999", "not_found/?key=en:", "not_found/?key=en:%00",
         "read_then_wrote/?key=-1", f"not_found/?key=en:{'x' * 300}"],
    )  # fmt: skip
    def test_there_is_no_such_line(self, client: Client, grace: User, shelf: Shelf, place: str) -> None:
        client.force_login(grace)
        assert client.get(f"/knowledge/gaps/{place}").status_code == 404
