"""Whom a chat can be passed on to: people who are there, with what they have, and teams with who of them is there."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, F, Q

from helpdesk.accounts.models import Availability, Team, User
from tickets.chat.presence import people_online
from tickets.models import Chat, ChatState


@dataclass(frozen=True)
class Receivers:
    """`people` with `talks`, the chats they have now; `teams` with `there`, how many of them are online."""

    people: list[User]
    teams: list[Team]


def receivers(chat: Chat, user: User) -> Receivers:
    """For `user` to choose from: not the one who has it, and nobody who may not see tickets of the chat's team."""
    talks = Count("chats", filter=Q(chats__state=ChatState.ACTIVE))
    people = people_online(None).exclude(pk__in=[user.pk, chat.agent_id or 0]).annotate(talks=talks)
    if chat.team and chat.team.is_private:
        people = people.filter(teams=chat.team)
    there = Count("members", filter=Q(members__availability=Availability.ONLINE, members__is_active=True))
    teams = Team.objects.annotate(there=there).order_by(F("there").desc(), "name")
    return Receivers(list(people.order_by("talks", "name")), list(teams))
