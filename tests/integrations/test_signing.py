"""The Standard Webhooks scheme, held to its published example."""

from hypothesis import given
from hypothesis import strategies as st

from helpdesk.integrations.webhooks import signing

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ID, STAMP, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
SIGNED = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_published_example() -> None:
    assert signing.signature(SECRET, ID, STAMP, BODY) == SIGNED


def test_any_of_several_signatures_verifies_and_nothing_else() -> None:
    other = signing.new_secret()
    headers = signing.headers([other, SECRET], ID, STAMP, BODY)
    assert signing.verify([SECRET], headers, BODY, now=STAMP)
    assert signing.verify([other], headers, BODY, now=STAMP + 300)
    assert not signing.verify([SECRET], headers, BODY + b" ", now=STAMP)
    assert not signing.verify([SECRET], headers | {"webhook-id": "msg_x"}, BODY, now=STAMP)
    assert not signing.verify([signing.new_secret()], headers, BODY, now=STAMP)


def test_old_and_future_timestamps_are_refused() -> None:
    headers = signing.headers([SECRET], ID, STAMP, BODY)
    assert not signing.verify([SECRET], headers, BODY, now=STAMP + 301)
    assert not signing.verify([SECRET], headers, BODY, now=STAMP - 301)


@given(st.dictionaries(st.sampled_from(["webhook-id", "webhook-timestamp", "webhook-signature"]), st.text()))
def test_whatever_is_sent_is_refused_without_a_noise(headers: dict[str, str]) -> None:
    assert not signing.verify([SECRET], headers, BODY, now=STAMP)
