"""Who is at a ticket, who writes there, and who holds the soft claim on its reply.

Kept in Valkey for as long as a browser says so, and never a fact worth keeping. Each ticket has a hash: an entry for
every page that shows it, and `claim`, the page that started a reply first. A sorted set holds when each runs out.

Every change is one script that writes, reads and publishes, so what is told comes in the order of what happened, and
an entry that runs out is told as a departure is. docs/decisions/realtime.md has the reasons and the costs.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal

import redis.asyncio
from django.conf import settings

KEPT_FOR = 7.0  # seconds without a sign of life from the web process that holds the page's socket

Claim = Literal["", "claim", "take", "release"]
Mode = Literal["", "reply", "note"]

UNTIL = f"{settings.VALKEY_PREFIX}:presence"
ENTRIES = f"{UNTIL}:"  # and the ticket's number

NOW = "local time = redis.call('TIME'); local now = tonumber(time[1]) + tonumber(time[2]) / 1000000\n"
TELL = """
local function tell(people, ticket, channel)
  local all, entries, claim = redis.call('HGETALL', people), {}, ''
  for i = 1, #all, 2 do
    if all[i] == 'claim' then claim = all[i + 1]
    else entries[#entries + 1] = '"' .. all[i] .. '":' .. all[i + 1] end
  end
  if #entries == 0 then redis.call('DEL', people) end
  redis.call('PUBLISH', channel, '{"t":"presence","ticket":' .. ticket .. ',"claim":"' .. claim
    .. '","entries":{' .. table.concat(entries, ',') .. '}}')
end
local function leave(until_, people, ticket, connection)
  redis.call('ZREM', until_, ticket .. ':' .. connection)
  if redis.call('HGET', people, 'claim') == connection then redis.call('HDEL', people, 'claim') end
  return redis.call('HDEL', people, connection) == 1
end
"""
ENTER = (
    NOW
    + TELL
    + """
local until_, people = KEYS[1], KEYS[2]
local ticket, connection, entry, kept_for, verb, channel = unpack(ARGV)
local before, holder = redis.call('HGET', people, connection), redis.call('HGET', people, 'claim')
redis.call('HSET', people, connection, entry)
redis.call('ZADD', until_, now + tonumber(kept_for), ticket .. ':' .. connection)
local claim = holder
local held = holder and redis.call('HGET', people, holder)
local mine = held and cjson.decode(held).id == cjson.decode(entry).id
if verb == 'take' or (verb == 'claim' and (mine or not held)) then claim = connection
elseif verb == 'release' and mine then claim = false end
if claim and claim ~= holder then redis.call('HSET', people, 'claim', claim)
elseif holder and not claim then redis.call('HDEL', people, 'claim') end
if before ~= entry or claim ~= holder then tell(people, ticket, channel) end
"""
)
LEAVE = TELL + "if leave(KEYS[1], KEYS[2], ARGV[1], ARGV[2]) then tell(KEYS[2], ARGV[1], ARGV[3]) end"
STAY = (
    NOW
    + """
local unknown = {}
for i = 2, #ARGV do
  if redis.call('ZSCORE', KEYS[1], ARGV[i]) then redis.call('ZADD', KEYS[1], now + tonumber(ARGV[1]), ARGV[i])
  else unknown[#unknown + 1] = ARGV[i] end
end
return unknown
"""
)
SWEEP = (
    NOW
    + TELL
    + """
local over = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, 100)
for _, member in ipairs(over) do
  local ticket, connection = string.match(member, '^(%d+):(%w+)$')
  if leave(KEYS[1], ARGV[1] .. ticket, ticket, connection) then tell(ARGV[1] .. ticket, ticket, ARGV[2]) end
end
return #over
"""
)


@dataclass(frozen=True)
class Entry:
    """One page at a ticket; `writing` says what its reader types just now."""

    id: int
    name: str
    initials: str
    hue: int
    writing: Mode = ""


@dataclass(frozen=True)
class Presence:
    """Everybody at a ticket, each person once, and whose page holds the claim ("" for nobody's)."""

    ticket: int
    people: tuple[Entry, ...] = ()
    claimed_by: int = 0  # a user
    claim: str = ""  # a page

    def message(self) -> dict[str, Any]:
        people = [asdict(person) for person in self.people]
        return {"t": "presence", "ticket": self.ticket, "people": people, "claim": self.claimed_by}


def presence_of(ticket: int, entries: dict[str, dict[str, Any]], claim: str) -> Presence:
    """Several pages of one person count as that person, who writes if they write on any: a reply before a note."""
    people: dict[int, Entry] = {}
    for fields in entries.values():
        entry = Entry(**fields)
        if entry.id not in people or entry.writing > people[entry.id].writing:  # "reply" > "note" > ""
            people[entry.id] = entry
    shown = tuple(sorted(people.values(), key=lambda person: (person.name, person.id)))
    return Presence(ticket, shown, entries[claim]["id"] if claim in entries else 0, claim)


class Register:
    """The entries in Valkey, and `channel`, where each change is published."""

    def __init__(self, valkey: redis.asyncio.Redis, channel: str) -> None:
        self._valkey, self._channel = valkey, channel
        self._enter, self._leave = valkey.register_script(ENTER), valkey.register_script(LEAVE)
        self._stay, self._sweep = valkey.register_script(STAY), valkey.register_script(SWEEP)

    async def enter(self, ticket: int, connection: str, entry: Entry, claim: Claim = "") -> None:
        """Write down that this page is at the ticket and what it does; the same again only keeps it there."""
        fields = json.dumps(asdict(entry))
        await self._enter(
            keys=[UNTIL, f"{ENTRIES}{ticket}"], args=[ticket, connection, fields, KEPT_FOR, claim, self._channel]
        )

    async def leave(self, ticket: int, connection: str) -> None:
        await self._leave(keys=[UNTIL, f"{ENTRIES}{ticket}"], args=[ticket, connection, self._channel])

    async def stay(self, pages: Iterable[tuple[int, str]]) -> set[str]:
        """Keep these pages where they are; returns the connections that Valkey has forgotten and must hear of again."""
        members = [f"{ticket}:{connection}" for ticket, connection in pages]
        if not members:
            return set()
        return {member.partition(":")[2] for member in await self._stay(keys=[UNTIL], args=[KEPT_FOR, *members])}

    async def sweep(self) -> int:
        """Take out and tell whose time has run out. Any web process may do it: each entry goes once."""
        return int(await self._sweep(keys=[UNTIL], args=[ENTRIES, self._channel]))

    async def everybody(self) -> dict[int, Presence]:
        """All that is known, for a web process that begins to listen."""
        members: list[str] = await self._valkey.zrange(UNTIL, 0, -1)  # type: ignore[assignment]
        tickets = sorted({int(member.partition(":")[0]) for member in members})
        async with self._valkey.pipeline(transaction=False) as pipe:
            for ticket in tickets:
                pipe.hgetall(f"{ENTRIES}{ticket}")
            hashes = await pipe.execute()
        return {ticket: _read(ticket, fields) for ticket, fields in zip(tickets, hashes, strict=True)}


def _read(ticket: int, fields: dict[str, str]) -> Presence:
    claim = fields.pop("claim", "")
    return presence_of(ticket, {connection: json.loads(entry) for connection, entry in fields.items()}, claim)
