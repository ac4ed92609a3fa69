"""Firebase Cloud Messaging for tests, with Google's token endpoint. Prints one JSON object a line: {"event": "ready",
"port": ...} first, then every request. Grants the access tokens at-1, at-2 and so on. A line on standard input says how
it answers from then on, and is answered by "told":

    {"expires_in": 3600, "grant": 400, "ended": ["at-1"], "answer": {"status": 404, "code": "UNREGISTERED"}}

`grant` refuses tokens with this status; `ended` are taken no more; `answer` may hold `retryAfter`, and `body` in place
of what Firebase would say; without it every message is taken."""

import http.server
import itertools
import json
import sys
import threading
from urllib.parse import parse_qs

told = {}
granted = itertools.count(1)
taken = itertools.count(1)


def say(**event):
    print(json.dumps(event), flush=True)


class Firebase(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        headers = {name.lower(): value for name, value in self.headers.items()}
        if self.path == "/token":
            form = {name: values[0] for name, values in parse_qs(body).items()}
            say(event="grant", form=form)
            if "grant" in told:
                return self.answer(told["grant"], {"error": "invalid_grant", "error_description": "a@example.com"})
            token = f"at-{next(granted)}"
            return self.answer(200, {"access_token": token, "expires_in": told.get("expires_in", 3600)})
        say(event="message", path=self.path, headers=headers, body=body)
        token = headers.get("authorization", "").removeprefix("Bearer ")
        if token in told.get("ended", []):
            return self.answer(401, {"error": {"code": 401, "status": "UNAUTHENTICATED"}})
        scripted = told.get("answer")
        if scripted is None:
            project = self.path.split("/")[3]
            return self.answer(200, {"name": f"projects/{project}/messages/{next(taken)}"})
        fcm = {"@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": scripted.get("code")}
        error = {"code": scripted["status"], "message": "no", "details": [fcm] if "code" in scripted else []}
        self.answer(scripted["status"], scripted.get("body", {"error": error}), scripted.get("retryAfter"))

    def answer(self, status, document, retry_after=None):
        body = (document if isinstance(document, str) else json.dumps(document)).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if retry_after is not None:
            self.send_header("Retry-After", str(retry_after))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Firebase)
threading.Thread(target=server.serve_forever, daemon=True).start()
say(event="ready", port=server.server_address[1])
for line in sys.stdin:
    told.clear()
    told.update(json.loads(line))
    say(event="told")
server.shutdown()
