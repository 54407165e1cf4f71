"""Admins set up chat widgets: where they may stand, what they ask, and with which keys sites sign their visitors."""

from __future__ import annotations

import re

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from django.test import Client

from customers.models import CustomField
from helpdesk.accounts.models import User
from helpdesk.lib.sealing import unseal
from tickets.chat.keys import create_key, retire_key
from tickets.chat.widgets import origins_from, whatsapp_number
from tickets.models import Chat, ChatKey, ChatWidget, Inbox, KeyAlgorithm
from tickets.portal.form_fields import questions_of
from tickets.services import Refused

FILLED = {
    "name": "Shop", "is_active": "on", "hue": "120", "languages": ["en", "de"], "offer_seconds": "40",
    "quiet_minutes": "0", "asks_name": "no", "asks_email": "required", "origins": "https://shop.example/\nHTTPS://*.Shop.example:443",
    "whatsapp": "+49 30 1234567", "takes_files": "on", "title_en": "Ask us", "token_audience": "",
}  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "origin"),
    [
        ("https://shop.example", "https://shop.example"),
        ("shop.example", "https://shop.example"),
        ("https://Shop.Example:443/", "https://shop.example"),
        ("https://shop.example:8443", "https://shop.example:8443"),
        ("https://*.shop.example", "https://*.shop.example"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("http://127.0.0.1:8400", "http://127.0.0.1:8400"),
    ],
)
def test_sites_are_kept_as_browsers_name_them(typed: str, origin: str) -> None:
    assert origins_from(f" {typed}\n{typed}\n") == [origin]


@pytest.mark.parametrize(
    "typed",
    ["*", "null", "https://*", "https://*.example", "http://shop.example", "https://shop.example/checkout",
     "https://a@shop.example", "javascript:alert(1)", "https://shop.example;frame-ancestors", "https://sh_op.example",
     "ftp://shop.example", "https://shop.*.example", "https://shop.example:99999", "'self'"],
)  # fmt: skip
def test_what_is_no_site_is_refused(typed: str) -> None:
    with pytest.raises(Refused) as refusal:
        origins_from(typed)
    assert refusal.value.field == "origins"


def test_a_number_needs_its_country() -> None:
    assert whatsapp_number("+49 30 1234567") == "+49301234567"
    with pytest.raises(Refused):
        whatsapp_number("call me")


def test_a_widget_is_made_and_changed(client: Client, radia: User, support: Inbox) -> None:
    client.force_login(radia)
    answer = client.post("/settings/chat/new/", {**FILLED, "inbox": support.pk})
    widget = ChatWidget.objects.get()
    assert answer.status_code == 302 and answer["Location"] == f"/settings/chat/{widget.pk}/install/"
    assert widget.origins == ["https://shop.example", "https://*.shop.example"]
    assert (widget.languages, widget.texts, widget.whatsapp) == (["en", "de"], {"en": {
        "title": "Ask us", "greeting": "", "placeholder": "", "offline": ""}}, "+49301234567")  # fmt: skip
    page = client.get(f"/settings/chat/{widget.pk}/").content.decode()
    assert 'name="title_de"' in page and "--hue: 120" in page and "https://*.shop.example</textarea>" in page
    answer = client.post(
        f"/settings/chat/{widget.pk}/", {**FILLED, "inbox": support.pk, "origins": "http://shop.example"}
    )
    assert answer.status_code == 422 and "has to be https" in answer.content.decode()
    answer = client.post(f"/settings/chat/{widget.pk}/", {**FILLED, "inbox": support.pk, "hue": "400"})
    assert answer.status_code == 422


def test_a_question_says_where_its_answer_goes(client: Client, radia: User, widget: ChatWidget) -> None:
    CustomField.objects.create(of="customer", key="plan", title="Plan", kind="text")
    client.force_login(radia)
    page = client.get(f"/settings/chat/{widget.pk}/questions/new/").content.decode()
    assert "Plan" in page and "Tags of the ticket" in page
    answer = client.post(
        f"/settings/chat/{widget.pk}/questions/new/",
        {"kind": "text", "label_en": "Your plan?", "goes_to": "custom_fields.plan", "when": ""},
    )
    assert answer.status_code == 302
    widget.refresh_from_db()
    question = questions_of(widget)[0]
    assert (question.key, question.goes_to) == ("your_plan", "custom_fields.plan")
    assert client.get(f"/settings/chat/{widget.pk}/questions/your_plan/").status_code == 200
    client.post(f"/settings/chat/{widget.pk}/questions/your_plan/deletion/")
    widget.refresh_from_db()
    assert widget.fields == []


def test_a_secret_is_shown_once_and_kept_sealed(client: Client, radia: User, widget: ChatWidget) -> None:
    client.force_login(radia)
    answer = client.post(f"/settings/chat/{widget.pk}/install/", {"algorithm": "HS256"})
    key = ChatKey.objects.get()
    secret = unseal(key.secret)
    assert answer.status_code == 200 and secret in answer.content.decode() and answer["Cache-Control"] == "no-store"
    assert len(secret) >= 64 and secret not in key.secret
    widget.refresh_from_db()
    assert re.fullmatch(r"onethread-chat-[a-z0-9]{8}", widget.token_audience)
    page = client.get(f"/settings/chat/{widget.pk}/install/").content.decode()
    assert secret not in page and key.kid in page and widget.key in page and widget.token_audience in page
    client.post(f"/settings/chat/keys/{key.pk}/retirement/")
    key.refresh_from_db()
    assert key.retired_at is not None and key.secret == ""


def test_public_keys_are_public_and_strong(widget: ChatWidget) -> None:
    strong, weak = (rsa.generate_private_key(public_exponent=65537, key_size=bits) for bits in (2048, 1024))
    pem = strong.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    key, secret = create_key(widget, KeyAlgorithm.RS256, public_key=pem)
    assert (key.public_key, key.secret, secret) == (pem, "", "")
    private = strong.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    small = weak.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    for wrong in ("", "nonsense", private, small):
        with pytest.raises(Refused) as refusal:
            create_key(widget, KeyAlgorithm.RS256, public_key=wrong)
        assert refusal.value.field == "public_key"


def test_two_keys_overlap_and_there_are_never_many(widget: ChatWidget) -> None:
    made = [create_key(widget, KeyAlgorithm.HS256)[0] for _n in range(4)]
    with pytest.raises(Refused):
        create_key(widget, KeyAlgorithm.HS256)
    retire_key(made[0])
    assert create_key(widget, KeyAlgorithm.HMAC)[0].retired_at is None


def test_only_an_unused_widget_is_deleted(client: Client, radia: User, waiting: Chat) -> None:
    client.force_login(radia)
    client.post(f"/settings/chat/{waiting.widget_id}/deletion/")
    assert ChatWidget.objects.count() == 1
    client.post(f"/settings/chat/{waiting.widget_id}/activity/", {"active": "0"})
    assert not ChatWidget.objects.get().is_active
    waiting.delete()
    client.post(f"/settings/chat/{waiting.widget_id}/deletion/")
    assert not ChatWidget.objects.exists()
