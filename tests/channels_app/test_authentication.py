"""What our own mail server says about a sender, and what strangers claim it says."""

from __future__ import annotations

import pytest

from channels_app.authentication import is_authentic

OURS = "mx.onethread.test"


@pytest.mark.parametrize(
    "header",
    [
        "mx.onethread.test; dkim=pass header.d=example.org header.s=a",
        "mx.onethread.test 1; spf=fail smtp.mailfrom=x@other.test; dkim=pass (2048-bit; ok) header.i=@example.org",
        "mx.onethread.test; spf=pass smtp.mailfrom=bounce@example.org; dmarc=pass header.from=example.org",
        "MX.onethread.test; DKIM=pass header.d=Example.org",
    ],
)
def test_an_aligned_pass_under_our_name_is_believed(header: str) -> None:
    assert is_authentic("ada@example.org", [header], OURS)


@pytest.mark.parametrize(
    "header",
    [
        "mx.elsewhere.test; dkim=pass header.d=example.org",  # a stranger's word
        "mx.onethread.test.evil.test; dkim=pass header.d=example.org",
        "mx.onethread.test; dkim=fail header.d=example.org",
        "mx.onethread.test; dkim=pass header.d=mailer.test",  # somebody's signature, not the sender's
        "mx.onethread.test; dkim=pass header.d=evil.example.org",  # a domain below may be anybody's
        "mx.onethread.test; dkim=pass header.d=org",
        "mx.onethread.test; spf=pass smtp.mailfrom=bounce@example.org",  # without DMARC
        "mx.onethread.test; spf=pass smtp.mailfrom=a@mailer.test; dmarc=pass header.from=mailer.test",
        "mx.onethread.test; none",
        "",
        "(mx.onethread.test; dkim=pass header.d=example.org)",
    ],
)
def test_anything_else_is_not(header: str) -> None:
    assert not is_authentic("ada@example.org", [header], OURS)


def test_without_a_mail_server_of_ours_nothing_is_authentic() -> None:
    assert not is_authentic("ada@example.org", ["; dkim=pass header.d=example.org"], "")
