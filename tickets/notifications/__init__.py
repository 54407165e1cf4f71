"""What members of staff hear of: written down in the gesture's own transaction, told by bell, mail and push."""

from tickets.notifications.hearing import notify
from tickets.notifications.telling import tell

__all__ = ["notify", "tell"]
