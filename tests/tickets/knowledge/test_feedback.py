"""Readers say whether an article helped, are offered articles before they write, and are counted honestly."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from customers.actors import Actor
from customers.identify import identify
from customers.merging import merge
from customers.models import Customer
from helpdesk.accounts.models import User
from knowledge_base.audience import ANYBODY
from knowledge_base.models import (
    Article,
    Comment,
    CommentState,
    HelpCentre,
    Offer,
    Offered,
    Search,
    Translation,
    View,
    Vote,
)
from knowledge_base.offering import counts_as_solved, hits_for, note_opened, note_solved, offer, token_of
from tests.cast import open_for
from tests.kept import forget_kept
from tests.tickets.knowledge.articles import Shelf
from tests.tickets.portal.conftest import SignIn
from tickets.customers.timeline import Subject, page_of
from tickets.knowledge import answers
from tickets.models import ContactRequest, Inbox, Notification, SignInLink, Status, Ticket
from tickets.portal.opening import open_request
from tickets.services import Incoming, opening_ticket, receive_message
from tickets.starter import create_habits


@pytest.fixture(autouse=True)
def nobody_tried_before() -> None:
    forget_kept("tries")


@pytest.fixture
def rattle(shelf: Shelf, grace: User) -> Translation:
    """Grace wrote what to do about a rattling engine."""
    article = shelf.put("The engine rattles", "<p>Oil the cogs of the engine.</p>", by=grace)
    Article.objects.filter(pk=article.article_id).update(owner=grace)
    return article


def vote(client: Client, article: Translation, **data: str) -> Any:
    return client.post(f"/hc/en/articles/{article.article_id}/vote/", data)


def test_a_vote_is_one_of_a_visitor_and_can_be_changed(client: Client, rattle: Translation) -> None:
    assert b"Good to hear" in vote(client, rattle, helpful="1").content
    assert b"What was wrong?" in vote(client, rattle, helpful="0").content
    row = Vote.objects.get()
    assert (row.is_helpful, row.article_id, row.language) == (False, rattle.article_id, "en")
    vote(Client(), rattle, helpful="1")
    assert Vote.objects.count() == 2


def test_a_customer_is_one_in_every_browser(rattle: Translation, ada: Customer, sign_in: SignIn) -> None:
    vote(sign_in("ada@example.org"), rattle, helpful="0", text="It needs grease.")
    SignInLink.objects.all().delete()  # one link a minute
    vote(sign_in("ada@example.org"), rattle, helpful="1")
    row = Vote.objects.get()
    assert (row.is_helpful, row.text, row.customer_id) == (True, "", ada.pk)


def test_why_not_is_told_to_the_owner_once(client: Client, rattle: Translation, grace: User) -> None:
    vote(client, rattle, helpful="0")
    assert not Notification.objects.exists()  # a bare no says nothing
    response = vote(client, rattle, helpful="0", reason="wrong", text="It needs grease.")
    assert f"/contact/?article={rattle.article_id}".encode() in response.content
    vote(client, rattle, helpful="0", reason="wrong", text="It needs grease, not oil.")
    told = Notification.objects.get()
    assert (told.user, told.article_id) == (grace, rattle.article_id)
    assert "It needs grease." in told.detail
    assert Vote.objects.get().text == "It needs grease, not oil."


def test_what_readers_say_is_dealt_with_by_somebody(rattle: Translation, grace: User) -> None:
    vote(Client(), rattle, helpful="0", text="It needs grease.")
    staff = Client()
    staff.force_login(grace)
    assert b"It needs grease." in staff.get("/knowledge/feedback/?whose=mine").content
    staff.post(f"/knowledge/feedback/{Vote.objects.get().pk}/seen/")
    assert b"It needs grease." not in staff.get("/knowledge/feedback/").content
    assert Vote.objects.get().seen_by == grace


def test_colleagues_and_articles_that_nobody_may_read_are_not_counted(
    client: Client,
    rattle: Translation,
    shelf: Shelf,
    grace: User,
) -> None:
    internal = shelf.put("For us", by=grace, section=shelf.internal)
    assert vote(client, internal, helpful="1").status_code == 404
    assert vote(client, rattle, helpful="perhaps").status_code == 400
    client.force_login(grace)
    vote(client, rattle, helpful="1")
    assert not Vote.objects.exists()


def test_a_comment_waits_for_one_of_us(
    rattle: Translation,
    grace: User,
    linus: User,
    ada: Customer,
    sign_in: SignIn,
) -> None:
    HelpCentre.objects.update(has_comments=True)
    path, reader = f"/hc/en/articles/{rattle.article_id}/comments/", sign_in("ada@example.org")
    assert Client().post(path, {"text": "Me too"}).status_code == 403
    assert reader.post(path, {"text": "  "}).status_code == 422
    assert reader.post(path, {"text": "Which oil?"}).status_code == 200
    assert reader.post(path, {"text": "Which oil?"}).status_code == 422  # sent twice
    row = Comment.objects.get()
    assert (row.state, row.author_name, row.customer_id) == (CommentState.WAITING, "Ada Lovelace", ada.pk)
    page = f"/hc/en/articles/{rattle.article_id}-{rattle.slug}/"
    assert b"Which oil?" not in Client().get(page).content
    staff = Client()
    staff.force_login(grace)  # its owner
    assert b"Which oil?" in staff.get("/knowledge/comments/").content
    staff.post(f"/knowledge/comments/{row.pk}/decision/", {"state": "shown"})
    assert b"Which oil?" in Client().get(page).content  # kept pages are drawn again
    HelpCentre.objects.update(has_comments=False)
    assert reader.post(path, {"text": "And more"}).status_code == 403


def suggest(client: Client, words: str, **more: str) -> Any:
    return client.get("/contact/suggestions/", {"q": words, "language": "en", **more})


def test_articles_are_offered_while_a_subject_is_typed_and_are_one_offer(client: Client, rattle: Translation) -> None:
    assert suggest(client, "my").content == b""
    assert suggest(client, "Where is the moon").content == b""
    first = suggest(client, "engine rattles")
    row = Offer.objects.get()
    assert b"The engine rattles" in first.content
    assert token_of(row).encode() in first.content
    suggest(client, "engine rattles all day", offer=token_of(row))
    row.refresh_from_db()
    assert (row.words, row.article_ids, Offer.objects.count()) == ("engine rattles all day", [rattle.article_id], 1)
    suggest(Client(), "engine rattles", offer=token_of(row))  # somebody else has one of their own
    assert Offer.objects.count() == 2


def test_internal_articles_are_offered_to_nobody_outside(client: Client, shelf: Shelf, grace: User) -> None:
    shelf.put("Engine secrets rattle", by=grace, section=shelf.internal)
    assert suggest(client, "Engine secrets rattle").content == b""


def test_opening_and_saying_that_it_solved_it_are_counted(client: Client, rattle: Translation) -> None:
    suggest(client, "engine rattles", **{"in": "widget"})
    row = Offer.objects.get()
    response = client.get(f"/contact/offers/{token_of(row)}/articles/{rattle.article_id}/")
    assert response["Location"] == f"/hc/en/articles/{rattle.article_id}-{rattle.slug}/"
    assert client.get(f"/contact/offers/{token_of(row)}/articles/999/").status_code == 404
    assert client.get(f"/contact/offers/{row.pk}.aaaaaaaaaaaaaaaa/solved/").status_code == 404
    client.get(f"/contact/offers/{token_of(row)}/solved/")  # looking is not saying
    row.refresh_from_db()
    assert (row.offered_in, row.opened_id, row.solved_at) == (Offered.WIDGET, rattle.article_id, None)
    client.post(f"/contact/offers/{token_of(row)}/solved/")
    row.refresh_from_db()
    assert row.solved_at is not None


def _offer(article: Translation, *, hours: int, **more: Any) -> Offer:
    at = timezone.now() - timedelta(hours=hours)
    centre = HelpCentre.objects.get()
    return Offer.objects.create(
        centre=centre,
        language="en",
        offered_in=Offered.FORM,
        words="x",
        article_ids=[article.article_id],
        at=at,
        **more,
    )


def test_only_what_spared_a_ticket_counts_as_solved(rattle: Translation) -> None:
    now = timezone.now()
    opened = {"opened_id": rattle.article_id}
    yes = [
        _offer(rattle, hours=80, opened_at=now - timedelta(hours=80), **opened),
        _offer(rattle, hours=1, opened_at=now, solved_at=now, **opened),
    ]
    _offer(rattle, hours=80)  # not looked at
    _offer(rattle, hours=10, opened_at=now - timedelta(hours=10), **opened)  # too early to tell
    _offer(rattle, hours=80, opened_at=now - timedelta(hours=80), ticket=7, **opened)  # wrote all the same
    _offer(rattle, hours=1, opened_at=now, solved_at=now, ticket=7, **opened)  # said so, and wrote all the same
    assert set(Offer.objects.filter(counts_as_solved(now))) == set(yes)


def test_who_writes_within_three_days_is_found_out(client: Client, rattle: Translation, support: Inbox) -> None:
    now, visitor = timezone.now(), "a" * 32
    known: dict[str, Any] = {"article_id": rattle.article_id, "language": "en"}
    View.objects.create(**known, visitor=visitor, at=now - timedelta(hours=71))
    View.objects.create(**known, visitor=visitor, at=now - timedelta(hours=73))
    View.objects.create(**known, visitor="b" * 32, at=now)
    row = _offer(rattle, hours=1, visitor=visitor)
    Vote.objects.create(**known, is_helpful=False, visitor=visitor, at=now)
    Search.objects.create(centre=row.centre, language="en", words="x", folded="x", results=1, visitor=visitor)
    request = ContactRequest.objects.create(
        submit_key="9f6e3b1c-90a5-4c0e-8b3a-2f2f4f6f8f10", email="ada@example.org", subject="It rattles", text="Help",
        language="en", visitor=visitor, expires_at=now + timedelta(days=1), article_id=rattle.article_id,
    )  # fmt: skip
    ticket = open_request(request)
    assert list(View.objects.order_by("pk").values_list("ticket", flat=True)) == [ticket.pk, None, None]
    for model in (Offer, Vote, Search):
        assert model._default_manager.get().ticket == ticket.pk
    assert ticket.messages.get().match_evidence["article"] == "The engine rattles"


def test_a_signed_in_customer_who_mails_is_found_out_in_each_browser(
    rattle: Translation, ada: Customer, support: Inbox
) -> None:
    known: dict[str, Any] = {"article_id": rattle.article_id, "language": "en", "visitor": "c" * 32}
    mine = View.objects.create(**known, customer_id=ada.pk)
    before_sign_in = View.objects.create(**known)
    others = View.objects.create(**known, customer_id=ada.pk + 1)
    ticket = open_for(ada, support, "It rattles")
    found = dict(View.objects.values_list("pk", "ticket"))
    assert found == {mine.pk: ticket.pk, before_sign_in.pk: ticket.pk, others.pk: None}


def test_an_answer_of_an_agent_is_no_new_ticket(rattle: Translation, adas_ticket: Ticket, ada: Customer) -> None:
    View.objects.create(article_id=rattle.article_id, language="en", customer_id=ada.pk)
    adas_ticket.refresh_from_db()
    actor = Actor.of_customer(ada)
    receive_message(adas_ticket, Incoming(text="And?"), customer=ada, channel="email", actor=actor)
    assert View.objects.get().ticket is None


def written(customer: Customer, inbox: Inbox) -> Ticket:
    """A mail that opens a ticket, in one gesture: triggers see both."""
    actor = Actor.of_customer(customer)
    with opening_ticket(customer, "The engine rattles", inbox=inbox, channel="email", actor=actor) as ticket:
        incoming = Incoming(text="It rattles.", from_address="ada@example.org")
        receive_message(ticket, incoming, customer=customer, channel="email", actor=actor)
    return Ticket.objects.get(pk=ticket.pk)


def test_the_acknowledgement_offers_articles_and_its_link_solves_the_ticket(
    client: Client, rattle: Translation, ada: Customer, support: Inbox, radia: User
) -> None:
    create_habits(radia)
    ticket = written(ada, support)
    sent = ticket.messages.get(is_automatic=True)
    path = f"/contact/answers/{answers.token_of(ticket)}/"
    assert "The engine rattles\n" in sent.text
    assert f"{path}articles/{rattle.article_id}/" in sent.text
    row = Offer.objects.get()
    assert (row.offered_in, row.ticket, row.article_ids) == (Offered.ACKNOWLEDGEMENT, ticket.pk, [rattle.article_id])
    assert client.get(f"{path}articles/{rattle.article_id}/").status_code == 302
    assert client.get(f"{path}solved/").status_code == 200  # scanners look at everything
    ticket.refresh_from_db()
    assert ticket.status == Status.NEW
    assert not Offer.objects.filter(counts_as_solved(timezone.now() + timedelta(days=9))).exists()

    client.post(f"{path}solved/", {"article": str(rattle.article_id)})
    ticket.refresh_from_db()
    assert ticket.status == Status.SOLVED
    helped = ticket.events.get(kind="article.helped")
    assert (helped.payload, helped.actor_customer) == (
        {"article_id": rattle.article_id, "title": "The engine rattles"}, ada,
    )  # fmt: skip
    assert Offer.objects.filter(counts_as_solved(timezone.now())).count() == 1
    client.post(f"{path}solved/")  # once more changes nothing
    assert ticket.events.filter(kind="article.helped").count() == 1
    assert client.post("/contact/answers/1.aaaaaaaaaaaaaaaa/solved/").status_code == 404


def test_without_articles_the_acknowledgement_says_nothing_of_them(ada: Customer, support: Inbox, radia: User) -> None:
    create_habits(radia)
    ticket = written(ada, support)
    assert "/contact/answers/" not in ticket.messages.get(is_automatic=True).text
    assert not Offer.objects.exists()


def test_the_timeline_tells_what_a_signed_in_customer_read(rattle: Translation, ada: Customer, grace: User) -> None:
    known: dict[str, Any] = {"article_id": rattle.article_id, "language": "en", "customer_id": ada.pk}
    View.objects.create(**known)
    Vote.objects.create(**known, is_helpful=False, text="No oil.", visitor="d" * 32)
    Search.objects.create(
        centre=HelpCentre.objects.get(), language="en", words="oil", folded="oil", results=0, customer_id=ada.pk
    )
    lines = {str(entry.told.line) for entry in page_of(Subject.of(ada), grace).entries}
    assert {
        "Read “The engine rattles”", "“The engine rattles” did not help", "Searched for “oil” and found nothing",
    } <= lines  # fmt: skip


def test_a_merge_takes_the_reading_along(rattle: Translation, ada: Customer, grace: User) -> None:
    twin = identify("email", "ada@work.example", name="Ada L").customer
    View.objects.create(article_id=rattle.article_id, language="en", customer_id=twin.pk)
    merge(ada, twin, actor=Actor.agent(grace), confirmed=True)
    assert View.objects.get().customer_id == ada.pk


def test_a_withdrawn_request_and_its_offer(rattle: Translation) -> None:
    centre = HelpCentre.objects.get()
    hits = hits_for("engine rattles", reader=ANYBODY, centre=centre, language="en")
    row = offer(hits, "engine rattles", centre=centre, language="en", now=timezone.now())
    assert row is not None
    assert not note_opened(row, 999, now=timezone.now())
    note_solved(row, now=timezone.now(), article_id=rattle.article_id)
    assert Offer.objects.filter(counts_as_solved(timezone.now())).count() == 1
