"""Making invitations. Whatever is refused changes nothing."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from tickets.chat.flow_upkeep import first_language
from tickets.chat.invitation_check import problems
from tickets.models import ChatInvitation
from tickets.services import Refused


@transaction.atomic
def save_invitation(invitation: ChatInvitation | None, values: dict[str, Any]) -> ChatInvitation:
    """`values` are its columns but the place, which is the last for a new one. Raises `Refused` with the field."""
    invitation = ChatInvitation.objects.select_for_update().get(pk=invitation.pk) if invitation else _last()
    language = first_language(values["widget"])
    for field, reason in problems(values["conditions"], values["variants"], language=language).items():
        raise Refused(reason, field=field)
    for name, value in values.items():
        setattr(invitation, name, value)
    invitation.save()
    return invitation


def _last() -> ChatInvitation:
    last = ChatInvitation.objects.order_by("-position").values_list("position", flat=True).first()
    return ChatInvitation(position=0 if last is None else last + 1)


@transaction.atomic
def move_invitation(invitation: ChatInvitation, step: int) -> None:
    """One place up (-1) or down (1): the first that fits is the one that is shown."""
    rows = list(ChatInvitation.objects.select_for_update())
    place = next(place for place, each in enumerate(rows) if each.pk == invitation.pk)
    rows.insert(max(0, min(place + step, len(rows) - 1)), rows.pop(place))
    for position, each in enumerate(rows):
        ChatInvitation.objects.filter(pk=each.pk).update(position=position)
