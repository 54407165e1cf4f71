"""An admin makes contact forms and their questions."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client

from helpdesk.accounts.models import User
from tickets.models import ContactForm, Inbox
from tickets.portal.form_answers import read_answers
from tickets.portal.form_fields import conditions_as_css, questions_of
from tickets.portal.opening import inbox_for
from tickets.services import Refused

FORM = "/settings/contact-forms/"


@pytest.fixture
def admin(client: Client, radia: User) -> Client:
    client.force_login(radia)
    return client


@pytest.fixture
def form(support: Inbox) -> ContactForm:
    return ContactForm.objects.create(slug="returns", texts={"en": {"title": "Returns"}}, inbox=support)


def ask(admin: Client, form: ContactForm, key: str = "", **data: Any) -> Any:
    path = f"{FORM}{form.pk}/questions/{key or 'new'}/"
    return admin.post(path, {"kind": "text", "value": "", "option_en": "", **data})


def choice(admin: Client, form: ContactForm) -> None:
    labels = ["Online", "In a shop", ""]
    ask(admin, form, kind="choice", label_en="Bought where", value=["", "", ""], option_en=labels)


def test_a_form_is_made_and_stands_on_the_public_page(admin: Client, support: Inbox) -> None:
    data = {"slug": "returns", "inbox": support.pk, "title_en": "Returns", "tags": "return, Return", "is_active": "on"}
    assert admin.post(f"{FORM}new/", data).status_code == 302
    form = ContactForm.objects.get()
    assert (form.texts, form.tags) == ({"en": {"title": "Returns", "description": ""}}, ["return"])
    assert b"Returns" in Client().get("/contact/returns/").content


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"slug": "sent"}, b"Another page has this address."),
        ({"title_en": ""}, b"Give it a title"),
        ({"slug": "new", "tags": "t" * 61}, b"tags of 60 characters"),
        ({"slug": "new", "tags": ",".join(map(str, range(51)))}, b"At most 50 tags"),
        ({}, b"Another page"),
    ],
)
def test_what_can_not_be_is_refused_at_its_place(
    admin: Client, form: ContactForm, support: Inbox, data: dict[str, str], said: bytes
) -> None:
    known = {"slug": "returns" if not data else "other", "inbox": support.pk, "title_en": "Other", "is_active": "on"}
    response = admin.post(f"{FORM}new/", {**known, **data})
    assert response.status_code == 422
    assert said in response.content
    assert ContactForm.objects.count() == 1


def test_a_question_gets_a_key_and_its_options_values_that_stay(admin: Client, form: ContactForm) -> None:
    choice(admin, form)
    form.refresh_from_db()
    (question,) = questions_of(form)
    assert (question.key, question.values) == ("bought_where", ["online", "in_a_shop"])
    data: dict[str, Any] = {
        "kind": "choice",
        "label_en": "Where from",
        "value": ["in_a_shop", "online"],
        "option_en": ["Shop", "Web"],
    }
    ask(admin, form, "bought_where", **data)
    form.refresh_from_db()
    (question,) = questions_of(form)
    assert (question.key, question.values, question.label("en")) == (
        "bought_where",
        ["in_a_shop", "online"],
        "Where from",
    )


def test_values_of_options_are_ours_alone(admin: Client, form: ContactForm) -> None:
    data: dict[str, Any] = {
        "kind": "choice",
        "label_en": "Where",
        "value": ["x]{}*{display:none}", ""],
        "option_en": ["A", "B"],
    }
    ask(admin, form, **data)
    form.refresh_from_db()
    assert questions_of(form)[0].values == ["a", "b"]


def test_a_list_needs_two_options(admin: Client, form: ContactForm) -> None:
    response = ask(admin, form, kind="choice", label_en="Where", value=[""], option_en=["A"])
    assert response.status_code == 422
    assert b"two options" in response.content


def test_a_question_depends_on_one_above_it(admin: Client, form: ContactForm) -> None:
    choice(admin, form)
    ask(admin, form, label_en="Order", when="bought_where", answer=["bought_where:online"], is_required="on")
    form.refresh_from_db()
    questions = questions_of(form)
    assert (questions[1].when, questions[1].answers) == ("bought_where", frozenset({"online"}))
    assert read_answers(questions, QueryDict("q_bought_where=online"))[1] == {"order": "Please answer this."}
    assert read_answers(questions, QueryDict("q_bought_where=in_a_shop&q_order=A-1"))[0] == {
        "bought_where": "in_a_shop"
    }


def test_what_others_depend_on_stays_above_and_keeps_its_answers(admin: Client, form: ContactForm) -> None:
    choice(admin, form)
    ask(admin, form, label_en="Order", when="bought_where", answer=["bought_where:online"])
    admin.post(f"{FORM}{form.pk}/questions/order/position/", {"place": "0"})
    admin.post(f"{FORM}{form.pk}/questions/bought_where/deletion/")
    gone = ask(
        admin, form, "bought_where", kind="choice", label_en="Bought where",
        value=["in_a_shop", ""], option_en=["In a shop", "By phone"],
    )  # fmt: skip
    assert gone.status_code == 422
    form.refresh_from_db()
    assert [question.key for question in questions_of(form)] == ["bought_where", "order"]


def test_a_hidden_question_hides_those_below_it_too(form: ContactForm) -> None:
    options: list[dict[str, Any]] = [{"value": value, "texts": {}} for value in ("a", "b")]
    form.fields = [
        {"key": "one", "kind": "choice", "texts": {}, "options": options},
        {"key": "two", "kind": "tick", "texts": {}, "shown_when": {"field": "one", "is": ["a"]}},
        {"key": "three", "kind": "text", "texts": {}, "shown_when": {"field": "two", "is": ["yes"]}},
    ]
    questions = questions_of(form)
    assert read_answers(questions, QueryDict("q_one=b&q_two=on&q_three=x"))[0] == {"one": "b"}
    assert read_answers(questions, QueryDict("q_one=a&q_two=on&q_three=x"))[0] == {
        "one": "a",
        "two": True,
        "three": "x",
    }
    css = conditions_as_css(questions)
    assert css.count("#q_three_box") == 2  # it needs the box ticked and the first answer


def test_the_order_of_forms_is_that_of_the_page(admin: Client, form: ContactForm, support: Inbox) -> None:
    other = ContactForm.objects.create(slug="other", texts={"en": {"title": "Other"}}, inbox=support, position=1)
    admin.post(f"{FORM}{other.pk}/position/", {"place": "0"})
    assert list(ContactForm.objects.values_list("slug", flat=True)) == ["other", "returns"]
    admin.post(f"{FORM}{other.pk}/activity/", {"active": "0"})
    assert Client().get("/contact/other/").status_code == 404
    admin.post(f"{FORM}{other.pk}/deletion/")
    assert ContactForm.objects.get() == form


def test_where_no_inbox_is_active_nothing_is_taken(form: ContactForm) -> None:
    Inbox.objects.update(is_active=False)
    with pytest.raises(Refused):
        inbox_for(ContactForm.objects.get())
