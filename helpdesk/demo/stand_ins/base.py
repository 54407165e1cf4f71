"""What every stand-in is: something that answers our calls as its provider would, and makes the calls of its hook.

It knows no socket. A test puts it behind a real server (`tests/channels_app/serving.py`), the demo behind a view.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Asked:
    """A call of ours, as the provider gets it. `path` is what follows its address; header names in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def bare_path(self) -> str:
        return urlsplit(self.path).path

    @property
    def query(self) -> dict[str, str]:
        return {name: values[-1] for name, values in parse_qs(urlsplit(self.path).query).items()}

    @property
    def json(self) -> dict[str, Any]:
        read: dict[str, Any] = json.loads(self.body or b"{}")
        return read

    @property
    def form(self) -> dict[str, list[str]]:
        return parse_qs(self.body.decode(), keep_blank_values=True)


@dataclass(frozen=True)
class Answered:
    status: int = 200
    body: bytes = b"{}"
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    hangs_up: bool = False  # the call was taken, the answer is never given

    @classmethod
    def of(cls, data: object, status: int = 200, **headers: str) -> Answered:
        return cls(status, json.dumps(data).encode(), headers={k.replace("_", "-"): v for k, v in headers.items()})


@dataclass(frozen=True)
class HookCall:
    """One call of our hook: signed, ready to be posted to /hooks/<kind>/<token>/<path>."""

    body: bytes
    headers: Mapping[str, str]
    content_type: str = "application/json"
    method: str = "POST"
    path: str = ""  # "status/" …
    query: str = ""


@dataclass
class StandIn:
    """Its state is what it was asked (`calls`) and how it is to misbehave (`next_answers`, by a part of the path)."""

    calls: list[Asked] = field(default_factory=list)
    next_answers: dict[str, list[Answered]] = field(default_factory=dict)

    def misbehave(self, path: str, *answers: Answered) -> None:
        """The next calls whose path holds `path` get these, one each."""
        self.next_answers.setdefault(path, []).extend(answers)

    def answer(self, asked: Asked) -> Answered:
        self.calls.append(asked)
        for path, answers in self.next_answers.items():
            if path in asked.path and answers:
                return answers.pop(0)
        return self.behave(asked)

    def behave(self, asked: Asked) -> Answered:
        raise NotImplementedError
