"""The Standard Webhooks scheme, held to its published example."""

from hypothesis import given
from hypothesis import strategies as st

from helpdesk.lib import standard_webhooks

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ID, STAMP, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
SIGNED = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_published_example() -> None:
    assert standard_webhooks.signature(SECRET, ID, STAMP, BODY) == SIGNED


def test_any_of_several_signatures_verifies_and_nothing_else() -> None:
    other = standard_webhooks.new_secret()
    headers = standard_webhooks.headers([other, SECRET], ID, STAMP, BODY)
    assert standard_webhooks.verify([SECRET], headers, BODY, now=STAMP)
    assert standard_webhooks.verify([other], headers, BODY, now=STAMP + 300)
    assert not standard_webhooks.verify([SECRET], headers, BODY + b" ", now=STAMP)
    assert not standard_webhooks.verify([SECRET], headers | {"webhook-id": "msg_x"}, BODY, now=STAMP)
    assert not standard_webhooks.verify([standard_webhooks.new_secret()], headers, BODY, now=STAMP)


def test_old_and_future_timestamps_are_refused() -> None:
    headers = standard_webhooks.headers([SECRET], ID, STAMP, BODY)
    assert not standard_webhooks.verify([SECRET], headers, BODY, now=STAMP + 301)
    assert not standard_webhooks.verify([SECRET], headers, BODY, now=STAMP - 301)


@given(st.dictionaries(st.sampled_from(["webhook-id", "webhook-timestamp", "webhook-signature"]), st.text()))
def test_whatever_is_sent_is_refused_without_a_noise(headers: dict[str, str]) -> None:
    assert not standard_webhooks.verify([SECRET], headers, BODY, now=STAMP)


def test_a_moment_of_four_hundred_digits_is_refused() -> None:
    headers = standard_webhooks.headers([SECRET], ID, STAMP, BODY) | {"webhook-timestamp": "9" * 400}
    assert not standard_webhooks.verify([SECRET], headers, BODY, now=1614265330.5)
