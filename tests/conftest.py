"""What every test may rely on: a real PostgreSQL and a real Valkey of this run's own, shared by its test processes.

Where they live is decided in `helpdesk.settings_test`. Fixtures for running processes and a real browser are in
`tests/stack.py` and `tests/browser.py`; the people are in `tests/cast.py`.
"""

import atexit
import gc
import os
import shutil
import tempfile
import time
from pathlib import Path

import pytest
from django.db import connection

from helpdesk import embedded
from tests import migrated

pytest_plugins = ["tests.cast", "tests.stack", "tests.browser", "tests.tickets.sockets"]

STACK_FIXTURES = {"live_stack", "page", "browser"}


def sweep_abandoned() -> None:
    """Stop and remove what killed test runs have left behind."""
    for var in Path(tempfile.gettempdir()).glob("onethread-tests-*"):
        try:
            facts = var.stat()
        except FileNotFoundError:  # another run has just ended, or swept
            continue
        old = time.time() - facts.st_mtime > 120  # a younger one may belong to a run that is just about to use it
        if old and facts.st_uid == os.getuid() and embedded.stop_if_unused(var):
            shutil.rmtree(var, ignore_errors=True)


if "PYTEST_XDIST_WORKER" not in os.environ:
    sweep_abandoned()
    if "ONETHREAD_TEST_VAR_IS_KEPT" not in os.environ:
        atexit.register(shutil.rmtree, embedded.var_directory(), ignore_errors=True)  # after the engines have stopped
embedded.start()


def pytest_configure(config: pytest.Config) -> None:
    if "PYTEST_XDIST_WORKER" not in os.environ and config.getoption("create_db"):
        migrated.forget()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, django_db_keepdb: bool, django_db_createdb: bool
) -> None:
    """A test database that has to be created is a copy of the one that is migrated."""
    test = connection.settings_dict["TEST"]
    is_kept = django_db_keepdb and not django_db_createdb
    if not (is_kept and migrated.exists(test["NAME"] or f"test_{connection.settings_dict['NAME']}")):
        test["TEMPLATE"] = migrated.template()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of running processes go first. Those of a module go to one test process, which has one stack for all."""
    for item in items:
        if STACK_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.xdist_group(f"stack of {item.location[0]}"))
    items.sort(key=lambda item: item.get_closest_marker("e2e") is None)


def pytest_collection_finish() -> None:
    """What has been imported stays: the collector need not go through all of it again and again."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture(autouse=True)
def no_counts_of_another_test() -> None:
    """A test's tickets are rolled back, which no signal tells of: counts would be believed for a while."""
    from tickets import counts, realtime  # not before Django is set up

    if names := realtime.valkey().keys(f"{counts.PREFIX}:*"):
        realtime.valkey().delete(*names)
