"""Certificates for one broker and its clients, made by openssl when a test asks for them."""

import subprocess
from pathlib import Path

DAYS = 2


class Certificates:
    """An authority of its own, and what it has signed, as PEM files in one folder."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self._openssl(
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", DAYS, "-subj", "/CN=rig", "-keyout", "ca.key",
            "-out", "ca.pem",
        )  # fmt: skip

    @property
    def authority(self):
        return self.folder / "ca.pem"

    def sign(self, name, days=DAYS):
        """(certificate, key) of that common name, for a server on this machine as for a client; made once."""
        certificate, key = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        if not certificate.exists():
            request = f"{name}.csr"
            self._openssl(
                "req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}", "-keyout", key, "-out", request
            )
            (self.folder / "names").write_text("subjectAltName=IP:127.0.0.1,DNS:localhost\n")
            self._openssl(
                "x509", "-req", "-days", days, "-in", request, "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
                "-extfile", "names", "-out", certificate,
            )  # fmt: skip
        return certificate, key

    def keystore(self, name):
        """Key, certificate and authority in one file, as a broker reads it."""
        certificate, key = self.sign(name)
        store = self.folder / f"{name}.store.pem"
        store.write_text(key.read_text() + certificate.read_text() + self.authority.read_text())
        return store

    def _openssl(self, *words):
        subprocess.run(["openssl", *map(str, words)], cwd=self.folder, check=True, capture_output=True, text=True)
