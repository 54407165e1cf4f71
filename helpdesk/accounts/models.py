"""Staff: who works here, in which teams, and what their role lets them do."""

from __future__ import annotations

from functools import cache
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import connection, models
from django.db.models.functions import Lower
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from helpdesk.accounts.calendars import Calendar, CalendarVersion, Holiday
from helpdesk.accounts.tokens import ApiToken, IdempotentAnswer
from helpdesk.lib.people import hue_of, initials_of
from helpdesk.lib.reading import Reader

__all__ = [
    "WITHOUT_TICKETS",
    "ApiToken",
    "Availability",
    "Calendar",
    "CalendarVersion",
    "Holiday",
    "IdempotentAnswer",
    "Role",
    "Team",
    "User",
    "UserManager",
]


class Role(models.TextChoices):
    ADMIN = "admin", _("Admin")
    LEAD = "lead", _("Team lead")
    AGENT = "agent", _("Agent")
    LIGHT = "light", _("Light agent")
    COMPANY = "company", _("Other department")


# Tickets are never given to them: they read, and some write notes.
WITHOUT_TICKETS = (Role.LIGHT, Role.COMPANY)


class Availability(models.TextChoices):
    ONLINE = "online", _("Online")
    AWAY = "away", _("Away")
    OFFLINE = "offline", _("Offline")


class Team(models.Model):
    name = models.CharField(_("name"), max_length=80, unique=True)
    is_private = models.BooleanField(
        _("private"), default=False, help_text=_("Only its members, team leads and admins see its tickets.")
    )
    calendar = models.ForeignKey(
        Calendar, models.SET_NULL, null=True, blank=True, related_name="teams", verbose_name=_("hours")
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


HIDDEN_TEAMS = """
SELECT t.id FROM accounts_team t WHERE t.is_private
  AND NOT EXISTS (SELECT FROM accounts_user_teams m WHERE m.team_id = t.id AND m.user_id = %s)
"""


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    @classmethod
    def normalize_email(cls, email: str | None) -> str:
        """Addresses are compared without case throughout, so they are kept in lower case."""
        return (email or "").strip().lower()

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=self.normalize_email(username))

    def get(self, *args: Any, **conditions: Any) -> User:
        """By the id alone in a hand-written statement: so every request asks for its reader (helpdesk.lib.reading)."""
        if type(self) is not UserManager or args or conditions.keys() != {"pk"} or self._db:  # a team's own manager
            return super().get(*args, **conditions)
        reader = _reader()
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {reader.columns('u')} FROM accounts_user u WHERE u.id = %s",  # noqa: S608 our own columns
                [self.model._meta.pk.to_python(conditions["pk"])],
            )
            row = cursor.fetchone()
        if row is None:
            raise self.model.DoesNotExist
        return reader.read(row)


@cache
def _reader() -> Reader[User]:
    return Reader(User)


class User(AbstractBaseUser):
    """A member of staff. Customers never have one: they are `customers.Customer`."""

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    role = models.CharField(_("role"), max_length=8, choices=Role, default=Role.AGENT)
    teams = models.ManyToManyField(Team, related_name="members", blank=True, verbose_name=_("teams"))
    availability = models.CharField(_("availability"), max_length=8, choices=Availability, default=Availability.OFFLINE)
    signature = models.TextField(_("signature"), blank=True, max_length=2000)
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    language = models.CharField(_("language"), max_length=8, default="en")
    preferences = models.JSONField(
        default=dict, blank=True, help_text=_("How the workspace behaves for this person: keys, density, panes.")
    )
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="user_email_is_lower_case")
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def first_name(self) -> str:
        return self.name.split(" ")[0] if self.name else self.email

    @property
    def initials(self) -> str:
        return initials_of(self.name or self.email)

    @property
    def hue(self) -> int:
        return hue_of(self.email)

    @property
    def sees_all_teams(self) -> bool:
        return self.role in (Role.ADMIN, Role.LEAD)

    @cached_property
    def hidden_team_ids(self) -> list[int]:
        """Ids of the private teams whose tickets this person may not see. By hand, since every page asks."""
        if self.sees_all_teams:
            return []
        with connection.cursor() as cursor:
            cursor.execute(HIDDEN_TEAMS, [self.pk])
            return [row[0] for row in cursor.fetchall()]
