"""What both embedded servers need: an account to run as, private directories, and their tools' last words."""

import hashlib
import logging
import os
import pwd
import re
import socket
import stat
import subprocess
import tempfile
from pathlib import Path

START_SECONDS = 60
STOP_SECONDS = 30
SOCKET_PATH_LIMIT = 80  # sun_path holds 104 bytes on macOS, 108 on Linux, and the server adds ".s.PGSQL.5432.lock"
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
