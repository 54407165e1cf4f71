"""Social care: public posts are sorted, taken to private, and answered with a second pair of eyes."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from channels_app.messaging.claiming import claim
from channels_app.models import Conversation, ProviderAccount
from customers.actors import Actor
from helpdesk.accounts.models import Team, User
from helpdesk.demo.stand_ins.x import X
from tests.channels_app.test_x import told
from tickets.conditions import as_q, matches
from tickets.conditions.facts import facts_of
from tickets.models import (
    DeliveryState,
    Draft,
    Message,
    Notification,
    ProposalState,
    PublicCase,
    ReplyProposal,
    Status,
    Ticket,
    TicketEvent,
    Triage,
)
from tickets.routes import routes_of
from tickets.services import NeedsApproval, Refused, add_reply, approve_proposal, mail_customer, sort_case

pytestmark = pytest.mark.django_db
ANGRY = "@onethread Unacceptable! I demand my money back. Everyone: boycott this shop"


@pytest.fixture
def post(profile: ProviderAccount, x: X) -> Ticket:
    """Ada asks something where everybody can read it."""
    told(profile, x.mention("77", "@onethread does it work below zero?", at=ago(10), key="41"))
    return Ticket.objects.get()


@pytest.fixture
def attack(profile: ProviderAccount, x: X) -> Ticket:
    told(profile, x.mention("77", ANGRY, at=ago(10), key="41"))
    return Ticket.objects.get()


def ago(minutes: int) -> datetime:
    return timezone.now().replace(microsecond=0) - timedelta(minutes=minutes)


def pressing(user: User, path: str, **data: str) -> int:
    client = Client(headers={"HX-Request": "true"})
    client.force_login(user)
    return client.post(path, data).status_code


def bar_of(user: User, ticket: Ticket) -> str:
    client = Client(headers={"HX-Request": "true"})
    client.force_login(user)
    return client.get(f"/agent/tickets/{ticket.pk}/public/").content.decode()


def kinds(ticket: Ticket) -> list[str]:
    events = TicketEvent.objects.filter(ticket=ticket).order_by("pk").values_list("kind", flat=True)
    return [kind for kind in events if kind.startswith(("public_case", "proposal"))]


class TestSorting:
    def test_a_public_post_is_to_be_sorted(self, post: Ticket, grace: User) -> None:
        assert post.public_case.triage == Triage.NEW
        assert kinds(post) == ["public_case.opened"]
        assert "To be sorted" in bar_of(grace, post)

    def test_a_direct_message_is_not(self, profile: ProviderAccount, x: X, grace: User) -> None:
        told(profile, x.direct("77", "It rattles", at=ago(1)))
        assert not PublicCase.objects.exists()
        assert bar_of(grace, Ticket.objects.get()) == ""

    def test_support_takes_it(self, post: Ticket, grace: User) -> None:
        assert pressing(grace, f"/agent/tickets/{post.pk}/public/triage/", triage="support") == 200
        post.public_case.refresh_from_db()
        assert (post.public_case.triage, post.public_case.sorted_by) == ("support", grace)

    def test_marketing_gets_it_with_a_note(self, post: Ticket, grace: User, profile: ProviderAccount) -> None:
        press = Team.objects.create(name="Press")
        profile.options["marketing_team"] = str(press.pk)
        profile.save()
        assert pressing(grace, f"/agent/tickets/{post.pk}/public/triage/", triage="marketing", reason="Praise") == 200
        post.refresh_from_db()
        assert post.team == press
        assert post.messages.get(kind="note").text.strip() == "Praise"
        assert pressing(grace, f"/agent/tickets/{post.pk}/public/triage/", triage="new") == 200
        post.refresh_from_db()
        assert post.team == post.inbox.team

    def test_without_a_team_marketing_is_refused(self, post: Ticket, grace: User) -> None:
        assert pressing(grace, f"/agent/tickets/{post.pk}/public/triage/", triage="marketing") == 422
        assert PublicCase.objects.get().triage == Triage.NEW

    def test_ignoring_says_why_and_solves(self, post: Ticket, grace: User) -> None:
        assert pressing(grace, f"/agent/tickets/{post.pk}/public/triage/", triage="ignored") == 422
        assert pressing(grace, f"/agent/tickets/{post.pk}/public/triage/", triage="ignored", reason="Spam") == 200
        post.refresh_from_db()
        assert (post.status, post.public_case.reason) == (Status.SOLVED, "Spam")
        assert not post.messages.exclude(author_role="").exists()  # no survey, no answer
        sort_case(post, Triage.NEW, actor=Actor.agent(grace))
        post.refresh_from_db()
        assert post.status == Status.OPEN
        assert kinds(post)[-2:] == ["public_case.sorted", "public_case.sorted"]

    def test_what_comes_after_it_was_ignored_is_sorted_anew(
        self,
        post: Ticket,
        grace: User,
        profile: ProviderAccount,
        x: X,
    ) -> None:
        sort_case(post, Triage.IGNORED, reason="Spam", actor=Actor.agent(grace))
        told(profile, x.mention("77", "@onethread no, really?", at=ago(1), key="42", talk="41"))
        assert PublicCase.objects.get().triage == Triage.NEW

    def test_lists_and_rules_can_ask(self, post: Ticket) -> None:
        tree = {"all": [{"field": "public_triage", "operator": "is", "value": "new"}]}
        assert list(Ticket.objects.filter(as_q(tree, user=None, now=timezone.now()))) == [post]
        assert matches(tree, facts_of(post), user=None, now=timezone.now())


class TestPrivate:
    def test_both_halves_are_on_one_ticket(
        self,
        post: Ticket,
        grace: User,
        profile: ProviderAccount,
        x: X,
    ) -> None:
        words = "Please write to us: https://x.com/messages/compose?recipient_id=2244994945"
        assert pressing(grace, f"/agent/tickets/{post.pk}/public/private/", words=words) == 200
        answer = post.messages.get(author_user=grace)
        assert answer.facts["is_public"]
        assert "compose?recipient_id=2244994945" in answer.text
        told(profile, x.direct("77", "Here I am", at=ago(1), key="90"))
        assert Ticket.objects.count() == 1
        assert Message.objects.get(text="Here I am").ticket == post
        assert Conversation.objects.get(is_public=False).ticket == post
        assert "public_case.private" in kinds(post)

    def test_the_words_are_the_admins_with_the_link(self, post: Ticket, grace: User, profile: ProviderAccount) -> None:
        profile.options["private_words"] = "DM us: {{link}} – thanks"
        profile.save()
        bar = bar_of(grace, post)
        assert "DM us: https://x.com/messages/compose?recipient_id=2244994945 – thanks" in bar

    def test_a_post_that_is_too_long_ties_nothing(self, post: Ticket, grace: User) -> None:
        assert pressing(grace, f"/agent/tickets/{post.pk}/public/private/", words="long " * 80) == 422
        assert not Conversation.objects.filter(is_public=False).exists()
        assert kinds(post) == ["public_case.opened"]


class TestQuarrels:
    def test_it_is_heard_and_said_why(self, attack: Ticket, grace: User) -> None:
        signs = {sign["kind"] for sign in attack.public_case.signs}
        assert signs >= {"upset", "threat"}
        assert "turns to an audience (“boycott”)" in bar_of(grace, attack)

    def test_many_posts_of_one_person_are_a_sign(self, profile: ProviderAccount, x: X) -> None:
        for number in range(3):
            told(profile, x.mention("77", f"@onethread hello {number}", at=ago(10 - number), key=str(40 + number)))
        newest = PublicCase.objects.order_by("-pk")[0]
        assert newest.signs == [{"kind": "posts", "count": 3}]

    def test_a_lead_says_that_it_is_none_and_an_agent_can_not(
        self, attack: Ticket, grace: User, margaret: User
    ) -> None:
        path = f"/agent/tickets/{attack.pk}/public/quarrel/"
        assert pressing(grace, path, expected="0") == 403
        assert pressing(margaret, path, expected="0") == 200
        assert not PublicCase.objects.get().is_confrontational

    def test_whoever_works_on_it_can_see_one_coming(self, post: Ticket, grace: User) -> None:
        assert pressing(grace, f"/agent/tickets/{post.pk}/public/quarrel/", expected="1") == 200
        assert PublicCase.objects.get().signs == [{"kind": "person", "name": "Grace Hopper"}]

    @pytest.mark.parametrize("is_flagged", [True, False])
    def test_what_was_to_be_sent_later_waits_for_a_second_person(
        self, post: Ticket, grace: User, x: X, is_flagged: bool
    ) -> None:
        later = timezone.now() + timedelta(hours=1)
        route = routes_of(post)[0]
        message = add_reply(post, "<p>Yes!</p>", actor=Actor.agent(grace), route=route, send_at=later)
        if is_flagged:
            pressing(grace, f"/agent/tickets/{post.pk}/public/quarrel/", expected="1")
        taken = claim(message.parts.get().pk, now=later)
        assert (taken is None) is is_flagged
        message.refresh_from_db()
        assert (message.delivery_state == DeliveryState.CANCELLED) is is_flagged
        held = TicketEvent.objects.filter(ticket=post, kind="reply.held_back", payload__reason="quarrel")
        assert held.exists() is is_flagged
        assert Draft.objects.filter(ticket=post, user=grace).exists() is is_flagged


class TestApproval:
    def propose(self, user: User, ticket: Ticket, words: str = "Sorry, we look into it.") -> ReplyProposal:
        route = routes_of(ticket)[0].key
        path = f"/agent/tickets/{ticket.pk}/messages/"
        data = {"mode": "reply", "body": words, "format": "text", "route": route, "last_event": "999999"}
        assert pressing(user, path, **data) == 201
        return ReplyProposal.objects.latest("pk")

    def test_nothing_is_sent_before_somebody_else_approves(
        self,
        attack: Ticket,
        grace: User,
        alan: User,
        margaret: User,
        x: X,
    ) -> None:
        proposal = self.propose(grace, attack)
        assert not attack.messages.exclude(author_role="").exists()
        assert Notification.objects.filter(user=margaret, kind="proposal").exists()
        assert pressing(grace, f"/agent/proposals/{proposal.pk}/decision/", decision="approve") == 422
        assert pressing(alan, f"/agent/proposals/{proposal.pk}/decision/", decision="approve") == 200
        message = attack.messages.exclude(author_role="").get()
        assert (message.author_user, message.text.strip()) == (grace, "Sorry, we look into it.")
        assert message.delivery_state == DeliveryState.QUEUED
        event = TicketEvent.objects.get(ticket=attack, kind="proposal.approved")
        assert (event.actor_user, event.payload["author"]) == (alan, "Grace Hopper")
        assert Notification.objects.filter(user=grace, kind="proposal").exists()

    def test_declined_it_is_a_draft_again(self, attack: Ticket, grace: User, alan: User) -> None:
        proposal = self.propose(grace, attack)
        path = f"/agent/proposals/{proposal.pk}/decision/"
        assert pressing(alan, path, decision="decline") == 422
        assert pressing(alan, path, decision="decline", why="Too cold") == 200
        proposal.refresh_from_db()
        assert (proposal.state, proposal.why) == (ProposalState.DECLINED, "Too cold")
        assert "Sorry, we look into it." in Draft.objects.get(ticket=attack, user=grace).html
        assert pressing(alan, path, decision="approve") == 422

    def test_its_author_takes_it_back(self, attack: Ticket, grace: User, alan: User) -> None:
        proposal = self.propose(grace, attack)
        path = f"/agent/proposals/{proposal.pk}/decision/"
        assert pressing(alan, path, decision="withdraw") == 422
        assert pressing(grace, path, decision="withdraw") == 200
        assert kinds(attack)[-1] == "proposal.withdrawn"

    def test_by_setting_every_public_answer_waits(
        self,
        post: Ticket,
        grace: User,
        profile: ProviderAccount,
    ) -> None:
        profile.options["approves_public"] = True
        profile.save()
        assert self.propose(grace, post).reasons == [{"kind": "setting"}]

    def test_nobody_gets_round_it_by_another_door(self, attack: Ticket, grace: User) -> None:
        with pytest.raises(NeedsApproval):
            add_reply(attack, "<p>Sorry.</p>", actor=Actor.agent(grace))

    def test_what_the_channel_does_not_take_is_refused_before(self, attack: Ticket, grace: User) -> None:
        route = routes_of(attack)[0].key
        data = {"mode": "reply", "body": "long " * 100, "format": "text", "route": route, "last_event": "999999"}
        assert pressing(grace, f"/agent/tickets/{attack.pk}/messages/", **data) == 422
        assert not ReplyProposal.objects.exists()

    def test_a_way_that_is_gone_is_refused(
        self,
        attack: Ticket,
        grace: User,
        alan: User,
        profile: ProviderAccount,
    ) -> None:
        proposal = self.propose(grace, attack)
        profile.is_active = False
        profile.save()
        with pytest.raises(Refused):
            approve_proposal(proposal, actor=Actor.agent(alan))


class TestRules:
    def test_they_post_only_where_an_admin_allowed_it_and_never_into_a_quarrel(
        self,
        attack: Ticket,
        profile: ProviderAccount,
    ) -> None:
        profile.options["rules_may_post"] = True
        profile.save()
        mail_customer(attack, "<p>We got it.</p>", subject="", with_copies=False, actor=Actor("rule", name="Greeting"))
        assert not attack.messages.filter(is_automatic=True).exists()
        held = TicketEvent.objects.filter(ticket=attack, kind="rule.mail_held").latest("pk")
        assert held.payload["reason"] == "public"

    def test_allowed_they_do(self, post: Ticket, profile: ProviderAccount) -> None:
        profile.options["rules_may_post"] = True
        profile.save()
        mail_customer(post, "<p>We got it.</p>", subject="", with_copies=False, actor=Actor("rule", name="Greeting"))
        assert post.messages.get(is_automatic=True).facts["is_public"]
