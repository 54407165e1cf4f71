"""Whom an answer is good for: two people who may see the same share the count of a question that names nobody."""

from __future__ import annotations

import json
from functools import lru_cache
from hashlib import blake2b

from helpdesk.accounts.models import User
from tickets.conditions.tree import Tree, parse


def scope_of(tree: Tree, user: User) -> str:
    """Equal for two people whenever `tree` asks the same of both; whose tickets they may see comes on top."""
    digest, names_user, names_days = _scope(json.dumps(tree, sort_keys=True))
    return f"{digest}{f':u{user.pk}' if names_user else ''}{f':{user.time_zone}' if names_days else ''}"


@lru_cache(maxsize=2048)
def _scope(text: str) -> tuple[str, bool, bool]:
    conditions = list(parse(json.loads(text)).conditions())
    names_user = any(it.field.compared_as.names_user(it.value) for it in conditions)
    names_days = any(it.field.compared_as.names_day(it.value) for it in conditions)
    return blake2b(text.encode(), digest_size=12).hexdigest(), names_user, names_days
