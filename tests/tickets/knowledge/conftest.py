"""The help centre that stands beside the tickets of these tests."""

from tests.tickets.knowledge.articles import shelf

__all__ = ["shelf"]
