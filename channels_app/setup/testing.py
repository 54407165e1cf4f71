"""A test message: a real answer, in the conversation that was heard last, on its ticket like any other."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from channels_app.messaging.routes import route_by
from channels_app.models import Conversation, ProviderAccount
from customers.actors import Actor
from helpdesk.accounts.models import User
from tickets.models import Message, Ticket
from tickets.services import Refused, add_reply


def newest_conversation(account: ProviderAccount, user: User) -> Conversation | None:
    """Where a test would go: who wrote last and may be answered, on a ticket that `user` sees."""
    visible = Ticket.objects.visible_to(user).exclude(status="closed")
    rows = account.conversations.filter(is_public=False, unreachable="", ticket__in=visible)
    return rows.select_related("account", "identity", "ticket").order_by("-last_inbound_at", "-pk").first()


def send_test(account: ProviderAccount, user: User, *, submit_key: UUID | None = None) -> Message:
    """With the same `submit_key` again it is the message of the first time.

    Raises `Refused` where nobody has written yet, or the channel takes no words now.
    """
    conversation = newest_conversation(account, user)
    if conversation is None or conversation.ticket is None:
        raise Refused(_("Nobody has written here yet: write to it from your own account first."))
    route = route_by(conversation)
    if not route.takes_words(timezone.now()):
        raise Refused(_("The last message is too old to be answered: write to it once more first."))
    words = _("This is a test of %(account)s. It works.") % {"account": account}
    return add_reply(
        conversation.ticket,
        f"<p>{words}</p>",
        actor=Actor.agent(user),
        route=route,
        keeps_draft=True,
        submit_key=submit_key,
    )
