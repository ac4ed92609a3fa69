"""A real Postfix of a test's own: its queue, its configuration and its maildirs lie under one folder, and nothing of
the machine's own one is touched. It takes mail for two domains:

- `people.example`, whose mailboxes are maildirs; mail to those that there are none of is taken, and bounces afterwards;
- `bounces.example`, where bounces go: into a maildir, or through a pipe to a program.

Needs Debian's package `postfix`, and root: its master process gives up rights that nobody else has.
"""

import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

from .processes import OwnedProcess
from .waiting import wait_until

DAEMONS = Path("/usr/lib/postfix/sbin")
MISSING = "needs Debian's package postfix, and root"
START_SECONDS = 30
PEOPLE = "people.example"
BOUNCES = "bounces.example"
# Its own mailboxes' and its pipes' user: neither root nor Postfix's, which it refuses.
USER = "nobody"

MAIN = """\
compatibility_level = 3.6
myhostname = mx.example
mydestination =
local_recipient_maps =
inet_interfaces = loopback-only
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
queue_directory = {queue}
data_directory = {data}
mail_owner = postfix
setgid_group = postdrop
maillog_file = {log}
maillog_file_prefixes = {folder}
alias_maps =
alias_database =
smtputf8_enable = yes
recipient_delimiter = +
virtual_mailbox_domains = people.example
virtual_mailbox_base = {mail}
virtual_mailbox_maps = inline:{{ {boxes} }}
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
virtual_minimum_uid = 100
relay_domains = bounces.example
transport_maps = inline:{{ bounces.example=bounces: }}
smtpd_reject_unlisted_recipient = no
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_tls_cert_file = {certificate}
smtpd_tls_key_file = {key}
smtpd_tls_security_level = {tls}
smtpd_tls_loglevel = 1
smtpd_client_connection_rate_limit = 0
bounces_destination_recipient_limit = 1
queue_run_delay = 2s
minimal_backoff_time = 2s
maximal_backoff_time = 4s
"""
MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
bounces unix - n n - 4 pipe flags=RDO user={user} argv={argv}
"""


def is_there():
    return (DAEMONS / "master").exists() and os.geteuid() == 0


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Postfix:
    """`boxes` are the names before the @ that `people.example` has. `pipe` is what bounces are handed to, as words of
    Postfix's pipe(8); without one they lie in `bounces`, a maildir."""

    def __init__(self, boxes=(), pipe=None, tls="none"):
        # Not under a folder that Postfix's users may not enter.
        self.folder = Path(tempfile.mkdtemp(prefix="postfix-", dir="/tmp"))
        self.folder.chmod(0o755)
        self.boxes = boxes
        self.pipe = pipe
        self.tls = tls
        self.port = free_port()
        self.log = self.folder / "maillog"
        self.bounces = self.folder / "bounces"
        self.certificate = self.folder / "certificate.pem"
        self.process = None

    @property
    def url(self):
        return f"smtp://127.0.0.1:{self.port}"

    def start(self):
        for name in ("queue", "data", "mail", "config"):
            (self.folder / name).mkdir()
        shutil.chown(self.folder / "data", "postfix")
        shutil.chown(self.folder / "mail", USER, "nogroup")
        for part in ("new", "cur", "tmp"):
            (self.bounces / part).mkdir(parents=True)
            shutil.chown(self.bounces / part, USER, "nogroup")
        self._certify()
        boxes = ", ".join(f"{{{name}@{PEOPLE} = {name}/}}" for name in (*self.boxes, "postmaster"))
        config = self.folder / "config"
        (config / "main.cf").write_text(
            MAIN.format(
                folder=self.folder,
                queue=self.folder / "queue",
                data=self.folder / "data",
                mail=self.folder / "mail",
                log=self.log,
                boxes=boxes,
                certificate=self.certificate,
                key=self.folder / "key.pem",
                tls=self.tls,
            )
        )
        # As a delivery agent would: first whole under tmp/, then by another name under new/.
        deliver = self.folder / "deliver"
        deliver.write_text(
            f"#!/bin/sh\ncat > {self.bounces}/tmp/$$ && mv {self.bounces}/tmp/$$ {self.bounces}/new/$$\n"
        )
        deliver.chmod(0o755)
        argv = self.pipe or str(deliver)
        (config / "master.cf").write_text(MASTER.format(port=self.port, user=USER, argv=argv))
        (config / "dynamicmaps.cf").touch()
        # What `postfix start` does first: the queue's folders and their owners.
        subprocess.run(
            ["postfix", "-c", config, "check"], check=True, capture_output=True, text=True, timeout=START_SECONDS
        )
        self.process = OwnedProcess(
            "postfix", [DAEMONS / "master", "-c", config, "-d"], self.folder / "master.log"
        ).start()
        wait_until(self._answers, START_SECONDS, lambda: f"Postfix\n{self.process.tail()}\n{self.story()}")
        return self

    def _certify(self):
        subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"]
        words = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject]
        files = ["-keyout", self.folder / "key.pem", "-out", self.certificate]
        subprocess.run([*words, *files], check=True, capture_output=True, timeout=START_SECONDS)

    def _answers(self):
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1) as connection:
                connection.settimeout(2)
                return connection.recv(3) == b"220"
        except OSError:
            return False

    def stop(self):
        """Its master ends the daemons that it started."""
        if self.process:
            self.process.stop(10)
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.stop()
            raise

    def __exit__(self, *_):
        self.stop()

    # -- What tests look at

    def mails(self, box):
        """What lies in a mailbox, as bytes."""
        return [file.read_bytes() for file in sorted((self.folder / "mail" / box / "new").glob("*"))]

    def bounced(self):
        """What lies in the maildir for bounces, read or not."""
        return [file.read_bytes() for part in ("new", "cur") for file in sorted((self.bounces / part).glob("*"))]

    def story(self):
        return self.log.read_text("utf-8", "replace") if self.log.exists() else "(no log)"
