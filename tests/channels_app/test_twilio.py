"""Whether it is Twilio that calls, by the examples of its own documentation; and what its refusals mean."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping

import pytest
from django.test import override_settings

from channels_app import twilio
from channels_app.base import Hook, LockedOut, Malformed, Rejected, SendError, TryLater, Uncertain
from channels_app.models import ProviderAccount
from helpdesk.demo.stand_ins.base import Answered, Asked, StandIn
from tests.channels_app.serving import serving

TOKEN = "12345"
URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
BODY = b"CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309&To=%2B18005551212"
SIGNATURE = "RSOYDt4T1cUTdK1PDd93/VVr8B8="  # as in twilio-python's tests and Twilio's documentation
JSON_BODY = b'{"property": "value", "boolean": true}'
JSON_HASH = "0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620"
JSON_SIGNATURE = "a9nBmqA0ju/hNViExpshrM61xv4="


def account(**options: str) -> ProviderAccount:
    made = ProviderAccount(kind="twilio-sms", name="SMS", options={"account_sid": "AC1", **options})
    made.set_secrets(auth_token=TOKEN)
    return made


def hook(
    url: str = URL,
    body: bytes = BODY,
    signature: str = SIGNATURE,
    method: str = "POST",
    content_type: str = twilio.FORM,
    headers: Mapping[str, str] | None = None,
) -> Hook:
    query = url.partition("?")[2]
    return Hook(method, "", url, query, {"x-twilio-signature": signature, **(headers or {})}, body, content_type)


def signed(url: str, said: str, key: str = TOKEN, algorithm: str = "sha1") -> str:
    """As the documentation describes it."""
    return base64.b64encode(hmac.new(key.encode(), (url + said).encode(), algorithm).digest()).decode()


def test_twilios_own_example_is_believed() -> None:
    assert twilio.is_signed(account(), hook())


@pytest.mark.parametrize("url", ["https://mycompany.com:443/myapp.php?foo=1&bar=2", URL])
def test_the_port_may_be_there_or_not(url: str) -> None:
    assert twilio.is_signed(account(), hook(url))
    fields = "".join(f"{name}{value}" for name, value in sorted(twilio.fields(hook()).items()))
    with_port = signed(URL.replace("mycompany.com", "mycompany.com:443"), fields)
    assert twilio.is_signed(account(), hook(url, signature=with_port))


@pytest.mark.parametrize(
    "changed",
    [
        hook(body=BODY + b"&Body=more"),
        hook(body=BODY.replace(b"1234&From", b"1235&From")),
        hook(url=URL.replace("foo=1", "foo=2")),
        hook(url=URL.replace("https", "http")),
        hook(signature=""),
        hook(body=BODY + b"&" * 1000),
        hook(signature="größer"),  # compare_digest would raise for text like this
        hook(signature=SIGNATURE.lower()),
        hook(content_type="application/json"),  # a body that no signature covers
        hook(content_type="text/plain"),
    ],
)
def test_anything_changed_is_not(changed: Hook) -> None:
    assert not twilio.is_signed(account(), changed)


def test_without_a_token_nobody_is_believed() -> None:
    nobody = ProviderAccount(kind="twilio-sms", name="SMS")
    assert not twilio.is_signed(nobody, hook(signature=signed(URL, "", key="x")))
    empty = "".join(f"{name}{value}" for name, value in sorted(twilio.fields(hook()).items()))
    assert not twilio.is_signed(nobody, hook(signature=signed(URL, empty, key="")))


def test_blanks_other_scripts_and_repeated_fields_take_part() -> None:
    body = b"Body=+Gr%C3%BC%C3%9Fe+%F0%9F%98%80+&AddOns=&From=%2B49151&Tag=b&Tag=a&Tag=b&raw=%FF"
    said = "AddOns" + "Body Grüße 😀 " + "From+49151" + "Taga" + "Tagb"
    url = "https://desk.example.org/hooks/twilio-sms/t/"
    told = base64.b64encode(hmac.new(TOKEN.encode(), (url + said).encode() + b"raw\xff", "sha1").digest()).decode()
    assert twilio.is_signed(account(), hook(url, body, told))
    assert twilio.fields(hook(url, body))["Body"] == " Grüße 😀 "
    assert twilio.fields(hook(url, body))["AddOns"] == ""


def test_json_is_signed_by_its_hash_in_the_address() -> None:
    url = f"{URL}&bodySHA256={JSON_HASH}"
    right = hook(url, JSON_BODY, JSON_SIGNATURE, content_type="application/json; charset=utf-8")
    assert twilio.is_signed(account(), right)
    assert twilio.fields(right) == {"property": "value"}
    other = hook(url, JSON_BODY + b" ", JSON_SIGNATURE, content_type="application/json")
    assert not twilio.is_signed(account(), other)
    unhashed = hook(URL, JSON_BODY, signed(URL, ""), content_type="application/json")
    assert not twilio.is_signed(account(), unhashed)


def test_get_is_signed_by_its_address() -> None:
    url = "https://desk.example.org/hooks/twilio-sms/t/?MessageSid=SM1&Body=Hello%20there"
    asked = hook(url, b"", signed(url, ""), method="GET", content_type="")
    assert twilio.is_signed(account(), asked)
    assert twilio.fields(asked) == {"MessageSid": "SM1", "Body": "Hello there"}


def test_the_address_is_whole_also_where_the_query_comes_apart() -> None:
    bare, _mark, query = URL.partition("?")
    apart = Hook("POST", "", bare, query, {"x-twilio-signature": SIGNATURE}, BODY, twilio.FORM)
    assert twilio.is_signed(account(), apart)


def test_a_key_of_ours_counts_only_when_it_was_entered() -> None:
    said = "".join(f"{name}{value}" for name, value in sorted(twilio.fields(hook()).items()))
    named = {"x-twilio-webhooks-signature-settings": "key=webhooks_sharedkey_1,algorithm=HMAC_SHA256"}
    by_key = hook(signature=signed(URL, said, "our own key", "sha256"), headers=named)
    plain = account()
    assert not twilio.is_signed(plain, by_key)
    assert not twilio.is_signed(plain, hook(signature=signed(URL, said, "", "sha256"), headers=named))
    assert not twilio.is_signed(plain, hook(signature=signed(URL, said, TOKEN, "sha256"), headers=named))
    ours = account(shared_key_id="webhooks_sharedkey_1")
    ours.set_secrets(shared_key="our own key")
    assert twilio.is_signed(ours, by_key)
    assert twilio.is_signed(ours, hook())  # the account's token goes on counting for addresses without a rule
    weaker = {"x-twilio-webhooks-signature-settings": "key=webhooks_sharedkey_1,algorithm=HMAC_SHA1"}
    assert not twilio.is_signed(ours, hook(signature=signed(URL, said, "our own key"), headers=weaker))
    other = {"x-twilio-webhooks-signature-settings": "key=webhooks_sharedkey_2,algorithm=HMAC_SHA256"}
    assert not twilio.is_signed(ours, hook(signature=signed(URL, said, "our own key", "sha256"), headers=other))


def test_what_has_no_fields_cannot_be_read() -> None:
    for broken in (hook(body=b""), hook(body=b"[1]", content_type="application/json")):
        with pytest.raises(Malformed):
            twilio.check(broken)


def test_hash_of_the_example_is_that_of_its_body() -> None:
    assert hashlib.sha256(JSON_BODY).hexdigest() == JSON_HASH


class Refusing(StandIn):
    def behave(self, asked: Asked) -> Answered:
        return Answered.of({"sid": "SM1"}, 201)


@pytest.mark.parametrize(
    ("answered", "raised", "words"),
    [
        (Answered.of({"code": 21610, "message": "no", "status": 400}, 400), Rejected, "START"),
        (Answered.of({"code": 20003, "message": "Authenticate"}, 401), LockedOut, "credentials"),
        (Answered.of({"code": 20429}, 429, Retry_After="7"), TryLater, "by itself"),
        (Answered.of({}, 503), TryLater, ""),
        (Answered.of({}, 500), Uncertain, "look before"),
        (Answered(502, b"<html>", "text/html"), Uncertain, "look before"),
        (Answered.of({"code": 99999, "message": "Something new"}, 400), Rejected, "Something new"),
        (Answered(hangs_up=True), Uncertain, "did not answer"),
    ],
)
def test_refusals_say_whether_it_may_be_tried_again(answered: Answered, raised: type[SendError], words: str) -> None:
    stand_in = Refusing()
    stand_in.misbehave("Messages.json", answered)
    with serving(stand_in) as address, override_settings(PROVIDER_URLS={"twilio": address}):
        with pytest.raises(raised) as caught:
            twilio.request(account(), "POST", "Messages.json", [("To", "+1"), ("Body", "é")])
        assert words in caught.value.words
        assert twilio.request(account(), "POST", "Messages.json", [("To", "+1")]) == {"sid": "SM1"}
    if isinstance(caught.value, TryLater) and answered.status == 429:
        assert (caught.value.seconds, caught.value.whole_account) == (7, True)
    asked = stand_in.calls[0]
    assert asked.path == "/2010-04-01/Accounts/AC1/Messages.json"
    assert asked.headers["authorization"] == "Basic " + base64.b64encode(b"AC1:12345").decode()
    assert asked.form == {"To": ["+1"], "Body": ["é"]}


def test_who_opted_out_is_unreachable() -> None:
    stand_in = Refusing()
    stand_in.misbehave("Messages.json", Answered.of({"code": 21610}, 400))
    served = serving(stand_in)
    with served as address, override_settings(PROVIDER_URLS={"twilio": address}), pytest.raises(Rejected) as caught:
        twilio.request(account(), "POST", "Messages.json", [])
    assert caught.value.is_unreachable
    assert caught.value.code == "21610"


def test_without_credentials_nobody_is_called() -> None:
    with pytest.raises(LockedOut):
        twilio.request(ProviderAccount(kind="twilio-sms", name="SMS"), "GET", "Messages.json")
