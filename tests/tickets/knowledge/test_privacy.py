"""What a person did in the help centre: in their archive, and out of it with an erasure."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any
from uuid import uuid4
from zipfile import ZipFile

import pytest
from django.conf import LazySettings
from django.core.files.storage import default_storage
from django.utils import timezone

from customers.actors import Actor
from customers.erasing import counts_for, erase
from customers.exporting import begin_export
from customers.models import Customer
from customers.privacy_jobs import run_job
from helpdesk.accounts.models import User
from knowledge_base.models import Comment, HelpCentre, Offer, Search, View, Vote
from tests.privacy.seeding import erase_all
from tests.tickets.knowledge.articles import Shelf
from tickets.models import ContactRequest, RequestState, SignInLink


@pytest.fixture
def known(shelf: Shelf, ada: Customer, settings: LazySettings, tmp_path: Any) -> Customer:
    """Ada has read, searched, voted and commented, and a form of hers waits for its link."""
    settings.MEDIA_ROOT = str(tmp_path / "media")
    article = shelf.put("The engine rattles").article_id
    rows: dict[str, Any] = {"language": "en", "customer_id": ada.pk}
    read = {**rows, "article_id": article, "visitor": "a" * 32}
    View.objects.create(**read)
    Vote.objects.create(**read, is_helpful=False, text="My mill in Marylebone.")
    Comment.objects.create(article_id=article, **rows, author_name="Ada Lovelace", text="As in Marylebone.")
    asked = {**rows, "centre": HelpCentre.objects.get(), "words": "Marylebone mill", "visitor": "a" * 32}
    Search.objects.create(**asked, folded="marylebone mill", results=0)
    Offer.objects.create(**asked, offered_in="form", article_ids=[article])
    ContactRequest.objects.create(
        submit_key=uuid4(), email="ada@example.org", subject="Marylebone", text="Mill", language="en",
        expires_at=timezone.now(),
    )  # fmt: skip
    ContactRequest.objects.create(
        submit_key=uuid4(), email="ada@example.org", language="en", visitor="a" * 32, customer=ada,
        state=RequestState.OPENED, expires_at=timezone.now(),
    )  # fmt: skip
    SignInLink.objects.create(email="ada@example.org", language="en", due_at=None, expires_at=timezone.now())
    return ada


def test_it_is_in_the_archive(known: Customer, margaret: User) -> None:
    job = begin_export(known, actor=Actor.agent(margaret), with_notes=False)
    assert not run_job(job.pk, seconds=600)
    job.refresh_from_db()
    archive = ZipFile(BytesIO(default_storage.open(job.file).read()))
    assert json.loads(archive.read("help_vote.json"))[0]["text"] == "My mill in Marylebone."
    assert len(json.loads(archive.read("help_view.json"))) == 1


def test_an_erasure_leaves_numbers_and_no_words(known: Customer, radia: User) -> None:
    assert ("Readings, searches, votes and comments in the help centre", 5) in counts_for(known)
    erase_all(erase(known, actor=Actor.agent(radia)).pk)
    assert not Comment.objects.exists()
    opened = ContactRequest.objects.get()
    assert (opened.email, opened.visitor) == ("", "")
    assert not SignInLink.objects.exists()
    for model in (View, Vote, Search, Offer):
        row = model._default_manager.get()  # still there, to be counted
        assert (row.customer_id, "Marylebone" in str(vars(row)), "a" * 32 in str(vars(row))) == (None, False, False)
