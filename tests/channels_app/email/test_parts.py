"""The small readings one by one: charsets, words, names, keys, packed files, machine mail."""

import copy
import pickle
import struct
from email import message_from_bytes, policy
from email.message import Message
from pathlib import Path

import pytest

from channels_app.adapters.email.addresses import scan_addresses
from channels_app.adapters.email.charset import codec_for, decode
from channels_app.adapters.email.content_key import content_key
from channels_app.adapters.email.encoded_words import header_text
from channels_app.adapters.email.flowed import unflow
from channels_app.adapters.email.machine import may_answer_automatically
from channels_app.adapters.email.parse import parse_email
from channels_app.adapters.email.parsed import Address
from channels_app.adapters.email.structure import Part, read_structure

PAYLOADS = {path.stem: path.read_bytes() for path in (Path(__file__).parents[2] / "payloads" / "email").glob("*.eml")}


@pytest.mark.parametrize(
    "label", ["unicode_escape", "raw_unicode_escape", "idna", "rot13", "zlib", "hex", "punycode", ""]
)
def test_only_codecs_of_mail_are_reachable(label: str) -> None:
    assert codec_for(label) == ""
    assert decode(b"abc \\x41", label) == "abc \\x41"


@pytest.mark.parametrize(
    ("data", "declared", "sibling", "text"),
    [
        ("ü".encode(), "us-ascii", "", "ü"),
        ("ü".encode(), "iso-8859-1", "", "ü"),
        ("€".encode("cp1252"), "latin1", "", "€"),
        (b"\x81\x8d", "windows-1252", "", "\x81\x8d"),
        ("朱镕基".encode("gb18030"), "GB2312", "", "朱镕基"),
        ("①".encode("cp932"), "Shift_JIS", "", "①"),
        ("뷁".encode("cp949"), "euc-kr", "", "뷁"),
        ("привет".encode("koi8-r"), "x-user-defined", "koi8-r", "привет"),
        ("注文".encode("iso2022_jp"), "", "", "注文"),
        ("注文".encode("iso2022_jp"), "utf-8", "", "注文"),
        ("wörter ok ok ok".encode() + b"\xc3", "utf-8", "", "wörter ok ok ok\ufffd"),
        ("wörter".encode("cp1252"), "utf-8", "", "wörter"),
        (b"\xef\xbb\xbfabc", "iso-8859-1", "", "abc"),
        (b"\xed\xa0\xbd\xed\xb8\x80", "utf-8", "", "😀"),
        (b"+APw-", "utf-7", "", "ü"),
        (b"a\x00b", "utf-8", "", "ab"),
    ],
)
def test_charset_of_last_resort(data: bytes, declared: str, sibling: str, text: str) -> None:
    assert decode(data, declared, sibling) == text


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"=?utf-8?q?a_b?= =?utf-8?q?c?=", "a bc"),
        (b"=?utf-8?b?w7w?=", "ü"),
        (b"=?utf-8?q?a?=b", "ab"),
        (b"=?utf-8?b?w7w", "ü"),
        (b"cut =?utf-8?q?of=C3=BC", "cut ofü"),
        (b"=?utf-8?q?never closed but spoken on", "=?utf-8?q?never closed but spoken on"),
        (b"2 =? 3", "2 =? 3"),
        (b"=?utf-8?q??=", ""),
        (b"=?utf-8?Q?=C3?= =?utf-8?Q?=BC?=", "ü"),
        (b"=?iso-8859-1?q?=FC?= =?utf-8?q?=C3=BC?=", "üü"),
        (b"line\r\n\tfolded\r\n  twice", "line folded twice"),
    ],
)
def test_encoded_words(raw: bytes, text: str) -> None:
    assert header_text(raw) == text


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a@b.example d@e.example", [("a@b.example", ""), ("d@e.example", "")]),
        ('"x@y.example" <a@b.example>', [("a@b.example", "x@y.example")]),
        ("<a@b.example", [("a@b.example", "")]),
        ("<<a@b.example>>", [("", ""), ("a@b.example", "")]),
        ("Ada, Ltd. <ada@x.example>, b@c.example", [("ada@x.example", "Ada, Ltd."), ("b@c.example", "")]),
        ("ada@müller.example", [("ada@müller.example", "")]),
        ("ada@[192.0.2.1]", [("ada@[192.0.2.1]", "")]),
        ("Max Muster", [("", "Max Muster")]),
        ("=?UTF-8?Qet. ?Amelie?=", [("", "=?UTF-8?Qet. ?Amelie?=")]),
        ("", []),
    ],
)
def test_addresses(text: str, found: list[tuple[str, str]]) -> None:
    assert [(str(address), address.name) for address in scan_addresses(text)] == found


def test_flowed_paragraphs() -> None:
    assert unflow("one \ntwo\n> three \n> four\n-- \nsig \nned") == "one two\n> three four\n-- \nsig ned"
    assert unflow("日本 \n語", delsp=True) == "日本語"
    assert unflow(" >not quoted") == ">not quoted"


def test_an_address_remembers_its_name() -> None:
    ada = Address("ada@example.com", "Ada")
    assert ada == "ada@example.com"
    assert pickle.loads(pickle.dumps(ada)).name == copy.deepcopy(ada).name == "Ada"


# --- content key


def test_two_deliveries_of_one_mail_share_the_key() -> None:
    raw = PAYLOADS["gmail_reply_en"]
    other = raw.replace(
        b"for <support@demo.test>; Thu, 12 Mar 2026 10:20:01", b"for <billing@demo.test>; Thu, 12 Mar 2026 10:20:09"
    )
    other = (
        b"Delivered-To: b@demo.test\r\nX-Spam-Score: 3\r\nAuthentication-Results: mx; dkim=pass\r\nARC-Seal: i=1\r\n"
        + other
    )
    assert raw != other
    assert (
        content_key(raw)
        == content_key(other)
        == content_key(raw.replace(b"\r\n", b"\n"))
        == content_key(raw + b"\r\n\r\n")
    )
    assert content_key(b"From ada Thu Mar 12\n" + raw) == content_key(raw)


@pytest.mark.parametrize(
    "change", [(b"Ada Lovelace", b"Eve Lovelace"), (b"invoice", b"refund"), (b"Message-ID: <", b"Message-ID: <x")]
)
def test_another_mail_has_another_key(change: tuple[bytes, bytes]) -> None:
    raw = PAYLOADS["gmail_reply_en"]
    assert content_key(raw) != content_key(raw.replace(*change))


def test_all_payloads_have_different_keys() -> None:
    assert len({content_key(raw) for raw in PAYLOADS.values()}) == len(PAYLOADS)


# --- the part tree is the standard parser's, where that one can be trusted

DIFFERENT_ON_PURPOSE = {
    "boundary_missing", "multipart_empty", "mbox_from_line", "no_headers", "digest", "forwarded_rfc822",
    "bounce_postfix", "bounce_exchange", "bounce_gmail", "complaint_arf", "delay_postfix", "delivered_receipt",
}  # fmt: skip


def kinds(part: Part) -> list[str]:
    return [part.content_type, *(kind for child in part.children for kind in kinds(child))]


def standard_kinds(message: Message) -> list[str]:
    return [part.get_content_type() for part in message.walk()]


@pytest.mark.parametrize("name", sorted(set(PAYLOADS) - DIFFERENT_ON_PURPOSE))
def test_the_tree_is_the_standard_parsers(name: str) -> None:
    raw = PAYLOADS[name]
    assert kinds(read_structure(raw, [])) == standard_kinds(message_from_bytes(raw, policy=policy.compat32))


# --- winmail.dat


def tnef_attribute(level: int, name: int, kind: int, data: bytes) -> bytes:
    return struct.pack("<BHHI", level, name, kind, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def winmail(*files: tuple[bytes, bytes]) -> bytes:
    parts = [struct.pack("<IH", 0x223E9F78, 1), tnef_attribute(1, 0x9006, 8, struct.pack("<I", 0x10000))]
    for name, data in files:
        parts.append(tnef_attribute(2, 0x9002, 6, b"\x01\x00\xff\xff\xff\xff\x00\x00\x00\x00\x00\x00\x00\x00"))
        parts.append(tnef_attribute(2, 0x8010, 1, name + b"\x00"))
        parts.append(tnef_attribute(2, 0x800F, 6, data))
    return b"".join(parts)


def mail_with(content: bytes) -> bytes:
    return (
        b"From: a@example.com\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhello\r\n--b\r\n"
        b"Content-Type: application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: binary\r\n\r\n"
        + content + b"\r\n--b--\r\n"
    )  # fmt: skip


def test_files_in_a_winmail_dat_are_unpacked() -> None:
    mail = parse_email(mail_with(winmail((b"offer.pdf", b"%PDF-1.4 x"), (b"..\\note.txt", b"words"))))
    assert [(file.filename, file.content_type, file.content) for file in mail.attachments] == [
        ("offer.pdf", "application/pdf", b"%PDF-1.4 x"),
        ("note.txt", "text/plain", b"words"),
    ]


def test_a_broken_winmail_dat_stays_whole() -> None:
    mail = parse_email(mail_with(winmail((b"offer.pdf", b"%PDF-1.4 x"))[:40]))
    assert [file.filename for file in mail.attachments] == ["winmail.dat"]
    assert parse_email(mail_with(b"no tnef")).attachments[0].content == b"no tnef"


# --- may we answer by machine?


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("gmail_reply_en", True),
        ("autosubmitted_no", True),
        ("person_writes_about_bounces", True),
        ("bounce_postfix", False),
        ("delay_postfix", False),
        ("complaint_arf", False),
        ("autoreply_exchange", False),
        ("autoreply_subject_only_de", False),
        ("mailing_list", False),
        ("newsletter", False),
        ("own_loop", False),
        ("sender_missing", False),
    ],
)
def test_who_gets_an_automatic_answer(name: str, allowed: bool) -> None:
    assert may_answer_automatically(parse_email(PAYLOADS[name]), ["support@demo.test"]) is allowed


@pytest.mark.parametrize(
    "sender",
    ["Support@Demo.test", "no-reply@example.com", "noreply+x@example.com", "do-not-reply@example.com",
     "mailer-daemon@example.com", "postmaster@example.com", "users-request@example.com",
     "owner-users@example.com", "donotreply@example.com"],
)  # fmt: skip
def test_nobody_reads_there(sender: str) -> None:
    mail = parse_email(f"From: {sender}\n\nhello".encode())
    assert not may_answer_automatically(mail, ["support@demo.test"])


@pytest.mark.parametrize(
    "header",
    ["Return-Path: <>", "X-Auto-Response-Suppress: DR, OOF, AutoReply", "Precedence: junk", "X-Onethread-Loop: 1"],
)
def test_headers_that_forbid_an_answer(header: str) -> None:
    assert not may_answer_automatically(parse_email(f"From: ada@example.com\n{header}\n\nhello".encode()), [])
