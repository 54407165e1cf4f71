#!/usr/bin/env python
"""Django's command line, with the embedded engines started for the commands that need a database."""

import os
import signal
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

from helpdesk import embedded

NEED_NO_DATABASE = {"help", "version", "--help", "--version", "makemessages", "compilemessages", "collectstatic"}
SIGTERM_STATUS = 143
EX_TEMPFAIL = 75  # tells the mail server behind `receive_email` to keep the mail; any other would bounce it


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
    try:
        prepare()
    except SystemExit as stop:
        if sys.argv[1:2] != ["receive_email"] or stop.code == SIGTERM_STATUS:
            raise
        sys.stderr.write(f"{stop.code}\n")
        sys.exit(EX_TEMPFAIL)
    execute_from_command_line(sys.argv)


def prepare() -> None:
    """Settings that make sense, and the engines the command needs; otherwise `SystemExit` with one line."""
    check_settings()
    if len(sys.argv) > 1 and sys.argv[1] not in NEED_NO_DATABASE and "--help" not in sys.argv:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(SIGTERM_STATUS))  # so that leaving stops the engines
        embedded.start_or_exit()


def check_settings() -> None:
    """Stop with one line, not with a traceback, where the environment holds a wrong value."""
    try:
        from helpdesk import settings  # noqa: F401
    except ImproperlyConfigured as error:
        sys.exit(f"onethread: {error}")
    except OSError as error:
        sys.exit(f"onethread: cannot use {error.filename}: {error.strerror}")


if __name__ == "__main__":
    main()
