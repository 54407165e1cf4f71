"""Placeholders: filled in, refused with their place when wrong, bounded, and blind to what customers may not see."""

import time

import pytest

from customers.actors import SYSTEM, Actor
from customers.identify import identify
from customers.models import Customer
from helpdesk.accounts.models import User
from tickets.automation.placeholder_checking import unknown_name
from tickets.automation.placeholder_names import LISTS, NAMES, OFFERED
from tickets.automation.placeholders import check_placeholders, render
from tickets.conditions.problems import Wrong
from tickets.models import Channel, Inbox, Ticket
from tickets.services import Incoming, Refused, add_cc, add_note, add_reply, receive_message, set_tags


def told(text: str, ticket: Ticket, user: User | None = None, **options: object) -> str:
    actor = Actor.agent(user) if user else SYSTEM
    return render(text, ticket, actor=actor, **{"language": "en"} | options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello {{ticket.requester.first_name}},", "Hello Ada,"),
        ("{{ ticket.requester.last_name | upcase }}", "LOVELACE"),
        ("{{ticket.title}} / {{ticket.status}} / {{ticket.inbox.name}}", "The engine rattles / New / Support"),
        ("{{ticket.assignee.first_name | default: 'the team'}}", "the team"),
        ("{{current_user.first_name}} <{{current_user.email}}>", "Grace <grace@onethread.test>"),
        ("{% if ticket.priority == '' %}none{% else %}some{% endif %}", "none"),
        ("{% for c in ticket.comments %}{{c.author.name}}: {{c.value}}{% endfor %}",
         "Ada Lovelace: It rattles when it multiplies.\n\nAda"),
        ("{{ticket.comments.size}} {{ticket.comments[0].author.first_name}}", "1 Ada"),
        ("{{ticket.requester.email}}", "ada@example.org"),
        ("No placeholder { here } at all", "No placeholder { here } at all"),
    ],
)  # fmt: skip
def test_names_are_filled_in(adas_ticket: Ticket, grace: User, text: str, expected: str) -> None:
    check_placeholders(text)
    assert told(text, adas_ticket, grace) == expected


@pytest.mark.parametrize("name", ["", "+1 415-555-3450", "ada@example.org"])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello {{ticket.requester.first_name}},\n\nthank you", "Hello,\n\nthank you"),
        ("<p>Guten Tag {{ ticket.requester.first_name }}!</p>", "<p>Guten Tag!</p>"),
        ("Many thanks {{ticket.requester.first_name}}", "Many thanks"),
        ("Dear {{ticket.requester.first_name}} {{ticket.requester.last_name}}, ", "Dear, "),
        ("{% if ticket.requester.first_name == '' %}you{% endif %}", "you"),
    ],
)
def test_who_has_no_name_is_greeted_without_one(adas_ticket: Ticket, name: str, text: str, expected: str) -> None:
    Customer.objects.filter(pk=adas_ticket.requester_id).update(name=name)
    ticket = Ticket.objects.get(pk=adas_ticket.pk)
    check_placeholders(text)
    assert told(text, ticket) == expected
    assert told("{{ticket.requester.name}}", ticket) == name
    assert told("{{ticket.requester.name}}", ticket, for_staff=True) == (name or "Unnamed customer")


def test_every_name_can_be_read(adas_ticket: Ticket, grace: User) -> None:
    for name in NAMES:
        check_placeholders(f"{{{{{name}}}}}") if name not in LISTS else None
        for actor in (Actor.agent(grace), SYSTEM, Actor.of_customer(adas_ticket.requester)):
            render(f"{{{{{name}}}}}", adas_ticket, actor=actor, language="en", is_html=True)
    assert all(not unknown_name(name.split(".")) for name, label in OFFERED)


def test_days_and_labels_are_in_the_language_of_the_text(adas_ticket: Ticket) -> None:
    adas_ticket.created_at = adas_ticket.created_at.replace(2026, 3, 5, 12, 0)
    text = "{{ticket.status}}, {{ticket.created_at}}, {{ticket.created_at | date: '%-d. %B %Y'}}"
    assert told(text, adas_ticket, language="en") == "New, 5 March 2026, 5. March 2026"
    assert told(text, adas_ticket, language="de").endswith("5. März 2026, 5. März 2026")


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        ("Hello {{ticket.requester.frist_name}}", "Line 1, column 9", "Did you mean “ticket.requester.first_name”?"),
        ("One\nTwo {{tikcet.id}}", "Line 2, column 7", "Did you mean “ticket.id”?"),
        ("{{ticket.requester}}", "Line 1, column 3", "is not yet a value"),
        ("{{ticket.requester.notes}}", "Line 1, column 3", "There is no placeholder"),
        ("{{ticket.title.upper}}", "Line 1, column 3", "There is no placeholder"),
        ("{% if ticket.title > 3 %}x{% endif %}", "Line 1, column 20", "can’t be understood"),
        ("{% if false %}{{ticket.id | upcaes}}{% endif %}", "Line 1, column 29", "Did you mean “upcase”?"),
        ("{{ticket.comments[0].vaule}}", "Line 1, column 3", "Did you mean “ticket.comments.0.value”?"),
        ("{{ ticket.id | upcaes }}", "Line 1, column 16", "Did you mean “upcase”?"),
        ("Hello {{ticket.id", "Line 1, column 7", "is not closed"),
        ("Hello {{ticket.id}", "Line 1, column 7", "is not closed"),
        ("a\n{% if ticket.id %} b", "Line 2, column 1", "can’t be understood"),
        ("{{ticket.id | default: “x”}}", "Line 1, column 24", "straight quotation marks"),
        ("{{ }}", "Line 1, column 1", "can’t be understood"),
        ("{{ ticket.id ticket.title }}", "Line 1, column", "can’t be understood"),
        ("{% include 'x' %}", "Line 1, column 4", "can’t be understood"),
        ("{{ ticket.title | safe }}", "Line 1, column 19", "There is no filter “safe”"),
        ("{{ ticket.title | upcase: 1, 2 }}", "Line 1, column 19", "too much or too little"),
    ],
)
def test_what_is_wrong_is_refused_with_its_place(text: str, place: str, reason: str) -> None:
    with pytest.raises(Wrong) as refusal:
        check_placeholders(text)
    assert str(refusal.value).startswith(place)
    assert reason in str(refusal.value)


@pytest.mark.parametrize(
    ("html", "place", "reason"),
    [
        ("<p>One</p><p>Two <strong>{{ticket.idd}}</strong></p>", "Line 2, column 7", "ticket.id"),
        ("<p>{{ticket.<em>id</em>}}</p>", "Line 1, column 10", "formatting inside"),
        ("<p>A &amp; B {{ticket.id</p>", "Line 1, column 7", "is not closed"),
    ],
)
def test_places_in_html_are_as_seen(html: str, place: str, reason: str) -> None:
    with pytest.raises(Wrong) as refusal:
        check_placeholders(html, is_html=True)
    assert str(refusal.value).startswith(place)
    assert reason in str(refusal.value)


def test_html_as_an_editor_writes_it(adas_ticket: Ticket) -> None:
    html = "<p>{% if ticket.comments.size &gt; 0 %}{{&nbsp;ticket.requester.first_name }}{% endif %} &gt; 0</p>"
    check_placeholders(html, is_html=True)
    assert told(html, adas_ticket, is_html=True) == "<p>Ada &gt; 0</p>"


def test_in_html_what_customers_write_is_escaped(adas_ticket: Ticket, ada: Customer) -> None:
    adas_ticket.subject = "<img src=x onerror=alert(1)> {{ticket.id}} & co"
    for text in (
        "{{ticket.title}}",
        "{{ticket.title | append: '<b>'}}",
        "{{ticket.title | escape}}",
        "{% assign x = ticket.title %}{{x}}",
        "{% capture x %}{{ticket.title}}{% endcapture %}{{x}}",
    ):
        written = told(text, adas_ticket, is_html=True)
        assert "<img" not in written
        assert "{{ticket.id}}" in written
    assert told("{{ticket.latest_comment}}", adas_ticket, is_html=True) == ("It rattles when it multiplies.<br><br>Ada")
    assert told("{{ticket.title}}", adas_ticket) == adas_ticket.subject


def test_notes_and_strangers_stay_out_of_what_customers_read(
    adas_ticket: Ticket, grace: User, ada: Customer, support: Inbox
) -> None:
    add_reply(adas_ticket, "<p>We look <b>into</b> it.</p>", actor=Actor.agent(grace))
    add_note(adas_ticket, "<p>She is difficult</p>", actor=Actor.agent(grace))
    stranger = Incoming(text="Send me the secret", from_address="eve@elsewhere.example", is_unverified=True)
    receive_message(adas_ticket, stranger, customer=ada, channel=Channel.EMAIL, actor=SYSTEM)
    every = "\n".join(f"{{{{{name}}}}}" for name in NAMES)
    written = told(every + "{% for c in ticket.comments %}{{c.value}}{% endfor %}", adas_ticket, grace)
    assert "difficult" not in written
    assert "secret" not in written
    assert told("{{ticket.latest_comment}}", adas_ticket) == "We look into it."
    assert told("{{ticket.latest_comment_html}}", adas_ticket, is_html=True) == "<p>We look <b>into</b> it.</p>"
    assert told("{{ticket.latest_comment}}", adas_ticket, for_staff=True) == "She is difficult"
    assert told("{{ticket.latest_public_comment}}", adas_ticket, for_staff=True) == "We look into it."


def test_people_in_copy_and_tags(adas_ticket: Ticket) -> None:
    charles = identify("email", "charles@example.org", name="Charles Babbage").customer
    add_cc(adas_ticket, charles, "charles@example.org", actor=SYSTEM)
    ticket = set_tags(adas_ticket, ["oil", "vip"], actor=SYSTEM)
    assert told("{{ticket.cc_names}}: {{ticket.tags}}", ticket) == "Charles Babbage: oil vip"


@pytest.mark.parametrize(
    "text",
    [
        "{% for i in (1..100000000) %}x{% endfor %}",
        "{% for i in (1..400) %}{% for j in (1..400) %}x{% endfor %}{% endfor %}",
        "{{ (1..100000000) | join: ',' }}",
        "{% assign x = 'xxxxxxxxxx' %}{% for i in (1..100) %}{% assign x = x | append: x %}{% endfor %}{{x}}",
        "{% assign x = 'xxxxxxxxxx' %}{% for i in (1..14) %}{% assign x = x | append: x %}{% endfor %}"
        "{{ x | replace: '', x }}",
        "{% assign x = 9 %}{% for i in (1..100) %}{% assign x = x | times: x %}{% endfor %}{{x}}",
        "{% capture x %}{% for i in (1..500) %}" + "y" * 1000 + "{% endfor %}{% endcapture %}",
        "{{ticket.id}}" * 301,
        "{% if ticket.id %}" * 40 + "{% endif %}" * 40,
        "{{ticket.id}}" + "x" * 60_000,
    ],
)
def test_no_text_is_without_bounds(adas_ticket: Ticket, text: str) -> None:
    started = time.monotonic()
    with pytest.raises((Wrong, Refused)):
        check_placeholders(text)
    with pytest.raises(Refused):
        told(text, adas_ticket)
    assert time.monotonic() - started < 3
