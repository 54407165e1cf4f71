"""Connecting an account, changing it, taking it away."""

from __future__ import annotations

import base64
import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from channels_app.base import SendError
from channels_app.messaging.claiming import give_up
from channels_app.models import PartState, ProviderAccount
from channels_app.registry import listener_of
from channels_app.setup.fields import Kept
from channels_app.setup.setups import setup_of
from channels_app.setup.social import offer_view
from helpdesk.accounts.models import User
from helpdesk.lib.sealing import CannotOpen
from tickets.models import Inbox
from tickets.services import Refused

logger = logging.getLogger(__name__)
SUBMITTED = "submit_key"  # in ProviderAccount.facts


@dataclass(frozen=True)
class Probed:
    """What came of asking the provider who we are."""

    is_well: bool
    words: str


@transaction.atomic
def save_account(
    account: ProviderAccount | None,
    kind: str,
    *,
    name: str,
    inbox: Inbox,
    values: Mapping[str, str],
    by: User | None = None,
    submit_key: UUID | None = None,
) -> ProviderAccount:
    """`values` by the names of the kind's fields; a secret that is empty stays what it was.

    With a `submit_key` again a new one is that of the first time. Raises `Refused` with the field where the
    provider's id is taken by another account of ours.
    """
    if account is None and submit_key and (made := _made_before(submit_key)):
        return made
    known = {SUBMITTED: str(submit_key)} if submit_key else {}
    account = _locked(account) if account else ProviderAccount(kind=kind, created_by=by, facts=known)
    account.name, account.inbox = name, inbox
    before = dict(account.options)
    setup = setup_of(kind)
    given: dict[str, str] = {}
    for field in setup.fields:
        value = values.get(field.name, "")
        if field.kept is Kept.EXTERNAL_ID:
            account.external_id = value
        elif field.kept is Kept.OPTION:
            account.options[field.name] = value if not field.is_flag else bool(value)
        elif field.is_made_by_us:
            if not _known(account).get(field.name):
                given[field.name] = made_secret(kind)
        elif value:
            given[field.name] = value
    if named := given.get(setup.named_by):
        account.external_id = named.partition(":")[0]
    if given:
        _reseal(account, given)
    account.problem, account.problem_at = "", None  # what was wrong may be right now: the next call tells
    try:
        with transaction.atomic():
            account.save()
    except IntegrityError as error:
        taken = next((field.name for field in setup.fields if field.kept is Kept.EXTERNAL_ID), setup.named_by)
        raise Refused(_("Another account of yours is connected by this already."), field=taken) from error
    offer_view(account, before, by)
    return account


def _made_before(submit_key: UUID) -> ProviderAccount | None:
    """By the same form, sent twice: the second one waits here for the first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"onethread.channel {submit_key}"])
    return ProviderAccount.objects.filter(**{f"facts__{SUBMITTED}": str(submit_key)}).first()


def made_secret(kind: str) -> str:
    """As the providers want them: letters, digits, _ and -; a Standard Webhooks key begins with whsec_."""
    if kind == "generic":
        return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    return secrets.token_urlsafe(32)


def remove_account(account: ProviderAccount, *, now: datetime | None = None) -> None:
    """Its conversations go with it, their tickets stay, and what waited to be sent says that it was not.

    `Refused` while a worker is sending by it; it is paused then.
    """
    set_active(account, False)
    give_up(account, _("The channel was disconnected before this could be sent."), now=now or timezone.now())
    with transaction.atomic():
        locked = _locked(account)
        if locked.messages.filter(state__in=[PartState.WAITING, PartState.SENDING]).exists():
            raise Refused(_("A message is just being sent from here. It is paused now: disconnect it in a moment."))
        locked.delete()
    _say_goodbye(account)


def _say_goodbye(account: ProviderAccount) -> None:
    """It is gone here whatever its provider says: what it still calls is refused."""
    adapter = listener_of(account.kind)
    try:
        if adapter:
            adapter.disconnect(account)
    except (SendError, CannotOpen) as error:
        logger.info("the provider of %s was not told that it is disconnected: %s", account, error)


def set_active(account: ProviderAccount, is_active: bool) -> None:
    """While it is paused, what comes in is kept and read later, and what goes out waits."""
    account.is_active = is_active
    account.save(update_fields=["is_active"])


def probe(account: ProviderAccount, *, now: datetime | None = None) -> Probed:
    """Tell the provider our address where it takes that from us, ask it who we are, and keep what it tells."""
    now = now or timezone.now()
    adapter = listener_of(account.kind)
    if adapter is None:
        raise ValueError(account.kind)
    try:
        adapter.connect(account)
        facts = adapter.probe(account)
    except SendError as error:
        account.problem, account.problem_at = error.words[:500], now
        account.save(update_fields=["problem", "problem_at"])
        return Probed(False, error.words)
    except CannotOpen:
        words = _("Its secrets were sealed under another SECRET_KEY. Put them in again.")
        account.problem, account.problem_at = words, now
        account.save(update_fields=["problem", "problem_at"])
        return Probed(False, words)
    with transaction.atomic():
        account = _locked(account)
        account.facts = {**account.facts, **facts, "probed_at": now.isoformat()}
        account.problem, account.problem_at = "", None
        account.save(update_fields=["facts", "problem", "problem_at"])
    return Probed(True, _("The provider knows us."))


def can_probe(account: ProviderAccount) -> bool:
    return listener_of(account.kind) is not None


def hook_addresses(account: ProviderAccount) -> list[tuple[str, str]]:
    """What each is for, and the address."""
    base = f"{settings.PUBLIC_URL}/hooks/{account.kind}/{account.hook_token}/"
    return [(str(hook.label), f"{base}{hook.path}") for hook in setup_of(account.kind).hooks]


def shown_secrets(account: ProviderAccount) -> list[tuple[str, str]]:
    """Those that we made up, since the provider has to be told them; [] when they can't be opened."""
    known = _known(account)
    fields = [field for field in setup_of(account.kind).fields if field.is_made_by_us]
    return [(str(field.label), known[field.name]) for field in fields if known.get(field.name)]


def _locked(account: ProviderAccount) -> ProviderAccount:
    """As it is now: a worker may have renewed its tokens since it was read, and hooks count what they hear."""
    return ProviderAccount.objects.select_for_update().get(pk=account.pk)


def _known(account: ProviderAccount) -> dict[str, str]:
    try:
        return account.secrets
    except CannotOpen:
        return {}


def _reseal(account: ProviderAccount, given: Mapping[str, str]) -> None:
    kept = _known(account)
    account.sealed_secrets = ""
    account.set_secrets(**{**kept, **given})
