"""What hand-written statements read is what querysets would have read."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from customers.actors import Actor
from customers.models import Customer
from helpdesk.accounts.models import Team, User
from helpdesk.accounts.sessions import SessionStore
from tickets.attachments import File
from tickets.models import SavedView, Status, Ticket
from tickets.one_ticket import visible_ticket
from tickets.opened import around, ticket_with_shelf
from tickets.services import Incoming, add_note, change_status, receive_message, save_draft
from tickets.shelf import shelf
from tickets.surroundings import surroundings
from tickets.timeline import LINES, timeline


def values(instance: object) -> dict[str, object]:
    return {name: value for name, value in vars(instance).items() if not name.startswith("_")}


def test_a_ticket_comes_as_a_queryset_would_bring_it(
    adas_ticket: Ticket, grace: User, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    Ticket.objects.filter(pk=adas_ticket.pk).update(assignee=grace, team=grace.teams.get(), tags=["vip", "a,b"])
    expected = Ticket.objects.with_people().select_related("requester__organisation").get(pk=adas_ticket.pk)
    grace.hidden_team_ids  # noqa: B018  read beforehand, as pages do
    with django_assert_num_queries(1):  # type: ignore[operator]
        found = visible_ticket(grace, adas_ticket.pk)
        assert found is not None
        for one, other in (
            (found, expected),
            (found.requester, expected.requester),
            (found.assignee, expected.assignee),
            (found.team, expected.team),
            (found.inbox, expected.inbox),
        ):
            assert values(one) == values(other)
        assert found.requester.organisation == expected.requester.organisation
    found.subject = "Changed"
    found.save()
    assert Ticket.objects.get(pk=found.pk).subject == "Changed"


def test_nobody_sees_more_than_the_queryset_lets_through(adas_ticket: Ticket, grace: User) -> None:
    private = Team.objects.create(name="Board", is_private=True)
    Ticket.objects.filter(pk=adas_ticket.pk).update(team=private)
    for is_active in (True, False):
        for is_member in (False, True):
            grace.teams.set([private] if is_member else [])
            reader = User.objects.get(pk=grace.pk)
            reader.is_active = is_active
            expected = Ticket.objects.visible_to(reader).filter(pk=adas_ticket.pk).exists()
            for found in (visible_ticket(reader, adas_ticket.pk), ticket_with_shelf(reader, adas_ticket.pk)):
                assert (found is not None) == expected
    assert visible_ticket(grace, 999_999_999) is None and ticket_with_shelf(grace, 999_999_999) is None


def test_a_ticket_comes_with_its_readers_shelf(
    adas_ticket: Ticket, grace: User, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    SavedView.objects.create(title="Mine", owner=grace)
    save_draft(adas_ticket, "reply", "<p>Half a reply</p>", user=grace, version=0)
    reader = User.objects.get(pk=grace.pk)
    reader.hidden_team_ids  # noqa: B018  read beforehand, as pages do
    with django_assert_num_queries(1):  # type: ignore[operator]
        found = ticket_with_shelf(reader, adas_ticket.pk)
        on_shelf = shelf(reader)
    expected = visible_ticket(grace, adas_ticket.pk)
    assert found is not None and expected is not None and values(found) == values(expected)
    assert on_shelf == shelf(grace) and on_shelf.drafts == 1 and [view.title for view in on_shelf.mine] == ["Mine"]


def test_a_locked_ticket_comes_as_a_queryset_would_bring_it(
    adas_ticket: Ticket, grace: User, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    for people in ({"assignee": None, "team": None}, {"assignee": grace, "team": grace.teams.get()}):
        Ticket.objects.filter(pk=adas_ticket.pk).update(**people)
        expected = Ticket.objects.with_people().get(pk=adas_ticket.pk)
        with django_assert_num_queries(1):  # type: ignore[operator]
            found = Ticket.objects.lock(adas_ticket.pk)
            assert values(found) == values(expected)
            for name in ("requester", "inbox", "assignee", "team"):
                one, other = getattr(found, name), getattr(expected, name)
                assert one == other and (one is None or values(one) == values(other))
    with pytest.raises(Ticket.DoesNotExist):
        Ticket.objects.lock(999_999_999)


def test_a_reader_by_id_is_the_reader(grace: User) -> None:
    grace.preferences = {"density": "cozy"}
    grace.save()
    assert values(User.objects.get(pk=grace.pk)) == values(User.objects.filter(pk=grace.pk).get())
    assert User.objects.get(pk=str(grace.pk)) == grace
    with pytest.raises(User.DoesNotExist):
        User.objects.get(pk=0)


def test_a_teams_own_manager_knows_its_members_only(grace: User) -> None:
    with pytest.raises(User.DoesNotExist):
        Team.objects.create(name="Board").members.get(pk=grace.pk)


def test_a_conversation_comes_as_querysets_would_bring_it(
    adas_ticket: Ticket, ada: Customer, grace: User, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    said = Incoming(
        text='It says "5 < 6", twice.\n', from_address="ada@example.org", files=[File("plan.txt", "text/plain", b"x")]
    )
    receive_message(adas_ticket, said, customer=ada, channel="email", actor=Actor.of_customer(ada))
    add_note(adas_ticket, "<p>Look into it</p>", actor=Actor.agent(grace))
    change_status(adas_ticket, Status.PENDING, actor=Actor.agent(grace))
    grace.hidden_team_ids  # noqa: B018  read beforehand, as pages do
    with django_assert_num_queries(1):  # type: ignore[operator]
        talk, beside = around(adas_ticket, grace)
    messages = [entry.message for entry in talk.entries if entry.message]
    expected = list(adas_ticket.messages.order_by("pk"))
    assert len(messages) == 3
    for found, one in zip(messages, expected, strict=True):
        known = values(found)
        assert known.pop("author_title") in ("Ada Lovelace", str(grace))
        assert bool(known.pop("file_rows")) == one.attachments.exists() and known.pop("author_key")
        assert known == values(one)
    events = [entry.event for entry in talk.entries if entry.event]
    assert [values(event) for event in events] == [
        values(event) for event in adas_ticket.events.filter(kind__in=LINES).order_by("pk")
    ]
    assert beside == surroundings(adas_ticket, grace) and talk == timeline(adas_ticket)


def test_a_session_ends_when_it_expires_or_is_deleted(client: Client, grace: User) -> None:
    client.force_login(grace)
    assert client.get("/agent/profile/").status_code == 200
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert client.get("/agent/profile/").status_code == 302
    client.force_login(grace)
    Session.objects.all().delete()
    assert client.get("/agent/profile/").status_code == 302


def test_a_reader_comes_with_the_session(
    client: Client, grace: User, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    client.force_login(grace)
    client.get("/agent/profile/")
    session = SessionStore(client.session.session_key)
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert session[SESSION_KEY] == str(grace.pk)
    assert session.reader is not None and values(session.reader) == {
        **values(User.objects.get(pk=grace.pk)),
        "hidden_team_ids": [],
    }


@pytest.mark.parametrize("change", [{"is_active": False}, {"password": "another"}])
def test_who_may_no_longer_sign_in_is_out_at_once(client: Client, grace: User, change: dict[str, object]) -> None:
    client.force_login(grace)
    assert client.get("/agent/profile/").status_code == 200
    User.objects.filter(pk=grace.pk).update(**change)
    assert client.get("/agent/profile/").status_code == 302


def test_a_session_that_becomes_anothers_is_the_others(client: Client, grace: User, alan: User) -> None:
    client.force_login(grace)
    assert client.get("/agent/profile/").context["user"] == grace
    theirs = Session.objects.get()
    client.force_login(alan)
    Session.objects.filter(pk=client.session.session_key).delete()
    Session.objects.filter(pk=theirs.pk).delete()
    Session.objects.create(
        session_key=theirs.pk,
        session_data=SessionStore().encode(client_session(alan)),
        expire_date=theirs.expire_date,
    )
    client.cookies["sessionid"] = theirs.pk
    assert client.get("/agent/profile/").context["user"] == alan


def client_session(user: User) -> dict[str, str]:
    backend = "django.contrib.auth.backends.ModelBackend"
    return {
        SESSION_KEY: str(user.pk),
        BACKEND_SESSION_KEY: backend,
        HASH_SESSION_KEY: user.get_session_auth_hash(),
    }


def test_private_teams_are_known_with_the_reader(client: Client, grace: User, alan: User, adas_ticket: Ticket) -> None:
    client.force_login(grace)
    page = f"/agent/tickets/{adas_ticket.pk}/thread/"
    assert client.get(page).status_code == 200
    board = Team.objects.create(name="Board", is_private=True)
    Ticket.objects.filter(pk=adas_ticket.pk).update(team=board)
    assert client.get(page).status_code == 404
    board.members.add(grace)
    assert client.get(page).status_code == 200
