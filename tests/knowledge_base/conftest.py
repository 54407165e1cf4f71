"""Fixtures of those who write; folders below have help centres of their own."""

from tests.knowledge_base.writing_cast import article, centre, draft, section, strict

__all__ = ["article", "centre", "draft", "section", "strict"]
