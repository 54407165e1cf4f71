"""A savepoint that is set when it is needed: nothing to pay before, and nothing left behind."""

from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from helpdesk.accounts.models import Team
from helpdesk.lib.savepoints import undone_on_error

pytestmark = pytest.mark.django_db


class Stop(Exception):
    pass


def make(name: str) -> None:
    Team.objects.create(name=name)


def names() -> list[str]:
    return sorted(Team.objects.values_list("name", flat=True))


def fail_after(what: Callable[[], None]) -> None:
    with undone_on_error():
        what()
        raise Stop


def failing(what: Callable[[], None], *, raised: type[Exception] = Stop) -> None:
    with pytest.raises(raised):
        fail_after(what)


def test_what_asks_the_database_nothing_costs_nothing() -> None:
    with CaptureQueriesContext(connection) as asked:
        with undone_on_error():
            pass
        failing(lambda: None)
    assert not asked.captured_queries


def test_what_failed_is_undone_and_the_rest_stays() -> None:
    make("Before")
    with undone_on_error():
        make("Kept")
        failing(lambda: make("Gone"))
        make("Kept, too")
    assert names() == ["Before", "Kept", "Kept, too"]


def test_the_database_refusing_something_is_undone_like_everything_else() -> None:
    def twice() -> None:
        make("Gone")
        make("Gone")

    failing(twice, raised=DatabaseError)
    assert names() == []


@pytest.mark.parametrize("inner_first", [True, False])
def test_blocks_inside_set_theirs_after_it(inner_first: bool) -> None:
    def nested() -> None:
        if not inner_first:
            make("Gone with the outer one")
        failing(lambda: make("Gone with the inner one"))
        with transaction.atomic(), undone_on_error(), transaction.atomic(savepoint=False):
            make("Also gone with the outer one")

    failing(nested)
    assert names() == []


def test_what_a_failed_block_inside_leaves_does_not_come_through() -> None:
    """As with `transaction.atomic()`: whoever catches what `savepoint=False` could not undo loses the whole block."""
    with undone_on_error():
        make("Gone")
        try:
            with transaction.atomic(savepoint=False):
                raise Stop
        except Stop:
            pass
    assert names() == []
    make("After")
    assert names() == ["After"]


def test_what_was_to_happen_after_the_commit_is_forgotten(
    django_capture_on_commit_callbacks: Callable[..., object],
) -> None:
    done: list[str] = []

    def promise_and_write() -> None:
        transaction.on_commit(lambda: done.append("Gone before the savepoint"))
        make("Gone")
        transaction.on_commit(lambda: done.append("Gone after it"))

    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        transaction.on_commit(lambda: done.append("Before"))
        failing(promise_and_write)
        with undone_on_error():
            transaction.on_commit(lambda: done.append("Kept"))
    assert done == ["Before", "Kept"]
