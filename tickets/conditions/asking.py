"""For whom and when a question is asked: what `current_user`, `today` and "hours since" stand for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cached_property
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from customers.models import Customer
from helpdesk.accounts.models import User


@dataclass(frozen=True)
class Asking:
    """A rule asks for nobody in particular (`of_rule`): `user` and `customer` are then who did what made it ask."""

    user: User | None
    now: datetime
    customer: Customer | None = None
    of_rule: bool = False

    @property
    def user_id(self) -> int | None:
        return self.user.pk if self.user else None

    @cached_property
    def zone(self) -> tzinfo:
        """The user's; UTC in a rule, whose days must not depend on who acts."""
        try:
            return ZoneInfo(self.user.time_zone) if self.user and not self.of_rule else UTC
        except (ZoneInfoNotFoundError, ValueError):
            return UTC

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    def day(self, day: date) -> tuple[datetime, datetime]:
        """From its first moment to the first of the next one: 23 to 25 hours."""
        return self._midnight(day), self._midnight(day + timedelta(days=1))

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.zone).astimezone(UTC)
