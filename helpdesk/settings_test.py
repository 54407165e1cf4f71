"""Settings of the tests: engines of this run's own, cheap passwords.

pytest-django reads this before any conftest, so here is where a test run gets its own var directory; the processes that
xdist starts inherit it. Nothing from the developer's environment reaches the tests.
"""

import os
import tempfile
from pathlib import Path

MEANT_FOR_OTHERS = (
    "DATABASE_URL REDIS_URL CELERY_BROKER_URL PUBLIC_URL ONETHREAD_DEMO CLAMD_URL ATTACHMENT_STORAGE READ_ONLY"
)
for name in MEANT_FOR_OTHERS.split():
    os.environ.pop(name, None)
if kept := os.environ.get("ONETHREAD_TEST_VAR_IS_KEPT"):  # with --reuse-db a test of a second begins at once
    os.environ["ONETHREAD_TEST_VAR"] = kept
elif "ONETHREAD_TEST_VAR" not in os.environ:
    os.environ["ONETHREAD_TEST_VAR"] = tempfile.mkdtemp(prefix="onethread-tests-")
    Path(os.environ["ONETHREAD_TEST_VAR"]).chmod(0o711)  # PostgreSQL may run as another account
os.environ["HELPDESK_VAR"] = os.environ["ONETHREAD_TEST_VAR"]
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # a run starts Python 200 times: each file is to be compiled once
os.environ["HELPDESK_POSTGRES"] = "fsync=off,synchronous_commit=off,full_page_writes=off,max_connections=100"

from helpdesk.settings import *  # noqa: E402, F403
from helpdesk.settings import DATABASES, INSTALLED_APPS  # noqa: E402

DEBUG = False
SECRET_KEY = "tests only"  # noqa: S105
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
INSTALLED_APPS = [*INSTALLED_APPS, "tests"]  # its `flush` is many times as fast as Django's
DATABASES["default"]["OPTIONS"].pop("pool")  # pytest-django drops databases that a pool would still hold open
VALKEY_PREFIX = f"onethread-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"  # test processes share one Valkey
STYLEGUIDE = True
