"""The notifier's HTTP server: its process, and a client that does what it is told and no more."""

import http.client
import socket
import ssl
import subprocess
from dataclasses import dataclass
from urllib.parse import urlsplit

from .services import SERVICES
from .worker import READY_SECONDS, Worker

LINK_SECRET = "a-secret-of-thirty-two-characters-or-more"
SMS_SECRET = "the-gateways"
NOT_OF_A_SERVER = ("--state-dir", "--instance", "--clock")


class NotifierWeb(Worker):
    """Probes and log are a worker's. With a certificate it speaks TLS, on a port that is known before it starts."""

    def __init__(self, platform, folder, certified=True, **flags):
        self.host = "localhost"
        self.web_port = free_port()
        self.certificate = folder / "web.pem" if certified else None
        tls = {}
        if certified:
            make_certificate(self.certificate, folder / "web.key", self.host)
            tls = {"--tls-certificate-file": self.certificate, "--tls-key-file": folder / "web.key"}
        given = {f"--{name.replace('_', '-')}": value for name, value in flags.items()}
        super().__init__(
            "notifier-web",
            platform.directory,
            platform.brokers,
            flags={
                **dict.fromkeys(NOT_OF_A_SERVER),
                "--kafka-properties": platform.broker.kafka_properties,
                "--web-port": self.web_port,
                "--link-secret": LINK_SECRET,
                "--sms-secret": SMS_SECRET,
                "--page-name": "Quà Tặng Sen",
                **tls,
                **given,
            },
        )

    @property
    def url(self):
        return f"{'https' if self.certificate else 'http'}://{self.host}:{self.web_port}"

    def wait_listening(self, seconds=READY_SECONDS):
        self.process.wait_for_output(lambda output: "webPort" in output, seconds, "its port")
        return self

    def ask(self, method, url, body=None, headers=(), seconds=30):
        """One request with a connection of its own; no redirect is followed, no cookie kept."""
        parts = urlsplit(url)
        assert parts.port == self.web_port, url
        if self.certificate:
            trust = ssl.create_default_context(cafile=str(self.certificate))
            connection = http.client.HTTPSConnection(parts.hostname, parts.port, timeout=seconds, context=trust)
        else:
            connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=seconds)
        try:
            target = parts.path + (f"?{parts.query}" if parts.query else "")
            connection.request(method, target, body, dict(headers))
            answer = connection.getresponse()
            names = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, answer.read().decode(), names)
        finally:
            connection.close()

    def click(self, url):
        """What a mail provider does (RFC 8058)."""
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.ask("POST", url, "List-Unsubscribe=One-Click", form)


def start_with_page(platform):
    """Starts the platform with a preference page, to which each message links, as one of its workers."""
    platform.start([name for name in SERVICES if name != "notifier"])
    web = NotifierWeb(platform, platform.directory, certified=False)
    platform.workers[web.name] = web
    platform.worker("notifier", preferences_url=web.url, link_secret=LINK_SECRET).start()
    web.start().wait_ready()
    platform.worker("notifier").wait_ready()
    return web


@dataclass(frozen=True)
class Answer:
    status: int
    body: str
    headers: dict


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def make_certificate(certificate, key, host):
    words = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    words += ["-days", "2", "-subj", f"/CN={host}", "-addext", f"subjectAltName=DNS:{host}"]
    subprocess.run([*words, "-out", certificate, "-keyout", key], check=True, capture_output=True)
