"""Which addresses are ours, and which belong to our agents: read once, asked for many mails."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings

from channels_app.adapters.email.tokens import without_token
from channels_app.models import ChannelAccount
from helpdesk.accounts.models import User
from tickets.models import Inbox


@dataclass(frozen=True)
class AddressBook:
    """Addresses are in lower case. An inactive inbox receives nothing, but its address stays ours."""

    accounts: Mapping[str, ChannelAccount]
    by_id: Mapping[int, ChannelAccount]
    agents: Mapping[str, User]

    @classmethod
    def read(cls) -> AddressBook:
        for inbox in Inbox.objects.filter(account=None):
            ChannelAccount.objects.get_or_create(inbox=inbox)  # an inbox made in the settings has no technical side yet
        accounts = {}
        for account in ChannelAccount.objects.select_related("inbox__team").order_by("-pk"):
            for address in (*account.aliases, account.inbox.address):
                accounts[address.lower()] = account
        agents = {user.email: user for user in User.objects.filter(is_active=True)}
        return cls(accounts, {account.pk: account for account in accounts.values()}, agents)

    def account_of(self, address: str) -> ChannelAccount | None:
        """The account that receives mail for `address`, with or without a plus part."""
        account = self._owner(address)
        return account if account and account.inbox.is_active else None

    def is_ours(self, address: str) -> bool:
        """An inbox, active or not, an alias, or the address our notifications come from."""
        return self._owner(address) is not None or without_token(address) == settings.DEFAULT_FROM_EMAIL.lower()

    def agent(self, address: str) -> User | None:
        return self.agents.get(address.strip().lower())

    def _owner(self, address: str) -> ChannelAccount | None:
        return self.accounts.get(address.strip().lower()) or self.accounts.get(without_token(address))
