"""A provider's HTTP interface that answers as a test says, message by message, and keeps what it was asked."""

import json
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Asked:
    path: str
    headers: dict
    body: dict


class ScriptedGateway:
    """`answer(asked)` gives the JSON of the answer, or None: the connection is cut without one."""

    def __init__(self, answer):
        self._lock = threading.Lock()
        self._asked = []
        self.answer = answer
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                asked = Asked(
                    self.path, {name.lower(): value for name, value in self.headers.items()}, json.loads(body)
                )
                with gateway._lock:
                    gateway._asked.append(asked)
                    told = gateway.answer(asked)
                if told is None:
                    self.close_connection = True
                    return
                answer = json.dumps(told).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, name="scripted-gateway", daemon=True)
        self._thread.start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def asked(self):
        with self._lock:
            return list(self._asked)

    def stop(self):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
