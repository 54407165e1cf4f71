"""A request as the message that opens its ticket: the words, below them what was answered, and the files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.core.files.storage import default_storage
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from helpdesk.lib.html import text_to_html
from tickets.attachments import File
from tickets.models import ContactFile, ContactRequest
from tickets.services import Incoming


def message_from(
    request: ContactRequest, answers: Sequence[tuple[str, str]], *, rule: str, evidence: Mapping[str, str]
) -> Incoming:
    """`answers` are questions with their answers, in words."""
    text, html = with_answers(request.text, answers)
    return Incoming(
        text=text,
        html=html,
        subject=request.subject,
        from_address=request.email,
        match_rule=rule,
        match_evidence=dict(evidence),
        files=[_file(kept) for kept in request.files.order_by("pk")],
    )


def with_answers(text: str, answers: Sequence[tuple[str, str]]) -> tuple[str, SafeString]:
    """The words and below them what was answered, as text and as HTML."""
    answers = [(question if question.endswith("?") else f"{question}:", answer) for question, answer in answers]
    said = "\n".join(f"{question} {answer}" for question, answer in answers)
    html = SafeString(text_to_html(text))
    if answers:
        html += format_html(
            "<ul>{}</ul>", format_html_join("", "<li><strong>{}</strong> {}</li>", _with_lines(answers))
        )
    return "\n\n".join(part for part in (text, said) if part), html


def _with_lines(answers: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """An answer of several lines keeps them."""
    return [
        (question, format_html_join(SafeString("<br>"), "{}", ((line,) for line in answer.splitlines())))
        for question, answer in answers
    ]


def _file(kept: ContactFile) -> File:
    with default_storage.open(kept.file) as stored:
        return File(kept.filename, kept.content_type, stored.read())
