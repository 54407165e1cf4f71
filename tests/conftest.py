"""What every test may rely on: a real PostgreSQL and a real Valkey, started once and shared by all test processes."""

from helpdesk import embedded

pytest_plugins = ["tests.cast"]

embedded.start()
