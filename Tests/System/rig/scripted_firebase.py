"""Firebase Cloud Messaging with Google's token endpoint, which answers as a test says and keeps what it was asked."""

import base64
import json
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

PROJECT = "sen-rewards"


class ScriptedFirebase:
    """`answer(message)` gives (status, code) of a refusal, "cut" for a connection that is cut, or None: it is taken.
    Only who signs by the key of `account` is granted a token, and only messages with one are looked at."""

    def __init__(self, folder, answer=lambda message: None):
        self.answer = answer
        self.account = folder / "account.json"
        self._folder = folder
        self._lock = threading.Lock()
        self._messages = []
        self.grants = 0
        firebase = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                told = firebase.grant(body) if self.path == "/token" else firebase.take(self, body)
                if told is None:
                    self.close_connection = True
                    return
                status, document = told
                answer = json.dumps(document).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, name="scripted-firebase", daemon=True)
        self._thread.start()
        self._make_account()

    @property
    def url(self):
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def flags(self):
        return {"--fcm-service-account": self.account, "--fcm-url": self.url, "--login-without-tls": True}

    def grant(self, body):
        form = {name: values[0] for name, values in parse_qs(body).items()}
        if form.get("grant_type") != "urn:ietf:params:oauth:grant-type:jwt-bearer" or not self._signed(
            form["assertion"]
        ):
            return 400, {"error": "invalid_grant"}
        with self._lock:
            self.grants += 1
            return 200, {"access_token": f"at-{self.grants}", "expires_in": 3600, "token_type": "Bearer"}

    def take(self, request, body):
        if request.path != f"/v1/projects/{PROJECT}/messages:send":
            return 404, {"error": {"code": 404, "status": "NOT_FOUND"}}
        if not request.headers.get("Authorization", "").startswith("Bearer at-"):
            return 401, {"error": {"code": 401, "status": "UNAUTHENTICATED"}}
        message = json.loads(body)["message"]
        with self._lock:
            self._messages.append(message)
            told = self.answer(message)
            name = f"projects/{PROJECT}/messages/{len(self._messages)}"
        if told is None:
            return 200, {"name": name}
        if told == "cut":
            return None
        status, code = told
        details = [{"@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": code}]
        return status, {"error": {"code": status, "message": code, "details": details}}

    def messages(self):
        with self._lock:
            return list(self._messages)

    def devices(self):
        return [message["token"] for message in self.messages()]

    def stop(self):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    # -- The account

    def _make_account(self):
        key, public = self._folder / "robot.key", self._folder / "robot.pub"
        openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", key)
        openssl("pkey", "-in", key, "-pubout", "-out", public)
        account = {
            "type": "service_account",
            "project_id": PROJECT,
            "private_key_id": "key-1",
            "private_key": key.read_text(),
            "client_email": f"robot@{PROJECT}.iam.gserviceaccount.com",
            "token_uri": f"{self.url}/token",
        }
        self.account.write_text(json.dumps(account))

    def _signed(self, assertion):
        signed, _, signature = assertion.rpartition(".")
        (self._folder / "signature").write_bytes(base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4)))
        (self._folder / "signed").write_text(signed)
        files = ["-signature", self._folder / "signature", self._folder / "signed"]
        argv = ["openssl", "dgst", "-sha256", "-verify", self._folder / "robot.pub", *files]
        return subprocess.run(argv, capture_output=True, check=False).returncode == 0


def openssl(*words):
    subprocess.run(["openssl", *words], check=True, capture_output=True)
