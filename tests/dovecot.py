"""A real mail server that keeps mailboxes: Dovecot on loopback, with a folder of its own and any user name."""

from __future__ import annotations

import getpass
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from imapclient import IMAPClient

from tests.stack import answers, free_port, wait_until

PASSWORD = "secret"
CONFIGURATION = """
protocols = imap pop3
listen = 127.0.0.1
base_dir = {place}/base
state_dir = {place}/base
log_path = {place}/dovecot.log
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
mail_location = maildir:{place}/mail/%u
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {login}
mail_uid = {user}
mail_gid = {group}
first_valid_uid = 1
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={place}/mail/%u allow_all_users=yes
}}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service pop3-login {{
  chroot =
  inet_listener pop3 {{
    port = {pop3}
  }}
  inet_listener pop3s {{
    port = 0
  }}
}}
"""


class Dovecot:
    def __init__(self, place: Path) -> None:
        self.place = place
        self.imap_port, self.pop3_port = free_port(), free_port()

    def start(self) -> None:
        binary = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin")
        if binary is None:
            pytest.skip("Dovecot is not installed here (Debian: dovecot-imapd, dovecot-pop3d)")
        user, group, login = people()
        (self.place / "mail").mkdir()
        (self.place / "base").mkdir()
        if os.getuid() == 0:
            shutil.chown(self.place / "mail", user, group)
        configuration = self.place / "dovecot.conf"
        configuration.write_text(
            CONFIGURATION.format(
                place=self.place, user=user, group=group, login=login, password=PASSWORD,
                imap=self.imap_port, pop3=self.pop3_port,
            )
        )  # fmt: skip
        with (self.place / "said").open(
            "wb"
        ) as said:  # a pipe would be kept open by the processes that it leaves behind
            subprocess.run([binary, "-c", str(configuration)], check=True, stdout=said, stderr=said)
        for port in (self.imap_port, self.pop3_port):
            wait_until(partial(answers, port), what="Dovecot listens")

    def stop(self) -> None:
        binary = shutil.which("doveadm") or shutil.which("doveadm", path="/usr/bin:/usr/local/bin")
        if binary and (self.place / "base" / "master.pid").exists():
            subprocess.run([binary, "-c", str(self.place / "dovecot.conf"), "stop"], check=True, capture_output=True)

    @contextmanager
    def client(self, user: str) -> Iterator[IMAPClient]:
        with IMAPClient("127.0.0.1", self.imap_port, ssl=False) as client:
            client.login(user, PASSWORD)
            yield client

    def put(self, user: str, *mails: bytes, folder: str = "INBOX") -> None:
        with self.client(user) as client:
            if not client.folder_exists(folder):
                client.create_folder(folder)
            for mail in mails:
                client.append(folder, mail)


def people() -> tuple[str, str, str]:
    """Who runs it. Without root everything is done by whoever runs the tests."""
    if os.getuid() == 0:
        return "dovecot", "dovecot", "dovenull"
    me = getpass.getuser()
    return me, subprocess.run(["id", "-gn"], check=True, capture_output=True, text=True).stdout.strip(), me


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    with TemporaryDirectory(prefix="dovecot-") as place:  # not pytest's own, which its processes' user may not enter
        Path(place).chmod(0o755)
        server = Dovecot(Path(place))
        server.start()
        yield server
        server.stop()
