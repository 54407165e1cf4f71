"""The SQL views that BI tools read, in a schema of their own, and the role that can read nothing else (docs/bi.md).

Views stand on columns, and PostgreSQL lets no column change under a view. So they are taken away before migrations that
do anything and made again after them; the schema stays, and with it who may read what is made in it.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from typing import Any, Final

from django.conf import settings
from django.db import connection, transaction
from psycopg import sql

SCHEMA: Final = "reporting"
OPEN: Final = "(t.team_id IS NULL OR NOT tm.is_private)"  # tickets of private teams are in no view
DURATIONS: Final = (
    "first_reply", "first_resolution", "full_resolution", "requester_wait", "agent_wait", "on_hold", "agent_work",
    "first_assignment", "last_assignment", "assignment_to_resolution", "unassigned",
)  # fmt: skip
BOTH_CLOCKS: Final = ", ".join(f"f.{name}, f.{name}_business" for name in DURATIONS)

VIEWS: Final[Mapping[str, str]] = {
    "tickets": f"""
        SELECT t.id AS ticket_id, f.status, f.priority, f.type, f.channel, t.tags, t.language,
               f.inbox_id, i.name AS inbox, f.team_id, tm.name AS team, f.assignee_id, u.name AS assignee,
               t.requester_id AS customer_id, c.organisation_id, f.is_merged, f.opened_by_agent,
               f.opened_at, f.first_reply_at, f.first_assigned_at, f.last_assigned_at, f.first_solved_at, f.solved_at,
               {BOTH_CLOCKS},
               f.replies, f.reopens, f.resolutions, f.assignee_stations, f.team_stations
        FROM metrics_fact f JOIN tickets_ticket t ON t.id = f.ticket_id
        JOIN customers_customer c ON c.id = t.requester_id
        LEFT JOIN tickets_inbox i ON i.id = f.inbox_id LEFT JOIN accounts_team tm ON tm.id = t.team_id
        LEFT JOIN accounts_user u ON u.id = f.assignee_id WHERE {OPEN}""",  # noqa: S608  names of ours
    "moments": f"""
        SELECT m.id AS moment_id, m.ticket_id, m.at, m.kind, m.user_id AS agent_id, u.name AS agent,
               m.team_id, mt.name AS team, m.channel, m.seconds, m.seconds_business,
               NULLIF(m.name, '') AS sla_metric, m.ref AS sla_policy_id
        FROM metrics_moment m JOIN tickets_ticket t ON t.id = m.ticket_id
        LEFT JOIN accounts_team tm ON tm.id = t.team_id LEFT JOIN accounts_team mt ON mt.id = m.team_id
        LEFT JOIN accounts_user u ON u.id = m.user_id WHERE {OPEN}""",  # noqa: S608  names of ours
    "ratings": f"""
        SELECT r.id AS rating_id, r.ticket_id, r.at, r.kind, r.scale, r.value, r.score, r.reasons,
               r.assignee_id AS agent_id, u.name AS agent, r.team_id, rt.name AS team,
               r.replaced_by_id IS NULL AS counts
        FROM tickets_rating r JOIN tickets_ticket t ON t.id = r.ticket_id
        LEFT JOIN accounts_team tm ON tm.id = t.team_id LEFT JOIN accounts_team rt ON rt.id = r.team_id
        LEFT JOIN accounts_user u ON u.id = r.assignee_id WHERE {OPEN}""",  # noqa: S608  names of ours
    "backlog": """
        SELECT b.day, b.status, NULLIF(b.team_id, 0) AS team_id, tm.name AS team, b.inbox_id, i.name AS inbox,
               b.channel, b.priority, b.type, b.n AS tickets
        FROM metrics_backlogday b LEFT JOIN accounts_team tm ON tm.id = b.team_id
        LEFT JOIN tickets_inbox i ON i.id = b.inbox_id WHERE tm.id IS NULL OR NOT tm.is_private""",
    "days": """
        SELECT d.day, d.measure, NULLIF(d.team_id, 0) AS team_id, tm.name AS team, d.dimension, d.key,
               d.n, d.total, d.total_business
        FROM metrics_dayfigure d LEFT JOIN accounts_team tm ON tm.id = d.team_id
        WHERE tm.id IS NULL OR NOT tm.is_private""",
    "agents": "SELECT u.id AS agent_id, u.name, u.role, u.is_active FROM accounts_user u",
    "teams": "SELECT tm.id AS team_id, tm.name FROM accounts_team tm WHERE NOT tm.is_private",
    "organisations": "SELECT o.id AS organisation_id, o.name FROM customers_organisation o",
}


def fingerprint() -> str:
    return hashlib.sha256(repr(sorted(VIEWS.items())).encode()).hexdigest()[:16]


def take_views_away(*, plan: Any = (), using: str = "default", **_kwargs: Any) -> None:
    """Before migrations that do anything: a signal of Django's."""
    if plan and using == "default":
        with transaction.atomic(), connection.cursor() as cursor:
            for name in VIEWS:
                cursor.execute(_named("DROP VIEW IF EXISTS {view}", name))
            cursor.execute("SELECT to_regnamespace(%s)", [SCHEMA])
            if (cursor.fetchone() or (None,))[0]:
                cursor.execute(sql.SQL("COMMENT ON SCHEMA {} IS NULL").format(sql.Identifier(SCHEMA)))


def make_views(*, using: str = "default", **_kwargs: Any) -> None:
    """After migrations: makes them where they are not, or are others. `security_barrier`: no function that a reader
    brings sees a row of a private team before it is left out."""
    if using != "default" or not _tables_are_there():
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(SCHEMA)))
        cursor.execute("SELECT obj_description(to_regnamespace(%s), 'pg_namespace')", [SCHEMA])
        if (cursor.fetchone() or ("",))[0] == fingerprint():
            return
        for name, query in VIEWS.items():
            cursor.execute(_named("DROP VIEW IF EXISTS {view}", name))
            cursor.execute(_named("CREATE VIEW {view} WITH (security_barrier) AS ", name) + sql.SQL(query))
        comment = sql.SQL("COMMENT ON SCHEMA {} IS {}").format(sql.Identifier(SCHEMA), sql.Literal(fingerprint()))
        cursor.execute(comment)


def _named(statement: str, name: str) -> sql.Composed:
    return sql.SQL(statement).format(view=sql.Identifier(SCHEMA, name))


def _tables_are_there() -> bool:
    """Not while somebody has migrated only a part, or backwards."""
    needed = {"metrics_fact", "metrics_moment", "metrics_dayfigure", "metrics_backlogday", "tickets_rating"}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM information_schema.columns WHERE table_name = 'tickets_rating' "
            "AND column_name = 'replaced_by_id' AND table_schema = current_schema()"
        )
        has_answers = bool((cursor.fetchone() or (0,))[0])
    return has_answers and needed <= set(connection.introspection.table_names())


def make_reader(name: str) -> str:
    """A role that can sign in and read these views, nothing else; its new password. Made again, it gets another one."""
    password, role = secrets.token_urlsafe(24), sql.Identifier(name)
    make_views()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolcreaterole OR rolcreatedb FROM pg_roles WHERE rolname = %s", [name])
        known = cursor.fetchone()
        if known and known[0]:
            raise ValueError(f"{name} is a role with rights of its own; choose another name.")
        verb = "ALTER" if known else "CREATE"
        limits = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION CONNECTION LIMIT 8 PASSWORD {password}"
        cursor.execute(sql.SQL(verb + " ROLE {role} " + limits).format(role=role, password=sql.Literal(password)))
        for setting, value in (
            ("default_transaction_read_only", "on"), ("statement_timeout", "60s"), ("search_path", SCHEMA),
        ):  # fmt: skip
            cursor.execute(
                sql.SQL("ALTER ROLE {} SET {} = {}").format(role, sql.Identifier(setting), sql.Literal(value))
            )
        database, schema = sql.Identifier(settings.DATABASES["default"]["NAME"]), sql.Identifier(SCHEMA)
        for grant in (
            "GRANT CONNECT ON DATABASE {database} TO {role}",
            "GRANT USAGE ON SCHEMA {schema} TO {role}",
            "GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {role}",
            "ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT SELECT ON TABLES TO {role}",
        ):
            cursor.execute(sql.SQL(grant).format(database=database, schema=schema, role=role))
    return password
