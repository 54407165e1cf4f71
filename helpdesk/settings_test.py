"""Settings of the tests: the real engines and processes, with cheap passwords."""

from helpdesk.settings import *  # noqa: F403
from helpdesk.settings import DATABASES

DEBUG = False
SECRET_KEY = "tests only"  # noqa: S105
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DATABASES["default"]["OPTIONS"].pop("pool")  # pytest-django drops databases that a pool would still hold open
