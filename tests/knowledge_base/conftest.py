"""Fixtures of those who write; folders below have help centres of their own."""

import pytest

from tests.kept import forget_kept
from tests.knowledge_base.writing_cast import article, centre, draft, section, strict

__all__ = ["article", "centre", "draft", "section", "strict"]


@pytest.fixture(autouse=True)
def nobody_searched_before() -> None:
    forget_kept("tries")
