"""Calls as no provider should make them."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

from tests.channels_app.meta.accounts import payload

ABSURD = [None, [], {}, "", "\0\ud83d", 7, -1.5, True, "9" * 400, [None], {"": None}]


def damaged_bodies(kind: str, name: str, number: int = 150) -> Iterator[bytes]:
    """The payload `name` with things missing, repeated, of another kind, or absurd."""
    chance = random.Random(name)
    for _again in range(number):
        body = json.dumps(_damaged(payload(kind, name), chance))
        if body.startswith("{"):
            yield body.encode()


def _damaged(value: Any, chance: random.Random) -> Any:
    if chance.random() < 0.08:
        return chance.choice(ABSURD)
    if isinstance(value, dict):
        return {name: _damaged(one, chance) for name, one in value.items() if chance.random() > 0.05}
    if isinstance(value, list):
        return [_damaged(one, chance) for one in value for _again in range(chance.choice([1, 1, 1, 2]))]
    return value
