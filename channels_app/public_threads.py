"""The `thread_key` of a public conversation: one person below one post, "post:<post>:<person>"."""

from __future__ import annotations


def author_of(thread_key: str) -> str:
    """The person, as the provider names them."""
    return thread_key.rpartition(":")[2]


def post_of(thread_key: str) -> str:
    """What the keys of all who write below the same post begin with."""
    return thread_key.rpartition(":")[0] + ":"
