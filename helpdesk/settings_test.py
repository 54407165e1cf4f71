"""Settings of the tests: the real engines and processes in a directory of their own, with cheap passwords."""

import os
import tempfile
from pathlib import Path

# Before the settings are read: they ask the engines for their addresses.
os.environ.setdefault("HELPDESK_VAR", str(Path(tempfile.gettempdir()) / f"onethread-tests-{os.getuid()}"))
os.environ.setdefault("HELPDESK_POSTGRES", "fsync=off,synchronous_commit=off,full_page_writes=off")

from helpdesk.settings import *  # noqa: E402, F403
from helpdesk.settings import DATABASES  # noqa: E402

DEBUG = False
SECRET_KEY = "tests only"  # noqa: S105
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DATABASES["default"]["OPTIONS"].pop("pool")  # pytest-django drops databases that a pool would still hold open
