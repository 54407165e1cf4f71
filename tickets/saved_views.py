"""Changes of saved views. They are no tickets, so nothing goes on a timeline; open pages draw their shelf anew.

Callers ask the policies first (`may_change_view`, `may_share_views`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from helpdesk.accounts.models import Team, User
from helpdesk.accounts.preferences import change_preferences
from tickets import realtime, revisions
from tickets.models import SavedView
from tickets.models.view import SavedViewQuerySet
from tickets.services.errors import Refused
from tickets.shelf import HIDDEN, hidden_slugs

MOST_VIEWS = 200  # of one person, one team, or everyone: a shelf is to be looked at
TOPIC = "views"


@transaction.atomic
def create_view(user: User, title: str, *, team: Team | None = None, mine: bool = True, **fields: Any) -> SavedView:
    """A new view at the end of its shelf: of `team`, of `user` alone (`mine`), or of everyone."""
    owner = user if mine and team is None else None
    view = SavedView(title=title, owner=owner, team=team, created_by=user, **fields)
    view.position = _last_position(view)
    view.save()
    revisions.keep(view, user, _("Created"))
    _tell_pages()
    return view


class ChangedMeanwhile(Refused):
    """Somebody saved the view after it was read. `version` is what it is now."""

    def __init__(self, version: str) -> None:
        super().__init__(_("Somebody has changed this view since you opened it. Save again to replace their change."))
        self.version = version


@transaction.atomic
def change_view(
    view: SavedView, fields: Mapping[str, Any], *, author: User | None, seen: str = "", change: str = ""
) -> SavedView:
    """Set `fields`; a view that goes to another shelf goes to its end. `change` is what its revisions say was done.

    Raises `ChangedMeanwhile` if it is no longer of the version that was `seen`; empty: whatever it is.
    """
    view = SavedView.objects.select_for_update().get(pk=view.pk)
    if seen and seen != view.version:
        raise ChangedMeanwhile(view.version)
    revisions.begin(view)
    place = (view.owner_id, view.team_id)
    for name, value in fields.items():
        setattr(view, name, value)
    if (view.owner_id, view.team_id) != place:
        view.position = _last_position(view)
    view.updated_at = timezone.now()
    view.save()
    revisions.keep(view, author, change)
    _tell_pages()
    return view


@transaction.atomic
def restore_view(view: SavedView, number: int, author: User) -> SavedView:
    """What it asked and how it looked in that revision; on whose shelf it is stays as it is."""
    view = revisions.restore(view, number, author)
    _tell_pages()
    return view


def copy_view(view: SavedView, *, user: User) -> SavedView:
    """The same view for `user` alone."""
    title = _("Copy of %(title)s") % {"title": view.title}
    kept = ("description", "conditions", "columns", "sort", "group_by", "layout")
    return create_view(user, title[:80], **{name: getattr(view, name) for name in kept})


@transaction.atomic
def delete_view(view: SavedView) -> None:
    view.delete()
    _tell_pages()


def set_active(view: SavedView, author: User, active: bool) -> SavedView:
    """Take it from the shelves of everybody, or put it back."""
    change = _("Switched on") if active else _("Switched off")
    return change_view(view, {"is_active": active}, author=author, change=change if active != view.is_active else "")


@transaction.atomic
def move_view(view: SavedView, place: int) -> None:
    """To `place` on its shelf, the first being 0; all positions there are written anew."""
    others = list(beside(view).select_for_update().exclude(pk=view.pk))
    others.insert(min(max(place, 0), len(others)), view)
    for position, one in enumerate(others):
        one.position = position
    SavedView.objects.bulk_update(others, ["position"])
    _tell_pages()


@transaction.atomic
def show_view(user: User, slug: str, shown: bool) -> None:
    """In the sidebar of `user`, or only on the page of all views. Standard views too."""
    hidden = hidden_slugs(user)
    change_preferences(user, {HIDDEN: sorted(hidden - {slug} if shown else hidden | {slug})})
    _tell_pages()


def beside(view: SavedView) -> SavedViewQuerySet:
    """The views on the same shelf, in their order."""
    return SavedView.objects.filter(Q(owner_id=view.owner_id), Q(team_id=view.team_id))


def _last_position(view: SavedView) -> int:
    others = beside(view).exclude(pk=view.pk)
    if others.count() >= MOST_VIEWS:
        raise Refused(_("There are %(count)s views here already. Delete one first.") % {"count": MOST_VIEWS})
    last: int | None = others.aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1


def _tell_pages() -> None:
    transaction.on_commit(lambda: realtime.publish({"t": "changed", "topics": [TOPIC]}))
