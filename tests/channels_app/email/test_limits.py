"""No bytes break the parser, and none make it slow: the promise of `parse_email`."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from channels_app.adapters.email.content_key import content_key
from channels_app.adapters.email.parse import parse_email
from channels_app.adapters.email.parsed import ParsedEmail

PAYLOADS = [path.read_bytes() for path in sorted((Path(__file__).parents[2] / "payloads" / "email").glob("*.eml"))]
GENEROUS = 12.0  # CPU seconds; each takes 0.01 to 3 on an idle core, a quadratic reading would take minutes
MEGABYTE = 1024 * 1024
HEAD = b"From: ada@example.com\r\nTo: support@demo.test\r\nSubject: x\r\n"

unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # time is measured below

pieces = st.one_of(
    st.binary(max_size=40),
    st.sampled_from(
        [b"\r\n", b"\n", b"\r", b"\r\n\r\n", b"--b\r\n", b"--b--\r\n", b": ",
         b"Content-Type: multipart/mixed; boundary=b\r\n",
         b"Content-Type: text/html; charset=x\r\n", b"Content-Type: message/rfc822\r\n", b"Subject: =?utf-8?q?", b"?=",
         b"Content-Transfer-Encoding: base64\r\n", b"Content-Disposition: attachment; filename*0*=utf-8''%", b"From: ",
         b"<blockquote>", b"<div id=divRplyFwdMsg>", b"</div>", b"> ", b"-- \n",
         b"On 12.03.2026 10:14 <a@b.c> wrote:\n", b"\x1b$B",
         b"Return-Path: <>\r\n", b"Date: ", b"\xff\xfe", b"\xef\xbb\xbf", b"begin 644 x\n", b"\x00", b"\xed\xa0\x80"]
    ),
)  # fmt: skip


def assert_sound(mail: ParsedEmail) -> None:
    assert not [defect for defect in mail.defects if "parser failed" in defect]
    "".join([mail.subject, mail.sender, mail.sender_name, mail.text, mail.html, mail.reply_text]).encode("utf-8")
    assert bool(mail.reply_text.strip()) == bool(mail.text.strip())
    for file in mail.attachments:
        assert 0 < len(file.filename.encode("utf-8")) <= 200


@unhurried
@given(st.binary(max_size=400))
def test_no_bytes_break_it(raw: bytes) -> None:
    assert_sound(parse_email(raw))
    assert len(content_key(raw)) == 64


@unhurried
@given(st.lists(pieces, max_size=30).map(b"".join))
def test_no_pieces_of_mail_break_it(raw: bytes) -> None:
    assert_sound(parse_email(raw))
    assert_sound(parse_email(HEAD + raw))


@unhurried
@given(st.sampled_from(PAYLOADS), st.sampled_from(PAYLOADS), st.data())
def test_a_mail_cut_and_continued_with_another_does_not_break_it(one: bytes, other: bytes, data: st.DataObject) -> None:
    begin = one[: data.draw(st.integers(0, len(one)))]
    end = other[data.draw(st.integers(0, len(other))) :]
    assert_sound(parse_email(begin + end))


@unhurried
@given(st.sampled_from(PAYLOADS), st.data())
def test_a_mail_with_wrong_bytes_does_not_break_it(raw: bytes, data: st.DataObject) -> None:
    mail = bytearray(raw)
    for place in data.draw(st.lists(st.integers(0, len(raw) - 1), max_size=8)):
        mail[place] = data.draw(st.sampled_from(b'\x00\xff"<>=?;:-\r\n& '))
    assert_sound(parse_email(bytes(mail)))


def to(value: bytes) -> bytes:
    return b"From: ada@example.com\r\nTo: " + value + b"\r\n\r\nbody"


def letter(value: bytes, kind: bytes = b"text/plain") -> bytes:
    return HEAD + b"Content-Type: " + kind + b"\r\n\r\n" + value


def nested(levels: int, kind: bytes = b"multipart/mixed") -> bytes:
    return b"".join(b"Content-Type: %s; boundary=b%d\r\n\r\n--b%d\r\n" % (kind, n, n) for n in range(levels))


HOSTILE: dict[str, Callable[[], bytes]] = {
    "20,000 recipients": lambda: to(b",\r\n ".join(b'"User %d" <u%d@example.org>' % (n, n) for n in range(20_000))),
    "3,000 open brackets": lambda: to(b"(" * 3_000 + b" ada@example.com"),
    "200,000 open brackets": lambda: to(b"(" * 200_000),
    "open quotes": lambda: to(b'"\\' * 100_000),
    "open angles": lambda: to(b'<"' * 100_000),
    "a long local part": lambda: to(b"a" * 200_000 + b"@"),
    "1 MB subject": lambda: b"Subject: " + b"x" * MEGABYTE + b"\r\n\r\nbody",
    "open encoded words": lambda: b"Subject: " + b"=?utf-8?q?" * 25_000 + b"\r\n\r\nbody",
    "100,000 header lines": lambda: b"X-A: b\r\n" * 100_000 + b"Subject: y\r\n\r\nbody",
    "100,000 stray header lines": lambda: HEAD + b"stray\r\nA: b\r\n" * 50_000 + b"\r\nbody",
    "many parameters": lambda: HEAD + b"Content-Type: text/plain" + b'; a="' * 40_000 + b"\r\n\r\nbody",
    "50,000 parts": lambda: letter(b"--b\r\n\r\nx\r\n" * 50_000, b"multipart/mixed; boundary=b"),
    "1,000 levels": lambda: HEAD + nested(1_000),
    "1,000 levels of alternatives": lambda: HEAD + nested(1_000, b"multipart/alternative"),
    "5 million near-boundaries": lambda: HEAD + nested(31) + b"--b" * (5 * MEGABYTE),
    "20 MB of text": lambda: letter(b"hello world this is text\r\n" * 800_000),
    "20 MB on one line": lambda: letter(b"On " * (7 * MEGABYTE)),
    "20 MB of blanks": lambda: letter(b" " * (20 * MEGABYTE)),
    "5 million quote marks": lambda: letter(b"> \n" * (5 * MEGABYTE)),
    "1 million quotes and answers": lambda: letter(b"> a\nb\n" * MEGABYTE),
    "1 million signatures": lambda: letter(b"-- \n" * MEGABYTE),
    "300,000 attributions": lambda: letter(b"On 12.03.2026 10:14 a@b.c wrote\n" * 300_000),
    "300,000 header blocks": lambda: letter(b"From: \n\n\n\n" * 300_000),
    "escape sequences": lambda: letter(b"\x1b$B-!" * (2 * MEGABYTE)),
    "flowed": lambda: letter(b"a \n" * (3 * MEGABYTE), b"text/plain; format=flowed"),
    "10 million paddings": lambda: HEAD + b"Content-Transfer-Encoding: base64\r\n\r\n" + b"=a" * (10 * MEGABYTE),
    "soft breaks": lambda: HEAD + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + b"= " * (10 * MEGABYTE),
    "broken uuencode": lambda: HEAD + b"Content-Transfer-Encoding: uuencode\r\n\r\nbegin 644 a\n" + b"~\n" * MEGABYTE,
    "1 million div": lambda: letter(b"<div>" * MEGABYTE, b"text/html"),
    "unclosed formatting": lambda: letter(b"<p>" + b"".join(b"<b a=%d>" % n for n in range(50_000)), b"text/html"),
    "formatting opened again": lambda: letter(
        b"<p>" + b"".join(b"<b a=%d>" % n for n in range(60)) + b"</p>" + b"<p>x</p>" * 40_000, b"text/html"
    ),
    "1 million attributes": lambda: letter(b"<a " + b"x=1 " * MEGABYTE + b">", b"text/html"),
    "open comments": lambda: letter(b"<!--" * MEGABYTE, b"text/html"),
    "bare ampersands": lambda: letter(b"&" * (4 * MEGABYTE), b"text/html"),
    "100,000 tables": lambda: letter(b"<table><tr><td>" * 100_000, b"text/html"),
    "open urls": lambda: letter(b'<p style="background:url(' * 50_000, b"text/html"),
    "a daemon's 100,000 addresses": lambda: (
        b"Return-Path: <>\r\nFrom: mailer-daemon@example.org\r\nSubject: hi\r\n\r\n" + b"<a@example.org>:\n" * 100_000
    ),
    "a daemon's 1,000 levels": lambda: b"Return-Path: <>\r\nFrom: mailer-daemon@example.org\r\n" + nested(1_000),
    "100,000 forwards": lambda: b"Content-Type: message/rfc822\r\n\r\n" * 100_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_mail_is_read_in_bounded_time(name: str) -> None:
    raw = HOSTILE[name]()
    began = time.process_time()
    mail = parse_email(raw)
    content_key(raw)
    assert time.process_time() - began < GENEROUS
    assert_sound(mail)


def test_limits_are_told_as_defects() -> None:
    assert any("1000 parts" in defect for defect in parse_email(HOSTILE["50,000 parts"]()).defects)
    assert any("nested deeper" in defect for defect in parse_email(HOSTILE["1,000 levels"]()).defects)
    assert any("256 KB" in defect for defect in parse_email(HOSTILE["1 MB subject"]()).defects)
    assert any("40 MB" in defect for defect in parse_email(letter(b"x" * (41 * MEGABYTE))).defects)


def test_headers_that_matter_survive_a_flood() -> None:
    mail = parse_email(b"X-Flood: " + b"x" * MEGABYTE + b"\r\n" + b"X-A: b\r\n" * 50_000 + HEAD + b"\r\nbody")
    assert (mail.sender, mail.subject, mail.text) == ("ada@example.com", "x", "body")


def test_the_first_thousands_of_recipients_are_known() -> None:
    mail = parse_email(to(b", ".join(b"u%d@example.org" % number for number in range(12_000))))
    assert len(mail.to) == 12_000
