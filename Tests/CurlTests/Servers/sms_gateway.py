"""An SMS gateway for tests. Prints one JSON object a line: {"event": "ready", "port": ...} first, then every request.
The first part of the path chooses the answer, unless a line on standard input has: {"status": 402, "body": "…"} answers
all with it from then on, "times" writes the body so often, {} no more; it is answered by "told". An Idempotency-Key seen
before is answered from memory."""

import http.server
import json
import sys
import threading
import time

told = {}
ANSWERS = {"ok": 202, "refused": 400, "busy": 503, "limit": 429, "wrong-token": 401, "moved": 302}


def say(**event):
    print(json.dumps(event), flush=True)


class Gateway(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    done = {}

    def do_GET(self):
        self.answer(b"")

    def do_POST(self):
        self.answer(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def answer(self, body):
        kind = self.path.split("?")[0].split("/")[1]
        key = self.headers.get("Idempotency-Key")
        say(
            event="request",
            method=self.command,
            path=self.path,
            headers={name.lower(): value for name, value in self.headers.items()},
            body=body.decode(),
            repeated=key in self.done,
            connection=self.client_address[1],
        )
        if key is not None:
            self.done[key] = True
        if kind == "lost":
            self.close_connection = True
            return
        if kind == "slow":
            time.sleep(5)
        answer = b"x" * 100_000 if kind == "long" else json.dumps({"id": key}).encode()
        if "body" in told:
            answer = told["body"].encode() * told.get("times", 1)
        self.send_response(told.get("status") or ANSWERS.get(kind, 200))
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
threading.Thread(target=server.serve_forever, daemon=True).start()
say(event="ready", port=server.server_address[1])
for line in sys.stdin:
    told.clear()
    told.update(json.loads(line))
    say(event="told")
server.shutdown()
