"""Our accounts at Meta, as the stand-in knows them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from channels_app.base import Happening, Hook
from channels_app.models import ProviderAccount
from channels_app.registry import adapter_of
from helpdesk.demo.stand_ins.base import HookCall
from helpdesk.demo.stand_ins.graph import GraphStandIn

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
PAYLOADS = Path(__file__).parents[2] / "payloads"


def account_of(graph: GraphStandIn, kind: str = "whatsapp", **options: Any) -> ProviderAccount:
    """Not saved: adapters need no row."""
    ids = {"whatsapp": graph.phone_number_id, "messenger": graph.page_id, "instagram": graph.ig_id}
    given = {"waba_id": graph.waba_id, "app_id": graph.app_id, **options}
    account = ProviderAccount(kind=kind, name="Acme", external_id=ids[kind], options=given)
    account.set_secrets(access_token=graph.access_token, app_secret=graph.app_secret, verify_token=graph.verify_token)
    return account


def hook_of(call: HookCall) -> Hook:
    """The call as our view would hand it over."""
    headers = {name.lower(): value for name, value in call.headers.items()}
    url = f"https://help.example/hooks/whatsapp/token/{call.path}"
    return Hook(call.method, call.path, url, call.query, headers, call.body, call.content_type)


def read(account: ProviderAccount, call: HookCall) -> list[Happening]:
    return list(adapter_of(account.kind).read(account, hook_of(call), now=NOW))


def replayed(account: ProviderAccount, name: str) -> list[Happening]:
    """What the payload file `name` of the account's provider tells."""
    body = (PAYLOADS / account.kind / f"{name}.json").read_bytes()
    return read(account, HookCall(body, {}))


def payload_names(kind: str) -> list[str]:
    return sorted(path.stem for path in (PAYLOADS / kind).glob("*.json"))


def payload(kind: str, name: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((PAYLOADS / kind / f"{name}.json").read_bytes())
    return read
