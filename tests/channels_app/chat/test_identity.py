"""Whom the company's site vouches for, and whom not."""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4

import jwt
import pytest
from asgiref.sync import sync_to_async
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.utils import timezone

from channels_app.chat.identity import NotProved, Person, check
from channels_app.chat.protocol import Claim
from customers.actors import SYSTEM
from customers.identify import identify
from customers.identities import add_identity
from customers.merging import undo
from customers.models import Customer, CustomerMerge, Identity, IdentityKind, ProvedBy
from tests.channels_app.chat.conftest import Browser
from tickets.chat.keys import create_key, retire_key
from tickets.chat.settling import settle_due
from tickets.models import Chat, ChatKey, ChatVisitor, ChatWidget, KeyAlgorithm, Ticket

Open = Callable[..., Browser]
NOW = timezone.now()


def private_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public_pem(key: rsa.RSAPrivateKey) -> str:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, form).decode()


def token(key: ChatKey, secret: Any, *, header: dict[str, Any] | None = None, **claims: Any) -> str:
    values = {"sub": "user-7", "aud": key.widget.token_audience, "exp": int(timezone.now().timestamp()) + 300, **claims}
    known = {name: value for name, value in values.items() if value is not None}
    return jwt.encode(known, secret, algorithm=key.algorithm, headers={"kid": key.kid, **(header or {})})


@pytest.fixture
def shared(widget: ChatWidget) -> tuple[ChatKey, str]:
    key, secret = create_key(widget, KeyAlgorithm.HS256)
    widget.refresh_from_db()
    key.widget = widget
    return key, secret


@pytest.mark.django_db
class TestTokens:
    def test_a_good_one(self, widget: ChatWidget, shared: tuple[ChatKey, str]) -> None:
        made = token(*shared, name="Ada Lovelace", email="ada@example.org", email_verified=True)
        assert check(widget, Claim(made), now=NOW) == Person("user-7", "Ada Lovelace", "ada@example.org")
        shared[0].refresh_from_db()
        assert shared[0].last_used_at == NOW

    def test_an_address_that_is_not_verified_is_none(self, widget: ChatWidget, shared: tuple[ChatKey, str]) -> None:
        for verified in (None, False, "true", 1):
            made = token(*shared, email="ada@example.org", email_verified=verified)
            assert check(widget, Claim(made), now=NOW).email == ""

    @pytest.mark.parametrize(
        "claims",
        [
            {"exp": 1}, {"exp": None}, {"aud": "another"}, {"aud": None}, {"sub": None}, {"sub": ""},
            {"sub": "x" * 301}, {"sub": "a\0b"}, {"nbf": 4_000_000_000}, {"iat": 4_000_000_000},
            {"header": {"kid": "unknown"}}, {"header": {"kid": 7}}, {"header": {"kid": None}, "sub": 7},
        ],
        ids=str,
    )  # fmt: skip
    def test_wrong_claims(self, widget: ChatWidget, shared: tuple[ChatKey, str], claims: dict[str, Any]) -> None:
        with pytest.raises((NotProved, TypeError, jwt.InvalidTokenError)) as raised:
            check(widget, Claim(token(*shared, **claims)), now=NOW)
        assert raised.type is NotProved or "sub" in claims or "kid" in str(claims)

    def test_another_secret_and_a_token_changed_on_its_way(
        self, widget: ChatWidget, shared: tuple[ChatKey, str]
    ) -> None:
        good = token(*shared)
        head, body, mac = good.split(".")
        other = urlsafe_b64encode(json.dumps({"sub": "admin", "exp": 4e9, "aud": widget.token_audience}).encode())
        forged = (
            token(shared[0], "x" * 40),
            f"{head}.{other.decode().strip('=')}.{mac}",
            f"{head}.{body}.",
            "a.b.c",
            ".",
        )
        for each in forged:
            with pytest.raises(NotProved):
                check(widget, Claim(each), now=NOW)

    def test_no_algorithm_is_none(self, widget: ChatWidget, shared: tuple[ChatKey, str]) -> None:
        claims = {"sub": "user-7", "aud": widget.token_audience, "exp": 4_000_000_000}
        made = jwt.encode(claims, "", algorithm="none", headers={"kid": shared[0].kid})
        with pytest.raises(NotProved):
            check(widget, Claim(made), now=NOW)

    def test_a_public_key_is_no_shared_secret(self, widget: ChatWidget) -> None:
        """The old trick: signed with HS256 under the public key, which everybody may know."""
        private = private_key()
        key, _none = create_key(widget, KeyAlgorithm.RS256, public_key=public_pem(private))
        widget.refresh_from_db()
        key.widget = widget
        assert check(widget, Claim(token(key, private)), now=NOW).id == "user-7"
        head = {"alg": "HS256", "typ": "JWT", "kid": key.kid}
        body = {"sub": "admin", "aud": widget.token_audience, "exp": 4_000_000_000}
        parts = [urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (head, body)]
        mac = hmac.digest(key.public_key.encode(), b".".join(parts), "sha256")
        made = b".".join([*parts, urlsafe_b64encode(mac).rstrip(b"=")]).decode()
        with pytest.raises(NotProved):
            check(widget, Claim(made), now=NOW)

    def test_keys_follow_each_other(self, widget: ChatWidget, shared: tuple[ChatKey, str]) -> None:
        old, old_secret = shared
        new, new_secret = create_key(widget, KeyAlgorithm.HS256)
        new.widget = widget
        for key, secret in (shared, (new, new_secret)):
            assert check(widget, Claim(token(key, secret)), now=NOW).id == "user-7"
        retire_key(old)
        with pytest.raises(NotProved):
            check(widget, Claim(token(old, old_secret)), now=NOW)
        assert check(widget, Claim(token(new, new_secret)), now=NOW).id == "user-7"

    def test_a_key_of_another_widget(self, widget: ChatWidget, shared: tuple[ChatKey, str]) -> None:
        other = ChatWidget.objects.create(name="Blog", inbox=widget.inbox, token_audience=widget.token_audience)
        with pytest.raises(NotProved):
            check(other, Claim(token(*shared)), now=NOW)

    def test_the_older_hash(self, widget: ChatWidget) -> None:
        _key, secret = create_key(widget, KeyAlgorithm.HMAC)
        good = hmac.new(secret.encode(), b"user-7", sha256).hexdigest()
        said = Claim(id="user-7", hash=good, name="Ada", email="ada@example.org")
        assert check(widget, said, now=NOW) == Person("user-7", "Ada"), "the address is not signed"
        for id_, mac in (("user-8", good), ("user-7", ""), ("", hmac.new(secret.encode(), b"", sha256).hexdigest())):
            with pytest.raises(NotProved):
                check(widget, Claim(id=id_, hash=mac), now=NOW)


@pytest.mark.django_db(transaction=True)
class TestBecomingSomebody:
    async def test_what_was_said_before_goes_along(self, browser: Open, shared: tuple[ChatKey, str]) -> None:
        ada = browser()
        await ada.hello()
        await ada.start("My lamp is broken", name="Ada")
        await sync_to_async(settle_due)()
        before = await Customer.objects.aget()
        identity = {"token": token(*shared, name="Ada Lovelace", email="ada@example.org", email_verified=True)}
        await ada.say("attributes", identity=identity)
        welcome = await ada.next("welcome")
        assert welcome["visitor"]["is_verified"] and [line["text"] for line in welcome["lines"]] == [
            "My lamp is broken"
        ]
        visitor = await ChatVisitor.objects.select_related("customer").aget()
        customer = visitor.customer
        assert customer is not None and visitor.verified_at is not None
        known = {(i.kind, i.value) async for i in Identity.objects.filter(customer=customer)}
        assert (IdentityKind.EXTERNAL, "user-7") in known and (IdentityKind.EMAIL, "ada@example.org") in known
        await before.arefresh_from_db()
        assert before == customer or before.merged_into_id == customer.pk
        assert (await Ticket.objects.aget()).requester_id == customer.pk
        done = await CustomerMerge.objects.aget()
        await sync_to_async(undo)(done, actor=SYSTEM)
        await visitor.arefresh_from_db()
        assert visitor.customer_id == before.pk and (await Ticket.objects.aget()).requester_id == before.pk

    async def test_another_browser_of_theirs_goes_on(self, browser: Open, shared: tuple[ChatKey, str]) -> None:
        phone, desk = browser(), browser()
        await phone.hello(identity={"token": token(*shared)})
        await phone.start("From the phone")
        welcome = await desk.hello(identity={"token": token(*shared)})
        assert [line["text"] for line in welcome["lines"]] == ["From the phone"]

    async def test_the_next_user_of_the_browser_is_somebody_else(
        self, browser: Open, shared: tuple[ChatKey, str]
    ) -> None:
        first, second = browser(), browser()
        kept = (await first.hello(identity={"token": token(*shared)}))["token"]
        await first.start("Ada's secret")
        welcome = await second.hello(token=kept, identity={"token": token(*shared, sub="user-8")})
        assert welcome["lines"] == [] and welcome["chat"] is None and welcome["visitor"]["is_verified"]

    async def test_a_token_vouches_for_some_hours(
        self, browser: Open, shared: tuple[ChatKey, str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The site's token runs out long before a chat does; but not for ever: the next person at this computer."""
        ada = browser()
        kept = (await ada.hello(identity={"token": token(*shared)}))["token"]
        await ada.start("Ada's secret")
        again = await browser().hello(token=kept)
        assert len(again["lines"]) == 1 and again["token"] == kept, "it does not live longer for being used"
        monkeypatch.setattr("channels_app.chat.tokens.VOUCHED_FOR", timedelta(seconds=-1))
        assert (await browser().hello(token=kept))["lines"] == []

    async def test_a_wrong_token_is_nobody(self, browser: Open, shared: tuple[ChatKey, str]) -> None:
        ada = browser()
        welcome = await ada.hello(identity={"token": token(shared[0], "x" * 40, name="Admin")})
        assert not welcome["visitor"]["is_verified"] and welcome["visitor"]["name"] == ""
        assert (await ada.next("refused"))["of"] == "identity"
        assert not await Customer.objects.aexists()

    async def test_an_address_of_somebody_else_stays_theirs(self, browser: Open, shared: tuple[ChatKey, str]) -> None:
        owner = (await sync_to_async(identify)(IdentityKind.EMAIL, "ada@example.org", name="Ada")).customer
        said = token(*shared, email="ada@example.org", email_verified=True)
        await browser().hello(identity={"token": said})
        identity = await Identity.objects.aget(kind=IdentityKind.EMAIL)
        assert identity.customer_id == owner.pk
        assert (await ChatVisitor.objects.aget()).claimed_email == "ada@example.org"

    async def test_somebody_who_was_proved_otherwise_stays_apart(
        self, browser: Open, shared: tuple[ChatKey, str]
    ) -> None:
        ada = browser()
        await ada.hello()
        await ada.start("Hello")
        await sync_to_async(settle_due)()
        before = await Customer.objects.aget()
        await sync_to_async(add_identity)(
            before, IdentityKind.EMAIL, "ada@example.org", actor=SYSTEM, proved_by=ProvedBy.ONE_TIME_LINK
        )
        await ada.say("attributes", identity={"token": token(*shared)})
        welcome = await ada.next("welcome")
        assert welcome["lines"] == [] and welcome["visitor"]["is_verified"]
        await before.arefresh_from_db()
        assert before.merged_into_id is None and (await Ticket.objects.aget()).requester_id == before.pk

    async def test_what_the_page_says_without_a_signature(self, browser: Open, shared: tuple[ChatKey, str]) -> None:
        ada = browser()
        await ada.hello(identity={"id": "user-7", "hash": "", "name": "Ada", "email": "ada@example.org"})
        await ada.start("Hello", email="ada@example.org")
        visitor = await ChatVisitor.objects.aget()
        assert visitor.verified_at is None and visitor.claimed_email == "ada@example.org"
        assert not await Identity.objects.filter(kind=IdentityKind.EXTERNAL).aexists()

    async def test_only_for_known_customers(
        self, browser: Open, widget: ChatWidget, shared: tuple[ChatKey, str]
    ) -> None:
        widget.needs_verified = True
        await widget.asave()
        ada = browser()
        await ada.hello()
        assert (await ada.start("Hello"))["t"] == "refused" and not await Chat.objects.aexists()
        await ada.say("attributes", identity={"token": token(*shared)})
        await ada.next("welcome")
        assert (await ada.start("Hello"))["t"] == "ack"

    async def test_a_token_of_another_widget_or_made_up(self, browser: Open, widget: ChatWidget) -> None:
        ada = browser()
        kept = (await ada.hello())["token"]
        await ada.start("Hello")
        other = await ChatWidget.objects.acreate(name="Blog", inbox=widget.inbox, languages=["en"])
        elsewhere = Browser(other.key)
        assert (await elsewhere.hello(token=kept))["chat"] is None
        await elsewhere.connection.leave()
        for wrong in (kept[:-1], f"{uuid4().hex}.{widget.pk}.a:1:x", "", "x" * 299):
            assert (await browser().hello(token=wrong))["chat"] is None
