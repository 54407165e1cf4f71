"""Who looks at a ticket and who is typing, kept in Valkey for as long as a browser says so."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass

import redis.asyncio
from django.conf import settings

KEPT_FOR = 45  # seconds without a sign of life; pages ping every 25


@dataclass(frozen=True)
class Person:
    id: int
    name: str
    initials: str
    hue: int
    typing: bool = False


def _key(ticket: int) -> str:
    return f"{settings.VALKEY_PREFIX}:presence:{ticket}"


async def enter(valkey: redis.asyncio.Redis, ticket: int, connection: str, person: Person) -> None:
    """Write down that `person` is there through this socket; calling it again keeps them there."""
    entry = json.dumps({**asdict(person), "until": time.time() + KEPT_FOR})
    async with valkey.pipeline(transaction=False) as pipe:
        pipe.hset(_key(ticket), connection, entry)
        pipe.expire(_key(ticket), KEPT_FOR * 2)
        await pipe.execute()


async def leave(valkey: redis.asyncio.Redis, ticket: int, connection: str) -> None:
    await valkey.hdel(_key(ticket), connection)


async def people_at(valkey: redis.asyncio.Redis, ticket: int) -> list[Person]:
    """Everybody at the ticket, each person once: typing if they type in any of their tabs."""
    people: dict[int, Person] = {}
    for entry in (await valkey.hgetall(_key(ticket))).values():
        fields = json.loads(entry)
        if fields.pop("until") < time.time():
            continue
        person = Person(**fields)
        if person.id not in people or person.typing:
            people[person.id] = person
    return sorted(people.values(), key=lambda person: person.name)
