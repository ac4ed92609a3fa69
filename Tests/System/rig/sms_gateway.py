"""An SMS gateway for tests and the demo: takes POST requests as a provider would and keeps them.

It answers the same idempotency key twice without taking the message twice, as providers do.
"""

import json
import sys
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Request:
    path: str
    headers: dict
    body: str


class SMSGateway:
    """A server on threads of this process: it ends with it."""

    def __init__(self):
        self._lock = threading.Lock()
        self._taken = {}
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode("utf-8", "replace")
                headers = {name.lower(): value for name, value in self.headers.items()}
                gateway._take(Request(self.path, headers, body))
                answer = json.dumps({"status": "accepted"}).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        class Server(ThreadingHTTPServer):
            def handle_error(self, request, client_address):
                """A client that is killed over its request is no news; anything else is."""
                if not isinstance(sys.exception(), ConnectionError):
                    super().handle_error(request, client_address)

        self._server = Server(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, name="sms-gateway", daemon=True)

    def start(self):
        self._thread.start()
        return self

    def _take(self, request):
        key = request.headers.get("idempotency-key") or (request.path, request.body)
        with self._lock:
            self._taken.setdefault(key, request)

    @property
    def url(self):
        return f"http://127.0.0.1:{self._server.server_address[1]}/sms"

    def requests(self):
        with self._lock:
            return list(self._taken.values())

    def stop(self):
        # One that was not started would wait for itself.
        if self._thread.ident is not None:
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()
