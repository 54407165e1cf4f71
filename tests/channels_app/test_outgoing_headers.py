"""Header lines of our own mails, as other programs read them."""

from __future__ import annotations

from email import message_from_string
from email.header import decode_header, make_header
from email.policy import default
from email.utils import getaddresses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels_app.adapters.email import outgoing_headers as headers
from channels_app.adapters.email.parse import parse_email

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)
HOSTILE = st.sampled_from(
    [
        "Hello\r\nBcc: victim@example.org",
        "Hello\n\nbody",
        "Hello\u2028Bcc: x@example.org",
        "=?utf-8?q?=0d=0aBcc:_victim@example.org?=",
        "a" * 300,
        "ü" * 300,
        "👩‍👩‍👧 " * 40,
        '"; <evil@example.org>, "',
        '\\" <evil@example.org>',
        "",
    ]
)


@given(HOSTILE | TEXTS)
def test_a_subject_is_one_header_and_says_what_was_typed(text: str) -> None:
    line = headers.text_header("Subject", text)
    assert_is_one_header(line)
    mail = message_from_string(f"{line}\r\n")
    assert str(make_header(decode_header(mail["Subject"].replace("\r\n ", " ")))) == headers.one_line(text)
    if "=?" not in text:  # our parser decodes what was encoded twice, as some programs send it
        assert parse_email(f"{line}\r\n".encode()).subject == headers.one_line(text)


@given(HOSTILE | TEXTS)
def test_a_name_stays_a_name(name: str) -> None:
    line = headers.address_header("From", [(name, "grace@onethread.test")])
    assert_is_one_header(line)
    assert parse_email(f"{line}\r\n".encode()).sender == "grace@onethread.test"
    [(read_name, address)] = getaddresses([message_from_string(f"{line}\r\n")["From"]])
    assert address == "grace@onethread.test"
    assert " ".join(str(make_header(decode_header(read_name))).split()) == headers.one_line(name)


def test_several_people() -> None:
    line = headers.address_header("To", [("Ada", "ada@example.org"), ("", "mary@example.org"), ("Ö", "o@example.org")])
    addresses = message_from_string(f"{line}\r\n", policy=default)["To"].addresses
    assert [mailbox.addr_spec for mailbox in addresses] == ["ada@example.org", "mary@example.org", "o@example.org"]


def assert_is_one_header(line: str) -> None:
    assert line.isascii()
    assert line.endswith("\r\n")
    first, *folded = line[:-2].split("\r\n")
    assert all(part.startswith((" ", "\t")) for part in folded)
    assert all("\r" not in part and "\n" not in part and len(part) <= 998 for part in (first, *folded))
    assert len(message_from_string(f"{line}\r\n").items()) == 1


@pytest.mark.parametrize("value", ["x\r\nBcc: y", "x\nBcc: y", "x\rBcc: y", "x\r\n\r\nbody", "x\r\n"])
def test_a_value_never_becomes_a_header(value: str) -> None:
    with pytest.raises(ValueError, match="break out"):
        headers.header("X", value)


@pytest.mark.parametrize(
    ("subject", "answer"),
    [
        ("The engine rattles", "Re: The engine rattles"),
        ("Re: RE:  Aw: The engine rattles", "Re: The engine rattles"),
        ("re[2]: The engine rattles", "Re: The engine rattles"),
        ("Reset my password", "Re: Reset my password"),
        ("A\r\nBcc: victim@example.org", "Re: A Bcc: victim@example.org"),
        ("", "Re:"),
    ],
)
def test_an_answers_subject(subject: str, answer: str) -> None:
    assert headers.answer_subject(subject) == answer


@pytest.mark.parametrize(
    ("address", "on_the_wire"),
    [
        (" Ada@Example.org ", "Ada@Example.org"),
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("jürgen@example.org", "jürgen@example.org"),
        ('"ada lovelace"@example.org', '"ada lovelace"@example.org'),
        ("o'hara+x@mail-1.example.co.uk", "o'hara+x@mail-1.example.co.uk"),
        ("root@localhost", "root@localhost"),
    ],
)
def test_an_address_on_the_wire(address: str, on_the_wire: str) -> None:
    assert headers.wire_address(address) == on_the_wire


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ada",
        "@example.org",
        "ada@",
        "a da@example.org",
        "ada@exa mple.org",
        "ada@example..org",
        "ada@-example.org",
        "ada@example.org\r\nRCPT TO:<victim@example.org>",
        "ada\r\n@example.org",
        "<ada@example.org>",
        "ada@example.org,mary@example.org",
        f"{'a' * 65}@example.org",
        f"ada@{'a' * 64}.org",
    ],
)
def test_what_is_no_address(address: str) -> None:
    assert not headers.is_deliverable(address)


class TestReferences:
    def test_a_chain_of_a_thousand(self) -> None:
        ids = [f"{n}@example.org" for n in range(1_000)]
        chain = headers.references(ids)
        assert chain == ["0@example.org", *ids[-19:]]
        assert max(map(len, headers.id_header("References", chain).split("\r\n"))) < 78

    def test_ids_of_absurd_length(self) -> None:
        ids = [f"{n}{'x' * 490}@example.org"[:500] for n in range(30)]
        chain = headers.references(ids)
        assert chain[0] == ids[0]
        assert chain[-1] == ids[-1]
        assert len(headers.id_header("References", chain)) < 5_000

    def test_what_is_no_id_is_left_out(self) -> None:
        odd = ["a b@example.org", "a@example.org>\r\nBcc: x", "<a@example.org>", "ü@example.org", "", "x" * 998]
        assert headers.references([*odd, "good@example.org", "good@example.org"]) == ["good@example.org"]

    def test_none(self) -> None:
        assert headers.references(["", "not usable"]) == []
