"""What every test may rely on: a real PostgreSQL and a real Valkey, started once and shared by all test processes."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("HELPDESK_VAR", str(Path(tempfile.gettempdir()) / f"onethread-tests-{os.getuid()}"))
os.environ.setdefault("HELPDESK_POSTGRES", "fsync=off,synchronous_commit=off,full_page_writes=off")

from helpdesk import embedded

embedded.start()
