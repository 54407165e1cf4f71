"""What `Message.facts` may hold: what a channel tells of a message besides its words.

conversation   id of the channels_app.Conversation it was said in, or is to be said in
reply_to       id of the message of ours or theirs that it answers
template       of a reply: {name, language, parameters: [{part, key, text}]}, parts being header, body and button.0 …,
               a key the number or name of a variable, in the order in which the provider wants them; with `kind`
               where the text is the address of an image, a video or a document
edited_at      ISO; `earlier` holds the former words, oldest first: [{text, at}]
withdrawn_at   ISO: its sender deleted it; the words are in `earlier`
reactions      [{who, emoji, is_ours}]
delivered_at, read_at   ISO
location       {latitude, longitude, name, address}
contacts       [{name, phones, emails}]
buttons        [{title}] that we offered; `pressed` the payload of the one that was pressed
files_missing  [{filename, reason, state}]: files that are being fetched, or can't be had
referral       {title, url}: the ad or link by which somebody came
story          {how, url}: it answers a story of ours ("reply"), or names us in one of theirs ("mention")
forwarded_from whose words they are, where their sender only passed them on
is_public      everybody can read it; `post_url` where, `post_id` the provider's name of the post
is_elsewhere   written by one of us in the provider's own app
segments       how many SMS it took
call           id of the Call that it tells of; `told` what its card shows
"""

from __future__ import annotations

from typing import Any, TypedDict


class Earlier(TypedDict):
    text: str
    at: str


class Reaction(TypedDict):
    who: str
    emoji: str
    is_ours: bool


class Location(TypedDict, total=False):
    latitude: float
    longitude: float
    name: str
    address: str


class CallTold(TypedDict):
    direction: str
    state: str
    outcome: str
    waited: int
    talked: int
    held: int
    since: str
    spoke: bool


class MessageFacts(TypedDict, total=False):
    conversation: int
    reply_to: int
    template: dict[str, Any]
    edited_at: str
    earlier: list[Earlier]
    withdrawn_at: str
    reactions: list[Reaction]
    delivered_at: str
    read_at: str
    location: Location
    contacts: list[dict[str, Any]]
    buttons: list[dict[str, str]]
    pressed: str
    files_missing: list[dict[str, str]]
    referral: dict[str, str]
    story: dict[str, str]
    forwarded_from: str
    is_public: bool
    post_url: str
    post_id: str
    is_elsewhere: bool
    segments: int
    call: int
    told: CallTold
