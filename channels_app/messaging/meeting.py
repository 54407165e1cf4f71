"""Two rows that are one message: ours, and the one made for an id that was told of before the call had returned."""

from __future__ import annotations

from channels_app.messaging import states
from channels_app.messaging.versions import merged
from channels_app.models import ProviderMessage


def absorb(part: ProviderMessage) -> None:
    """Take over what came first under the id that `part` has got now. That id is locked."""
    if not part.external_id:
        return
    others = ProviderMessage.objects.select_for_update(of=("self",)).filter(
        account=part.account_id, external_id=part.external_id
    )
    for early in others.exclude(pk=part.pk):
        if early.state:
            at = early.read_at or early.delivered_at or early.sent_at or early.created_at
            states.note(part, early.state, at=at, code=early.error_code, error=early.error)
        part.edit, part.edit_number = merged(part.edit, early.edit), max(part.edit_number, early.edit_number)
        part.withdrawn_at = part.withdrawn_at or early.withdrawn_at
        for who, given in early.reactions.items():
            if who not in part.reactions or part.reactions[who]["at"] < given["at"]:
                part.reactions = {**part.reactions, who: given}
        early.delete()
