"""The help centre that stands beside the tickets of these tests, and browsers in which its customers are signed in."""

from tests.tickets.knowledge.articles import shelf
from tests.tickets.portal.conftest import sign_in

__all__ = ["shelf", "sign_in"]
