"""Each stored mail, in the shape a real program sends it, read and compared with what a person reads in it."""

import re
from pathlib import Path

import pytest

from channels_app.adapters.email.parse import parse_email
from channels_app.adapters.email.parsed import ParsedEmail
from helpdesk.lib.html import html_to_text

from .facts import FACTS

PAYLOADS = Path(__file__).parents[2] / "payloads" / "email"
NAMES = sorted(path.stem for path in PAYLOADS.glob("*.eml"))
KINDS = ("is_auto_reply", "is_bounce", "is_delay", "is_complaint", "is_bulk")


def read(name: str) -> ParsedEmail:
    return parse_email((PAYLOADS / f"{name}.eml").read_bytes())


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def test_every_payload_has_facts() -> None:
    assert sorted(FACTS) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_mail_says_what_a_person_reads_in_it(name: str) -> None:
    facts, mail = FACTS[name], read(name)
    for key in ("sender", "sender_name", "subject", "protection", "returned_message_id"):
        assert getattr(mail, key) == facts.get(key, ""), key
    assert [file.filename for file in mail.attachments] == facts.get("files", [])
    assert [kind for kind in KINDS if getattr(mail, kind)] == facts.get("flags", [])
    if not (mail.is_bounce or mail.is_delay or mail.is_complaint):
        assert mail.reply_text == facts.get("reply_text", "")


@pytest.mark.parametrize("name", NAMES)
def test_history_is_folded_and_never_lost(name: str) -> None:
    mail = read(name)
    if mail.html:
        assert sorted(words(html_to_text(mail.reply_html + mail.quoted_html))) == sorted(words(html_to_text(mail.html)))
    else:
        assert sorted(words(mail.reply_text + "\n" + mail.quoted_text)) == sorted(words(mail.text))
    assert bool(mail.reply_text.strip()) == bool(mail.text.strip())


@pytest.mark.parametrize("name", NAMES)
def test_nothing_that_a_database_or_browser_must_not_see(name: str) -> None:
    mail = read(name)
    everything = "".join(
        [mail.subject, mail.sender_name, mail.text, mail.html, *(a.filename for a in mail.attachments)]
    )
    assert not re.search("[\x00\ud800-\udfff]", everything)
    assert not re.search(r"<script|<style|\son\w+=|javascript:", mail.html, re.IGNORECASE)
    assert not any(set(file.filename) & set('/\\\x00\r\n"') for file in mail.attachments)


def test_the_people_round_the_sender() -> None:
    mail = read("sender_oddities")
    assert [(str(address), address.name) for address in mail.cc] == [
        ("ada@example.com", ""),
        ("bc@example.com", "B, C"),
        ("dave@example.com", "Dave (the) Dev"),
        ("jane@example.com", "Doe, Jane"),
        ("max@example.com", ""),
    ]
    assert mail.to == []
    assert mail.reply_to == ["real@example.com"]


def test_ids_with_and_without_brackets_and_a_date_that_is_none() -> None:
    mail = read("message_ids")
    assert mail.message_id == "no-brackets@example.com"
    assert mail.in_reply_to == "one@example.com"
    assert mail.references == ["one@example.com", "two@example.com", "three@example.com"]
    assert mail.date is None


def test_the_machine_headers_of_another_desk() -> None:
    mail = read("own_loop")
    assert mail.auto_submitted == "auto-replied"
    assert mail.auto_response_suppress == "All"
    assert mail.loop_ids == ["0f3c"]
    assert mail.delivered_to == ["support+t.7.abcdefgh@demo.test", "support@demo.test"]
    assert mail.authentication_results == ["mx.demo.test; dkim=pass header.d=other.test"]
    assert mail.return_path is None
    assert read("bounce_qmail").return_path == ""


def test_a_forwarded_mail_keeps_its_own_bytes() -> None:
    (letter,) = read("forwarded_rfc822").attachments
    assert letter.content.startswith(b"Received: from x\r\nFrom: J\xfcrgen <j@example.de>\r\n")
    assert b"X-Odd:   spaces   kept\t\r\n" in letter.content
    assert letter.content.endswith(b"line \xfc two\r\n\r\n")


def test_inline_pictures_are_known_by_content_id() -> None:
    mail = read("related_inline_image")
    (picture,) = mail.attachments
    assert (picture.content_id, picture.inline, picture.size) == ("image001.png@01DAB3", True, 70)
    assert 'src="cid:image001.png@01DAB3"' in mail.html


def test_damaged_files_come_whole() -> None:
    pdf = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    for name in ("quoted_printable_pdf", "uuencode", "apple_nested_alternative"):
        assert read(name).attachments[0].content == pdf, name
