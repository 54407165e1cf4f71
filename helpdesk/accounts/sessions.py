"""Django's sessions in the database, each read together with whose it is by one hand-written statement
(helpdesk.lib.reading): every page reads one.
"""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.middleware import get_user
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session
from django.db import connection
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from helpdesk.accounts.models import HIDDEN_TEAMS, User
from helpdesk.lib.kept import Kept
from helpdesk.lib.reading import Reader

USER = Reader(User)
FOUND = f"""
SELECT s.session_data, s.expire_date, ARRAY({HIDDEN_TEAMS % "u.id"}), {USER.columns("u")}
FROM django_session s LEFT JOIN accounts_user u ON u.id = %s WHERE s.session_key = %s AND s.expire_date > %s
"""  # noqa: S608 names of our own columns

# What was signed, as JSON: checking and unpacking a session again would cost each page more than reading it.
_known: Kept[str] = Kept(1000)
# Whose a session was when this process read it last, by its key. A guess, which the session itself has to confirm.
_whose: dict[str | None, int] = {}
MOST = 10_000


class SessionStore(DatabaseStore):
    reader: User | None = None  # whoever was read beside the session, if it was known whom to look for

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        decode = super().decode
        held: dict[str, Any] = json.loads(_known.get(session_data, lambda: json.dumps(decode(session_data))))
        return held

    def load(self) -> dict[str, Any]:
        held = super().load()
        if whose := held.get(SESSION_KEY):
            if len(_whose) >= MOST:
                _whose.clear()
            _whose[self.session_key] = int(whose)
        return held

    def _get_session_from_db(self) -> Session | None:
        key = self.session_key or ""
        with connection.cursor() as cursor:
            cursor.execute(FOUND, [_whose.get(key), key, timezone.now()])
            row = cursor.fetchone()
        if row is None:
            self._session_key = None
            return None
        data, expires, hidden, *columns = row
        self.reader = USER.read_joined(columns, 0)
        if self.reader:
            self.reader.hidden_team_ids = [] if self.reader.sees_all_teams else hidden
        return Session(session_key=key, session_data=data, expire_date=expires)


def signed_in(request: HttpRequest) -> User | AnonymousUser:
    """As Django's `get_user`, which is asked whenever anything is out of the ordinary, without its second statement."""
    session = request.session
    whose, backend = session.get(SESSION_KEY), session.get(BACKEND_SESSION_KEY)  # reads the session
    reader = getattr(session, "reader", None)
    if (
        isinstance(reader, User)
        and str(reader.pk) == whose
        and reader.is_active
        and backend in settings.AUTHENTICATION_BACKENDS
        and constant_time_compare(session.get(HASH_SESSION_KEY, ""), reader.get_session_auth_hash())
    ):
        return reader
    user: User | AnonymousUser = get_user(request)
    return user
