"""An SMTP server for tests and the demo: every message it takes lies in a maildir afterwards.

Run as a program (`python -m rig.smtp_server MAILDIR`) it prints the port it listens on and serves until it is killed;
`SMTPServer` is the owner of such a process.
"""

import asyncio
import email
import email.policy
import re
import sys
from pathlib import Path

from .processes import OwnedProcess

START_SECONDS = 20
MESSAGE_ID = re.compile(rb"^Message-ID:\s*<([^@>]+)", re.MULTILINE)


class SMTPServer:
    def __init__(self, directory):
        self.directory = Path(directory)
        self.maildir = self.directory / "mail"
        self.process = None
        self.port = None

    def start(self):
        self.process = OwnedProcess(
            "smtp-server",
            [sys.executable, "-m", "rig.smtp_server", self.maildir],
            self.directory / "smtp-server.log",
            cwd=Path(__file__).parents[1],
        ).start()
        self.port = int(
            self.process.wait_for_output(
                lambda output: output.strip() if output.endswith("\n") else None, START_SECONDS, "the SMTP port"
            )
        )
        return self

    @property
    def url(self):
        return f"smtp://127.0.0.1:{self.port}"

    def stop(self):
        if self.process:
            self.process.kill()

    def messages(self):
        """All messages so far, parsed, oldest first."""
        return [email.message_from_bytes(each, policy=email.policy.default) for each in self._files()]

    def message_ids(self):
        """Of all messages so far, oldest first, without domain; a message that came twice is there twice."""
        return [MESSAGE_ID.search(each)[1].decode() for each in self._files()]

    def _files(self):
        files = sorted((self.maildir / "new").glob("*"), key=lambda file: file.stat().st_mtime_ns)
        return [file.read_bytes() for file in files]

    def count(self):
        folder = self.maildir / "new"
        return sum(1 for _ in folder.iterdir()) if folder.exists() else 0


async def serve(maildir):
    from aiosmtpd.handlers import Mailbox
    from aiosmtpd.smtp import SMTP

    handler = Mailbox(str(maildir))
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(handler, enable_SMTPUTF8=True, hostname="localhost", loop=loop), "127.0.0.1", 0
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
