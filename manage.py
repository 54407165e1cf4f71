#!/usr/bin/env python
"""Django's command line, with the embedded engines started for the commands that need a database."""

import os
import sys

from helpdesk import embedded

NEED_NO_DATABASE = {"help", "version", "--help", "--version", "makemessages", "compilemessages", "collectstatic", "up"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
    from django.core.management import execute_from_command_line

    if len(sys.argv) > 1 and sys.argv[1] not in NEED_NO_DATABASE:
        embedded.start_or_exit()
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
