"""Django's sessions in the database, read by a hand-written statement (helpdesk.lib.reading): every page reads one."""

from __future__ import annotations

import json
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

from helpdesk.lib.kept import Kept

FOUND = "SELECT session_data, expire_date FROM django_session WHERE session_key = %s AND expire_date > %s"


# What was signed, as JSON: checking and unpacking a session again would cost each page more than reading it.
_known: Kept[str] = Kept(1000)


class SessionStore(DatabaseStore):
    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        decode = super().decode
        held: dict[str, Any] = json.loads(_known.get(session_data, lambda: json.dumps(decode(session_data))))
        return held

    def _get_session_from_db(self) -> Session | None:
        key = self.session_key or ""
        with connection.cursor() as cursor:
            cursor.execute(FOUND, [key, timezone.now()])
            row = cursor.fetchone()
        if row is None:
            self._session_key = None
            return None
        return Session(session_key=key, session_data=row[0], expire_date=row[1])
