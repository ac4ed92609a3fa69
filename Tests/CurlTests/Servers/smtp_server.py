"""An SMTP server for tests, on aiosmtpd. Prints one JSON object a line: {"event": "ready", "port": ...} first, then
what arrives. The recipient's local part chooses what happens to a message; see Handler."""

import argparse
import asyncio
import json
import logging
import pathlib
import ssl
import subprocess
import sys
import tempfile

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


def say(**event):
    print(json.dumps(event), flush=True)


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        name = address.split("@")[0]
        if name == "refused":
            return f"550 5.1.1 <{address}> is not known here"
        if name == "later":
            return "451 4.7.1 come back later"
        if name == "lost-early":
            server.transport.abort()
            return "250 OK"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        name = envelope.rcpt_tos[0].split("@")[0]
        say(
            event="message",
            sender=envelope.mail_from,
            recipients=envelope.rcpt_tos,
            data=envelope.content.decode("utf-8", "surrogateescape"),
            tls=session.ssl is not None,
            user=session.auth_data.decode() if session.auth_data else None,
            session=id(session),
        )
        if name == "lost":
            server.transport.abort()
        if name == "spam":
            return "554 5.7.1 not wanted"
        if name == "full":
            return "452 4.2.2 mailbox full"
        if name == "hang-up":
            # Accept, then close the connection that the client would use again.
            server.loop.call_later(0.05, lambda: (server.transport.abort(), say(event="hung up")))
        return "250 OK"


def authenticator(server, session, envelope, mechanism, data):
    if isinstance(data, LoginPassword) and data == LoginPassword(b"stampede", b"correct horse"):
        return AuthResult(success=True, auth_data=data.login)
    return AuthResult(success=False, handled=False)


def make_certificate(folder):
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
         "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context, str(certificate)


# A client that does not trust the certificate is a test's intention, not an error to print.
logging.getLogger("mail.log").setLevel(logging.CRITICAL)


async def serve(options, certificate):
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Handler(), **options), "127.0.0.1", 0)
    say(event="ready", port=server.sockets[0].getsockname()[1], certificate=certificate)
    # The test holds standard input open for as long as it wants the server.
    await loop.run_in_executor(None, sys.stdin.read)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--starttls", action="store_true")
    parser.add_argument("--auth", action="store_true")
    parser.add_argument("--without-smtputf8", action="store_true")
    arguments = parser.parse_args()
    options = {"enable_SMTPUTF8": not arguments.without_smtputf8}
    with tempfile.TemporaryDirectory() as folder:
        certificate = None
        if arguments.starttls:
            options["tls_context"], certificate = make_certificate(pathlib.Path(folder))
            options["require_starttls"] = True
        if arguments.auth:
            options |= dict(authenticator=authenticator, auth_required=True, auth_require_tls=arguments.starttls)
        asyncio.run(serve(options, certificate))


main()
