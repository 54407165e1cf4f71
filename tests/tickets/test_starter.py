"""What a new installation begins with: sound, explained, made once, and at work."""

from __future__ import annotations

import pytest
from django.test import Client

from customers.actors import Actor
from customers.models import Customer
from helpdesk.accounts.models import Calendar, User
from tickets.automation.lint import lint
from tickets.automation.soundness import problem_of
from tickets.conditions import problems
from tickets.models import Channel, Inbox, Macro, Rule, SavedView, SlaPolicy, Ticket
from tickets.services import Incoming, opening_ticket, receive_message
from tickets.starter import create_starter_set

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("language", ["en", "de"])
def test_everything_is_sound_and_explained(radia: User, language: str) -> None:
    radia.language = language
    assert create_starter_set(radia)
    made = [*Rule.objects.all(), *Macro.objects.all(), *SlaPolicy.objects.all(), *SavedView.objects.all()]
    assert len(made) >= 18
    assert all(each.description and len(each.description) < 200 for each in made)
    assert len([each for each in made if not each.is_active]) == 1, "to follow up on bad ratings is everybody’s choice"
    for rule in Rule.objects.all():
        assert problem_of(rule.kind, rule.conditions, rule.actions) == ""
        assert lint(rule.kind, rule.conditions, rule.actions, rule.pk) == [], rule.title
    assert not any(problems(view.conditions) for view in SavedView.objects.all())
    assert Calendar.objects.get().is_default


def test_it_is_made_once(radia: User) -> None:
    assert create_starter_set(radia)
    counts = [model._default_manager.count() for model in (Rule, Macro, SlaPolicy, SavedView, Calendar)]
    assert not create_starter_set(radia)
    assert counts == [model._default_manager.count() for model in (Rule, Macro, SlaPolicy, SavedView, Calendar)]


def test_the_first_admin_finds_it(client: Client) -> None:
    User.objects.all().delete()
    answer = client.post("/setup/", {"name": "Radia", "email": "radia@onethread.test", "password": "a long password 7"})
    assert answer.status_code == 302
    assert Rule.objects.filter(created_by__email="radia@onethread.test").count() == Rule.objects.count() > 8


def mail_in(customer: Customer, inbox: Inbox, words: str) -> Ticket:
    """As the mail worker opens a ticket: with its first message, in one gesture."""
    actor = Actor.of_customer(customer)
    with opening_ticket(customer, words, inbox=inbox, channel=Channel.EMAIL, actor=actor) as ticket:
        incoming = Incoming(text=words, from_address="ada@example.org", to=[inbox.address])
        receive_message(ticket, incoming, customer=customer, channel=Channel.EMAIL, actor=actor)
    return Ticket.objects.get(pk=ticket.pk)


def test_it_works(radia: User, ada: Customer, support: Inbox) -> None:
    create_starter_set(radia)
    ticket = mail_in(ada, support, "This is urgent")
    assert ticket.priority == "high"
    assert mail_in(ada, support, "A question").priority == "normal"
    told = ticket.messages.filter(is_automatic=True).get()
    assert told.text.startswith("Hello Ada,") and str(ticket.pk) in told.text
