"""The saved views on a person's shelf: own ones, those of the teams, those of everyone.

Every page of the workspace shows them, so they are read once a request, with the number of the person's drafts and
whether there is any chat to be told of.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from helpdesk.accounts.models import User
from helpdesk.accounts.preferences import preferences_of
from tickets.models import SavedView
from tickets.queue import VIEWS, View

# Three values of one row, so that another statement can bring them along.
SHELF = """
  (SELECT count(*) FROM tickets_draft d WHERE d.user_id = %(user)s),
  (SELECT json_agg(json_build_object('pk', v.id, 'title', v.title, 'owner_id', v.owner_id, 'team_id', v.team_id,
                     'team', t.name, 'conditions', v.conditions, 'columns', v.columns, 'sort', v.sort,
                     'group_by', v.group_by, 'layout', v.layout) ORDER BY t.name, v.position, v.id)
     FROM tickets_savedview v LEFT JOIN accounts_team t ON t.id = v.team_id
     WHERE v.is_active AND (v.owner_id = %(user)s OR (v.owner_id IS NULL AND v.team_id IS NULL)
                            OR v.team_id IN (SELECT team_id FROM accounts_user_teams WHERE user_id = %(user)s))),
  EXISTS (SELECT FROM tickets_chatwidget)
"""
HIDDEN = "hidden_views"  # the preference that holds the slugs a person does not want in the sidebar


@dataclass(frozen=True)
class Shelf:
    """Active saved views in their order. `hidden` are slugs, of standard views too."""

    mine: list[View]
    team: list[View]
    everyone: list[View]
    hidden: frozenset[str]
    drafts: int = 0
    has_chats: bool = False

    @property
    def saved(self) -> list[View]:
        return [*self.mine, *self.team, *self.everyone]

    def shows(self, view: View) -> bool:
        return view.slug not in self.hidden


def shelf(user: User) -> Shelf:
    """Read once for each `user` object, which means once a request."""
    known = getattr(user, "_shelf", None)
    if isinstance(known, Shelf):
        return known
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {SHELF}", {"user": user.pk})
        return stock(user, *cursor.fetchone() or (0, None, False))


def stock(user: User, drafts: int, rows: list[dict[str, Any]] | None, has_chats: bool) -> Shelf:
    """Make the person's shelf of what `SHELF` brought."""
    rows = rows or []
    made = Shelf(
        mine=[_view(row) for row in rows if row["owner_id"]],
        team=[_view(row) for row in rows if row["team_id"]],
        everyone=[_view(row) for row in rows if not row["owner_id"] and not row["team_id"]],
        hidden=hidden_slugs(user),
        drafts=drafts,
        has_chats=has_chats,
    )
    setattr(user, "_shelf", made)  # noqa: B010 a plain assignment is unknown to the type of User
    return made


def hidden_slugs(user: User) -> frozenset[str]:
    return frozenset(preferences_of(user)[HIDDEN])


def _view(row: dict[str, Any]) -> View:
    return View(
        slug=f"v{row['pk']}",
        title=row["title"],
        icon="users" if row["team_id"] else "list-filter",
        key="",
        empty_title=_("Nothing here right now"),
        empty_text=_("No ticket meets the conditions of this view."),
        sort=row["sort"],
        group_by=row["group_by"],
        columns=tuple(row["columns"]),
        layout=row["layout"],
        saved_id=row["pk"],
        conditions=row["conditions"],
    )


def view_of(saved: SavedView) -> View:
    """The view as lists see it."""
    names = ("pk", "title", "owner_id", "team_id", "conditions", "columns", "sort", "group_by", "layout")
    return _view({name: getattr(saved, name) for name in names})


def find_view(slug: str, user: User) -> View | None:
    """The view of that slug if `user` may see it; one that is not active is on no shelf, but can be looked at."""
    if slug in VIEWS:
        return VIEWS[slug]
    if not slug.startswith("v") or not slug[1:].isdecimal() or len(slug) > 18:
        return None
    if found := next((view for view in shelf(user).saved if view.slug == slug), None):
        return found
    saved = SavedView.objects.visible_to(user).filter(pk=int(slug[1:])).first()
    return view_of(saved) if saved else None
