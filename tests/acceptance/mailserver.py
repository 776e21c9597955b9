"""A real mail server on loopback, from Debian's packages: Postfix takes mail, Dovecot keeps it and serves IMAP.

Nothing leaves the machine: Postfix delivers to Dovecot alone. Everything is in one folder and made anew each time. It
needs root, as both programs do, and `apt-get install --no-install-recommends postfix dovecot-imapd dovecot-lmtpd`.
"""

import imaplib
import os
import pwd
import shutil
import smtplib
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import trustme

DOMAIN, PASSWORD = "council.example", "correct-horse"
PROGRAMS = ("postfix", "dovecot", "doveadm")

MAIN = """\
compatibility_level = 3.6
queue_directory = {base}/postfix/spool
data_directory = {base}/postfix/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.council.example
mydestination =
mynetworks = 127.0.0.0/8
virtual_mailbox_domains = council.example
virtual_transport = lmtp:inet:127.0.0.1:{lmtp}
smtpd_recipient_restrictions = permit_mynetworks, reject
default_transport = error:mail to elsewhere is off in tests
relay_transport = error:mail to elsewhere is off in tests
maillog_file = {base}/postfix/mail.log
maillog_file_prefixes = {base}
alias_maps =
alias_database =
multi_instance_enable = yes
smtpd_tls_security_level = may
smtpd_tls_chain_files = {base}/server.pem
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:{auth}
smtpd_tls_auth_only = yes
always_bcc = {always_bcc}
minimal_backoff_time = 2s
maximal_backoff_time = 5s
queue_run_delay = 2s
"""
MASTER = """\
127.0.0.1:{smtp} inet n - n - - smtpd
pickup    unix n - n 60 1 pickup
cleanup   unix n - n - 0 cleanup
qmgr      unix n - n 300 1 qmgr
tlsmgr    unix - - n 1000? 1 tlsmgr
rewrite   unix - - n - - trivial-rewrite
bounce    unix - - n - 0 bounce
defer     unix - - n - 0 bounce
trace     unix - - n - 0 bounce
verify    unix - - n - 1 verify
flush     unix n - n 1000? 0 flush
proxymap  unix - - n - - proxymap
lmtp      unix - - n - - lmtp
error     unix - - n - - error
retry     unix - - n - - error
discard   unix - - n - - discard
anvil     unix - - n - 1 anvil
scache    unix - - n - 1 scache
postlog   unix-dgram n - n - 1 postlogd
"""
DOVECOT = """\
base_dir = {base}/dovecot/run
log_path = {base}/dovecot/log
protocols = imap lmtp
listen = 127.0.0.1
ssl = required
ssl_cert = <{base}/server.pem
ssl_key = <{base}/server.pem
mail_location = maildir:{base}/dovecot/mail/%n
mail_uid = {uid}
mail_gid = {gid}
first_valid_uid = 1
default_internal_user = dovecot
default_login_user = dovenull
auth_mechanisms = plain login
auth_username_format = %Ln
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={base}/dovecot/mail/%n allow_all_users=yes
}}
service auth {{
  inet_listener {{
    address = 127.0.0.1
    port = {auth}
  }}
}}
service imap-login {{
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {imap}
    ssl = yes
  }}
  chroot =
}}
service anvil {{
  chroot =
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
"""


def why_not() -> str:
    """Why no mail server can be started here; nothing where it can."""
    missing = [name for name in PROGRAMS if shutil.which(name, path="/usr/sbin:/usr/bin:/sbin:/bin") is None]
    if missing:
        return f"{' and '.join(missing)} not installed: apt-get install postfix dovecot-imapd dovecot-lmtpd"
    return "" if os.geteuid() == 0 else "Postfix and Dovecot are started by root alone"


@dataclass(frozen=True)
class MailServer:
    base: Path
    smtp: int
    imap: int

    def mailbox(self, user: str) -> list[bytes]:
        """All messages of a user, as IMAP gives them."""
        with imaplib.IMAP4_SSL("localhost", self.imap) as connection:
            connection.login(user, PASSWORD)
            connection.select("INBOX", readonly=True)
            _, found = connection.uid("SEARCH", "ALL")
            uids = found[0].split()
            parts = [connection.uid("FETCH", uid.decode(), "(BODY.PEEK[])")[1][0] for uid in uids]
        return [part[1] for part in parts if isinstance(part, tuple)]

    def wait_until_delivered(self, seconds: float = 60) -> None:
        """Until nothing is left in Postfix's queue."""
        until = time.monotonic() + seconds
        while "empty" not in self.run("postqueue", "-c", str(self.base / "postfix/etc"), "-p"):
            assert time.monotonic() < until, "the queue does not empty"
            time.sleep(0.1)

    def run(self, *command: str) -> str:
        """What a command says. Into a file: a daemon that it starts would keep a pipe open."""
        said = self.base / "said"
        with said.open("wb") as file:
            done = subprocess.run(command, stdout=file, stderr=file, stdin=subprocess.DEVNULL, check=False, timeout=60)
        words = said.read_text(encoding="utf-8", errors="replace")
        assert done.returncode == 0, words
        return words


@contextmanager
def mail_server(base: Path, authority: trustme.CA, always_bcc: str = "") -> Iterator[MailServer]:
    """A mail server for council.example, on ports of its own; its certificate is for localhost."""
    ports = dict(zip(("smtp", "imap", "lmtp", "auth"), _free_ports(4), strict=True))
    owner = pwd.getpwnam("nobody")
    words = {
        **ports, "base": base, "uid": owner.pw_uid, "gid": owner.pw_gid, "password": PASSWORD, "always_bcc": always_bcc,
    }  # fmt: skip
    for name in ("postfix/etc", "postfix/spool", "postfix/data", "dovecot/run", "dovecot/mail"):
        (base / name).mkdir(parents=True)
    base.chmod(0o755)  # both drop their rights, and have to get here without them
    os.chown(base / "dovecot/mail", owner.pw_uid, owner.pw_gid)
    os.chown(base / "postfix/data", pwd.getpwnam("postfix").pw_uid, -1)
    authority.issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(str(base / "server.pem"))
    (base / "postfix/etc/main.cf").write_text(MAIN.format(**words), encoding="utf-8")
    (base / "postfix/etc/master.cf").write_text(MASTER.format(**words), encoding="utf-8")
    (base / "dovecot/dovecot.conf").write_text(DOVECOT.format(**words), encoding="utf-8")
    server = MailServer(base, ports["smtp"], ports["imap"])
    server.run("dovecot", "-c", str(base / "dovecot/dovecot.conf"))
    try:
        server.run("postfix", "-c", str(base / "postfix/etc"), "start")
        try:
            _wait_for(ports["smtp"])
            yield server
        finally:
            server.run("postfix", "-c", str(base / "postfix/etc"), "stop")
    finally:
        server.run("doveadm", "-c", str(base / "dovecot/dovecot.conf"), "stop")


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


def _wait_for(port: int, seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while True:
        try:
            with smtplib.SMTP("127.0.0.1", port, timeout=5):
                return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
