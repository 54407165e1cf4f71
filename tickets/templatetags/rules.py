"""Rules in templates."""

from __future__ import annotations

from django import template

from tickets.automation.soundness import problem_words

register = template.Library()

register.filter("problem_words", problem_words)
