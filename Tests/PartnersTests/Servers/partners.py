"""The three partners for tests, by their documents: Got It's Biz API 4.0, UrBox's 2.0 and 4.0, plain JSON. Keys are
made in the folder that is named. Prints one JSON object a line: {"event": "ready", "port": …} first, then each call, as
`call` with its kind, reference and answer, and `issued` for each order that gave something. A line on standard input,
{"fault": "…", "times": n}, makes the next n orders (or, where it says "of": "status", questions) meet it; it is
answered by "told". Faults:

    lost-after      the order is done, and the connection ends without an answer
    lost-before     it is not done, and the connection ends
    slow            it is done, and answered after `seconds`
    half            half of the answer, then the connection ends
    unsigned        the answer is signed by nobody
    wrong-signature the answer is signed, and was changed since
    out-of-stock, account, limit, error, down, page (an HTML page of a proxy's)

"minutes" puts its clock on, "flags" has codes `sealed` or vouchers `cancelled`.
"""

import http.server
import json
import sys
import threading
import time
import urllib.parse
from pathlib import Path

from partner_keys import Keys

API_KEY, PREFIX = "gi-key", "000742"
APP_ID, APP_SECRET, CAMPAIGN, SITE_USER = "500001", "ub-secret", "CAMP-1", "stampede"
TOKEN = "json-token"
REPEAT_AFTER_S = 300
GOTIT_PRODUCTS = {(1541, 2991): 50_000, (1541, 2992): 100_000, (2782, 12258): 735_000}
URBOX_GIFTS = {"2001": (50_000, 1), "2002": (100_000, 2)}
JSON_PRODUCTS = {"tea": (45_000, True), "ticket": (80_000, False)}
FAILURES = {
    "gotit": {"out-of-stock": "5003", "account": "0002", "limit": "3004", "error": "9999"},
    "urbox": {"out-of-stock": 220, "account": 212, "limit": 306, "error": 408},
    "json": {"out-of-stock": "out-of-stock", "account": "account", "limit": "limit", "error": "something-else"},
}
lock = threading.Lock()
saying = threading.Lock()
faults = {"issue": [], "status": []}
clock = {"ahead": 0.0}
#: By partner and reference: product, quantity, vouchers (none: the order failed), the instant of it.
orders = {"gotit": {}, "urbox": {}, "json": {}}
serial = [0]
flags = set()
slow_s = [3.0]
keys = Keys(Path(sys.argv[1]))


def say(**event):
    # Two threads' lines must not run into each other.
    with saying:
        print(json.dumps(event), flush=True)


def now():
    return time.monotonic() + clock["ahead"]


# What was ordered


def order_of(partner, reference, product, quantity, fails=False):
    """The order of a reference, made now where there is none."""
    vouchers = []
    if not fails:
        for _ in range(quantity):
            serial[0] += 1
            vouchers.append({"code": f"{4_000_000_000 + serial[0]}", "serial": f"VX{serial[0]:08d}"})
        say(event="issued", partner=partner, reference=reference, vouchers=len(vouchers), product=product)
    order = {"product": product, "quantity": quantity, "vouchers": vouchers, "at": now()}
    orders[partner][reference] = order
    return order


class Partners(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.serve()

    def do_POST(self):
        self.serve()

    def serve(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path, _, query = self.path.partition("?")
        query = dict(urllib.parse.parse_qsl(query))
        partner, _, path = path[1:].partition("/")
        answer = {"gotit": self.gotit, "urbox": self.urbox, "json": self.json}.get(partner)
        if answer is None:
            self.write(404, b"not found")
            return
        answer("/" + path, query, body)

    # Got It

    def gotit(self, path, query, body):
        if self.headers.get("X-GI-Authorization") != API_KEY:
            self.gotit_says("other", "", "0002")
        elif path == "/api/v4.0/products":
            self.gotit_products(query)
        elif path in ("/api/v4.0/vouchers/v", "/api/v4.0/vouchers/e") and self.command == "POST":
            self.gotit_issue(path[-1], json.loads(body))
        elif path.startswith("/api/v4.0/vouchers/multiple/status/") and self.command == "GET":
            reference = urllib.parse.unquote(path.rsplit("/", 1)[1])
            self.gotit_status(reference, json.loads(body or b"{}").get("signature"))
        else:
            self.write(404, json.dumps({"statusCode": 404, "error": "HTTP_NOT_FOUND", "data": []}).encode())

    def gotit_says(self, kind, reference, error="", data=None, fault=None):
        body = {"status": "OK", "statusCode": 200, "error": error, "message": error and "refused", "data": data or []}
        say(event="call", partner="gotit", kind=kind, reference=reference, answer=error or "ok", fault=fault)
        text = json.dumps(body).encode()
        headers = {} if fault == "unsigned" else {"gt-signature": keys.signed(text)}
        if fault == "wrong-signature":
            text = text.replace(b'"statusCode": 200', b'"statusCode": 201')
        self.end(text, fault, headers)

    def gotit_issue(self, kind, asked):
        reference = asked.get("transactionRefId", "")
        parts = [API_KEY, reference]
        if kind == "v":
            parts = [API_KEY, asked.get("orderName", ""), asked.get("expiryDate", ""), reference]
        error = None
        if not keys.is_signed("|".join(parts).encode(), asked.get("signature")):
            error = "3003"
        elif len(reference) > 255:
            error = "5011"
        elif not reference.startswith(PREFIX + "_"):
            error = "5012"
        elif kind == "e" and asked.get("amount", 1) % 1000 != 0:
            error = "5002"
        elif kind == "v" and asked.get("productId") not in {product for product, _ in GOTIT_PRODUCTS}:
            error = "2001"
        elif kind == "v" and (asked["productId"], asked["productPriceId"]) not in GOTIT_PRODUCTS:
            error = "1012"
        elif kind == "v" and asked.get("quantity", 0) < 1:
            error = "5006"
        fault = fault_of("issue")
        with lock:
            earlier = orders["gotit"].get(reference)
            if error is None and earlier is not None:
                is_free = not earlier["vouchers"] and now() - earlier["at"] >= REPEAT_AFTER_S
                error = None if is_free else "2008"
            if error is None and fault and fault["fault"] in FAILURES["gotit"]:
                error = FAILURES["gotit"][fault["fault"]]
                order_of("gotit", reference, "", 0, fails=True)
            if error is None and is_done(fault):
                product = (
                    f"amount/{asked['amount']}" if kind == "e" else f"{asked['productId']}/{asked['productPriceId']}"
                )
                order_of("gotit", reference, product, asked.get("quantity", 1))
        data = []
        if error is None and is_done(fault):
            vouchers = [
                self.gotit_voucher(kind, voucher, reference) for voucher in orders["gotit"][reference]["vouchers"]
            ]
            data = [{"orderName": asked["orderName"], "transactionRefId": reference, "vouchers": vouchers}]
        self.gotit_says("issue", reference, error or "", data, fault and fault["fault"])

    def gotit_voucher(self, kind, voucher, reference, **more):
        hide = keys.sealed if "sealed" in flags else str
        link = hide("https://v-stg.gotit.vn/" + voucher["code"][-8:])
        if kind == "e":
            return {"voucher_link": link, "voucher_serial": voucher["serial"], "expired_date": "2027-03-01", **more}
        return {
            "transactionRefId": reference,
            "voucherCode": hide(voucher["code"]),
            "voucherLink": link,
            "voucherSerial": voucher["serial"],
            "expiryDate": "2027-03-01",
            **more,
        }

    def gotit_status(self, reference, signature):
        fault = fault_of("status")
        order = orders["gotit"].get(reference)
        error = ""
        if not keys.is_signed(f"{API_KEY}|{reference}".encode(), signature):
            error = "3003"
        elif fault and fault["fault"] in FAILURES["gotit"]:
            error = FAILURES["gotit"][fault["fault"]]
        elif order is None or not order["vouchers"]:
            error = "2007"
        data = []
        if not error:
            kind = "e" if order["product"].startswith("amount/") else "v"
            state = {"stateCode": 9, "stateText": "Cancelled"} if "cancelled" in flags else {"stateCode": 1}
            data = [
                {
                    "transactionRefId": reference,
                    "vouchers": [
                        self.gotit_voucher(kind, voucher, reference, **state) for voucher in order["vouchers"]
                    ],
                }
            ]
        self.gotit_says("status", reference, error, data, fault and fault["fault"])

    def gotit_products(self, query):
        page, size = int(query.get("page", 0)), int(query.get("pageSize", 0))
        if page < 1 or size < 1:
            return self.gotit_says("catalogue", "", "1013")
        rows = [
            {
                "productId": product,
                "productNm": f"Thẻ Quà Tặng {product}",
                "prices": [
                    {"priceId": price, "priceNm": "1", "priceValue": value}
                    for (owner, price), value in GOTIT_PRODUCTS.items()
                    if owner == product
                ],
                "totalStore": 12,
            }
            for product in sorted({product for product, _ in GOTIT_PRODUCTS})
        ]
        shown = rows[(page - 1) * size : page * size]
        pages = {"pageSize": size, "page": page, "totalPage": -(-len(rows) // size)}
        return self.gotit_says("catalogue", "", data=[{"productList": shown, "pagination": pages}])

    # UrBox

    def urbox(self, path, query, body):
        asked = json.loads(body) if body else query
        if (str(asked.get("app_id")), asked.get("app_secret")) != (APP_ID, APP_SECRET):
            return self.urbox_says("other", "", 212)
        if path == "/2.0/cart/cartPayVoucher" and self.command == "POST":
            return self.urbox_issue(asked)
        if path == "/2.0/cart/getByTransaction":
            return self.urbox_status(asked.get("transaction_id", ""))
        if path == "/2.0/cart/getlist":
            return self.urbox_list(asked)
        if path == "/4.0/gift/lists":
            gifts = [
                {"id": gift, "title": f"Quà {gift}", "price": str(price), "stock": stock, "office": [{"id": "1"}]}
                for gift, (price, stock) in URBOX_GIFTS.items()
            ]
            return self.urbox_says("catalogue", "", data={"items": gifts, "totalPage": 1, "totalResult": "2"})
        return self.write(404, b"not found")

    def urbox_says(self, kind, reference, status=200, data=None, fault=None):
        done = 1 if status == 200 else 0
        say(
            event="call",
            partner="urbox",
            kind=kind,
            reference=reference,
            answer="ok" if done else str(status),
            fault=fault,
        )
        body = {"done": done, "msg": "success" if done else "lỗi", "status": status, "data": data}
        self.end(json.dumps(body).encode(), fault, {})

    def urbox_issue(self, asked):
        reference = asked.get("transaction_id", "")
        names = ("app_id", "app_secret", "campaign_code", "dataBuy", "isSendSms", "site_user_id", "transaction_id")
        text = json.dumps({name: asked.get(name) for name in names}, separators=(",", ":"), ensure_ascii=False)
        bought = (asked.get("dataBuy") or [{}])[0]
        fault = fault_of("issue")
        with lock:
            earlier = orders["urbox"].get(reference)
            status = 200
            if not keys.is_signed(text.encode(), self.headers.get("Signature")):
                status = 213
            elif asked.get("campaign_code") != CAMPAIGN:
                status = 308
            elif not asked.get("ttphone"):
                status = 610
            elif bought.get("priceId") not in URBOX_GIFTS:
                status = 221
            elif fault and fault["fault"] in FAILURES["urbox"]:
                status = FAILURES["urbox"][fault["fault"]]
            elif earlier is None and is_done(fault):
                earlier = order_of("urbox", reference, bought["priceId"], int(bought["quantity"]))
        data = None
        if status == 200 and earlier is not None:
            rows = [
                {"code": v["code"], "pin": "77", "serial": v["serial"], "link": "https://s.urbox.vn/" + v["code"][-6:],
                 "expired": "01/03/2027", "priceId": earlier["product"]}
                for v in earlier["vouchers"]
            ]  # fmt: skip
            data = {"pay": 2, "transaction_id": reference, "cart": {"id": "9", "code_link_gift": rows}}
        self.urbox_says("issue", reference, status, data, fault and fault["fault"])

    def urbox_status(self, reference):
        fault = fault_of("status")
        order = orders["urbox"].get(reference)
        if fault and fault["fault"] in FAILURES["urbox"]:
            return self.urbox_says("status", reference, FAILURES["urbox"][fault["fault"]], fault=fault["fault"])
        if order is None:
            return self.urbox_says("status", reference, 403, fault=fault and fault["fault"])
        data = {"id": "9", "pay_status_code": 2, "detail": self.urbox_details(order)}
        return self.urbox_says("status", reference, 200, data, fault and fault["fault"])

    def urbox_details(self, order):
        price = str(URBOX_GIFTS[order["product"]][0])
        return [
            {"code": v["code"], "serial": v["serial"], "price": price, "expired": "01-03-2027", "link": ""}
            for v in order["vouchers"]
        ]

    def urbox_list(self, asked):
        if asked.get("site_user_id") != SITE_USER or asked.get("campaign_code") != CAMPAIGN:
            return self.urbox_says("statement", "", 409)
        rows = [
            {"transaction_id": reference, "pay_status_code": 2, "detail": self.urbox_details(order)}
            for reference, order in orders["urbox"].items()
        ]
        return self.urbox_says("statement", "", data={"data": rows, "totalPage": 1})

    # Plain JSON, docs/partners.md

    def json(self, path, query, body):
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            return self.json_says("other", "", 401, {"code": "account"})
        if path == "/orders" and self.command == "POST":
            return self.json_issue(json.loads(body))
        if path.startswith("/orders/"):
            return self.json_status(urllib.parse.unquote(path[len("/orders/") :]))
        if path == "/products":
            rows = [
                {"product": product, "name": product, "price": price, "inStock": has, "stores": 3}
                for product, (price, has) in JSON_PRODUCTS.items()
            ]
            return self.json_says("catalogue", "", 200, {"products": rows, "pages": 1})
        if path == "/statement":
            rows = [
                {"reference": reference, "vouchers": len(order["vouchers"]), "state": "issued",
                 "serials": [v["serial"] for v in order["vouchers"]]}
                for reference, order in orders["json"].items()
            ]  # fmt: skip
            return self.json_says("statement", "", 200, {"orders": rows, "pages": 1})
        return self.write(404, b"not found")

    def json_says(self, kind, reference, status, body, fault=None):
        say(event="call", partner="json", kind=kind, reference=reference, answer=body.get("code", "ok"), fault=fault)
        self.end(json.dumps(body).encode(), fault, {}, status)

    def json_issue(self, asked):
        reference = asked["reference"]
        if self.headers.get("Idempotency-Key") != reference:
            return self.json_says("issue", reference, 400, {"code": "refused"})
        fault = fault_of("issue")
        with lock:
            order = orders["json"].get(reference)
            if order is None and asked["product"] not in JSON_PRODUCTS:
                return self.json_says("issue", reference, 422, {"code": "refused"})
            if fault and fault["fault"] in FAILURES["json"]:
                return self.json_says("issue", reference, 409, {"code": FAILURES["json"][fault["fault"]]})
            if order is None and is_done(fault):
                order = order_of("json", reference, asked["product"], asked["quantity"])
        return self.json_says("issue", reference, 200, self.json_order(order), fault and fault["fault"])

    def json_order(self, order):
        if order is None:
            return {"state": "pending"}
        return {
            "state": "issued",
            "vouchers": [
                {"code": v["code"], "serial": v["serial"], "validUntil": "2027-03-01"} for v in order["vouchers"]
            ],
        }

    def json_status(self, reference):
        fault = fault_of("status")
        order = orders["json"].get(reference)
        # A partner that says "refused" of an order that it has done is none that anybody can help.
        if fault and fault["fault"] in ("account", "limit", "error"):
            return self.json_says("status", reference, 409, {"code": FAILURES["json"][fault["fault"]]})
        if order is None:
            return self.json_says("status", reference, 404, {"code": "unknown-reference"})
        return self.json_says("status", reference, 200, self.json_order(order), fault and fault["fault"])

    # Ends of a call

    def end(self, body, fault, headers, status=200):
        if fault in ("lost-after", "lost-before"):
            self.close_connection = True
            return
        if fault == "down":
            self.write(503, b"<html>down</html>")
            return
        if fault == "page":
            self.write(200, b"<html>Please log in</html>")
            return
        if fault == "slow":
            time.sleep(slow_s[0])
        self.write(status, body, headers, cut=fault == "half")

    def write(self, status, body, headers=None, cut=False):
        try:
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: len(body) // 2] if cut else body)
        except OSError:
            cut = True
        self.close_connection = self.close_connection or cut

    def log_message(self, *_):
        pass


def fault_of(kind):
    with lock:
        waiting = faults[kind]
        if not waiting:
            return None
        waiting[0]["times"] -= 1
        return waiting.pop(0) if waiting[0]["times"] == 0 else waiting[0]


def is_done(fault):
    return fault is None or fault["fault"] in ("lost-after", "slow", "half", "unsigned", "wrong-signature", "page")


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Partners)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    say(event="ready", port=server.server_address[1])
    for line in sys.stdin:
        told = json.loads(line)
        with lock:
            if "fault" in told:
                faults[told.get("of", "issue")].append({"fault": told["fault"], "times": told.get("times", 1)})
            clock["ahead"] += told.get("minutes", 0) * 60
            flags.update(told.get("flags", []))
            flags.difference_update(told.get("unset", []))
            slow_s[0] = told.get("seconds", slow_s[0])
        say(event="told")


main()
