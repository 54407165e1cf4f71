"""What a survey's mail is filled in with: the same for customers, for a test, and for the editor's preview."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import css_inline
from django.template.loader import render_to_string
from django.utils import translation

from knowledge_base.centres import spoken_in
from tickets.models import Inbox, Survey
from tickets.surveys.wording import words_of

TEMPLATE: Final = "channels/survey_mail"
_STYLES = css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=False)


def facts_of(
    survey: Survey, language: str, inbox: Inbox, address: Callable[[int], str], *,
    is_reminder: bool = False, is_trial: bool = False, stop: str = "", mark: str = "", number: int = 0, about: str = "",
) -> dict[str, Any]:  # fmt: skip
    """`address` is where the link of a value leads."""
    language = spoken_in(language)
    words = words_of(survey, language, house=inbox.name)
    return {
        "language": language,
        "subject": words.subject,
        "words": words,
        "choices": [(choice, address(choice.value)) for choice in words.choices],
        "is_wide": len(words.choices) > 5,
        "house": inbox.name,
        "number": number,
        "about": about,
        "is_reminder": is_reminder,
        "is_trial": is_trial,
        "stop": stop,
        "mark": mark,
    }


def mail_html(survey: Survey, language: str, inbox: Inbox) -> str:
    """As it leaves, with links that lead nowhere."""
    with translation.override(spoken_in(language)):
        about = translation.gettext("An example")
        facts = facts_of(survey, language, inbox, lambda _value: "#", number=1234, about=about)
        return _STYLES.inline(render_to_string(f"{TEMPLATE}.html", facts).strip())
