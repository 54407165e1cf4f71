"""Which ticket a mail belongs to, decided over facts alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from channels_app.adapters.email.parsed import ParsedEmail
from channels_app.adapters.email.tokens import issue_message_id
from channels_app.threading import Action, Decision, Facts, Link, Standing, TicketFacts, decide

ADAS = TicketFacts(1001, requester=frozenset({"ada@example.org"}), in_copy=frozenset({"annabella@example.net"}))
OURS = issue_message_id(1, "help.test")
NOBODY_KNOWN = Facts(instance="help.test")


def mail(**fields: object) -> ParsedEmail:
    return ParsedEmail(**{"sender": "ada@example.org", "subject": "The engine rattles", **fields})  # type: ignore[arg-type]


def link(rule: str, ticket: TicketFacts = ADAS) -> Link:
    return Link(rule, ticket, {"by": rule})


def known_by(*rules: str, **facts: object) -> Facts:
    return replace(NOBODY_KNOWN, links=[link(rule) for rule in rules], **facts)  # type: ignore[arg-type]


def what(decision: Decision) -> tuple[str, str]:
    return decision.action.value, decision.rule


def test_a_mail_out_of_the_blue_opens_a_ticket() -> None:
    assert what(decide(mail(), NOBODY_KNOWN)) == ("open", "new")


@pytest.mark.parametrize("rule", ["token", "reference", "stored-id", "mark"])
def test_each_proof_leads_to_the_ticket_and_is_kept(rule: str) -> None:
    decision = decide(mail(), known_by(rule))
    assert (decision.action, decision.rule, decision.ticket) == (Action.APPEND, rule, 1001)
    assert decision.evidence == {"by": rule, "sender": "ada@example.org", "standing": "participant"}


def test_the_strongest_proof_decides() -> None:
    other = TicketFacts(1002)
    facts = replace(NOBODY_KNOWN, links=[link("token"), link("reference", other)])
    assert decide(mail(), facts).ticket == 1001


def test_a_number_in_the_subject_proves_nothing() -> None:
    assert what(decide(mail(subject="Re: [#1001] The engine"), known_by("number"))) == ("open", "new")


def test_a_number_counts_only_from_a_participant_whom_our_mail_server_authenticated() -> None:
    facts = known_by("number", is_authentic=True)
    assert what(decide(mail(), facts)) == ("append", "number")
    assert what(decide(mail(sender="mallory@example.com"), facts)) == ("open", "new")


@pytest.mark.parametrize(
    ("sender", "standing"),
    [
        ("ada@example.org", Standing.PARTICIPANT),
        ("Ada@Example.ORG", Standing.PARTICIPANT),
        ("annabella@example.net", Standing.PARTICIPANT),
        ("charles@example.org", Standing.COLLEAGUE),
        ("mallory@example.com", Standing.STRANGER),
    ],
)
def test_what_the_sender_is_to_the_ticket(sender: str, standing: Standing) -> None:
    assert decide(mail(sender=sender), known_by("token")).standing == standing


def test_two_people_at_a_public_provider_are_no_colleagues() -> None:
    ticket = TicketFacts(1001, requester=frozenset({"ada@gmail.com"}))
    facts = replace(NOBODY_KNOWN, links=[link("token", ticket)])
    assert decide(mail(sender="mallory@gmail.com"), facts).standing == Standing.STRANGER


class TestAgents:
    def test_the_from_header_is_not_believed(self) -> None:
        decision = decide(mail(), known_by("token", sender_is_agent=True))
        assert what(decision) == ("hold", "possible-spoof")
        assert "#1001" in decision.reason

    def test_a_personal_token_alone_is_not_enough(self) -> None:
        assert what(decide(mail(), known_by("personal-token", sender_is_agent=True))) == ("hold", "possible-spoof")

    def test_nor_is_authentication_alone(self) -> None:
        facts = known_by("reference", sender_is_agent=True, is_authentic=True)
        assert what(decide(mail(), facts)) == ("hold", "possible-spoof")

    def test_both_together_make_a_note_unless_a_public_message_is_answered(self) -> None:
        facts = known_by("personal-token", sender_is_agent=True, is_authentic=True)
        assert decide(mail(), facts).action == Action.AGENT_NOTE
        facts = replace(facts, answers_public_message=True)
        assert decide(mail(reply_text="Fixed."), facts).action == Action.AGENT_REPLY
        assert decide(mail(reply_text="#note not fixed"), facts).action == Action.AGENT_NOTE

    def test_a_customer_gains_nothing_by_an_agents_token(self) -> None:
        facts = known_by("personal-token", is_authentic=True, answers_public_message=True)
        assert what(decide(mail(), facts)) == ("open", "new")

    def test_without_a_token_an_agent_is_a_customer_like_others(self) -> None:
        assert what(decide(mail(), replace(NOBODY_KNOWN, sender_is_agent=True))) == ("open", "new")

    def test_an_agent_may_mention_a_ticket(self) -> None:
        assert what(decide(mail(), known_by("number", sender_is_agent=True))) == ("open", "new")

    def test_a_forward_needs_authentication(self) -> None:
        facts = replace(NOBODY_KNOWN, sender_is_agent=True, forwarded_sender="ada@example.org")
        assert what(decide(mail(), facts)) == ("open", "new")
        assert what(decide(mail(), replace(facts, is_authentic=True))) == ("forward", "forward")


class TestMachines:
    @pytest.mark.parametrize(
        ("fields", "verdict"),
        [
            ({"is_bounce": True}, ("hold", "bounce")),
            ({"is_delay": True}, ("hold", "bounce")),
            ({"is_complaint": True}, ("hold", "complaint")),
            ({"sender": ""}, ("hold", "no-sender")),
            ({"sender": "a" * 250 + "@example.org"}, ("hold", "no-sender")),
            ({"loop_ids": ["help.test"]}, ("refuse", "loop")),
            ({"auto_submitted": "auto-replied", "message_id": OURS}, ("refuse", "loop")),
            ({"is_bulk": True}, ("append", "token")),
            ({"is_auto_reply": True}, ("append", "token")),
        ],
    )
    def test_even_with_a_token(self, fields: dict[str, object], verdict: tuple[str, str]) -> None:
        assert what(decide(mail(**fields), known_by("token"))) == verdict

    def test_an_automatic_answer_opens_no_ticket(self) -> None:
        assert what(decide(mail(is_auto_reply=True), NOBODY_KNOWN)) == ("hold", "auto-reply")

    def test_our_own_address_as_a_sender_is_held(self) -> None:
        assert what(decide(mail(), replace(NOBODY_KNOWN, sender_is_ours=True))) == ("hold", "own-address")

    def test_a_person_at_our_domain_is_no_loop(self) -> None:
        assert what(decide(mail(message_id="x@help.test"), NOBODY_KNOWN)) == ("open", "new")

    def test_another_program_at_our_domain_is_no_loop(self) -> None:
        nightly = mail(message_id="backup@help.test", auto_submitted="auto-generated")
        assert what(decide(nightly, NOBODY_KNOWN)) == ("open", "new")
