"""Keys and signatures of the partners' server, by OpenSSL's command: independent of what is tested."""

import base64
import subprocess
import tempfile


class Keys:
    """In a folder: client, partner and stranger, each as NAME.pem and NAME.pub."""

    def __init__(self, folder):
        self.folder = folder
        for name in ("client", "partner", "stranger"):
            openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", folder / f"{name}.pem")
            openssl("pkey", "-in", folder / f"{name}.pem", "-pubout", "-out", folder / f"{name}.pub")

    def signed(self, data):
        """By the partner."""
        made = openssl("dgst", "-sha256", "-sign", self.folder / "partner.pem", data=data)
        return base64.b64encode(made.stdout).decode()

    def is_signed(self, data, signature):
        """By the client whose public key the partner has."""
        with tempfile.NamedTemporaryFile() as file:
            try:
                file.write(base64.b64decode(signature or "", validate=True))
            except ValueError:
                return False
            file.flush()
            words = ("dgst", "-sha256", "-verify", self.folder / "client.pub", "-signature", file.name)
            return openssl(*words, data=data).returncode == 0

    def sealed(self, text):
        """As Got It encrypts for a client's key: RSA with PKCS #1 padding, base64."""
        words = ("-encrypt", "-pubin", "-inkey", self.folder / "client.pub", "-pkeyopt", "rsa_padding_mode:pkcs1")
        return base64.b64encode(openssl("pkeyutl", *words, data=text.encode()).stdout).decode()


def openssl(*words, data=b""):
    return subprocess.run(["openssl", *map(str, words)], input=data, capture_output=True, check=False)
