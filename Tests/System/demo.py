"""`make demo`: the whole system at work on real purchases, told to a person.

Not a test: it checks little and shows much. It ends with 0 only when the audit passes.
"""

import argparse
import json
import re
import signal
import sys
import time
from datetime import datetime

from model.dates import add_months
from rig import console, members, purchases
from rig.books import KEY_SEPARATOR, Books
from rig.messages import wait_told
from rig.platform import VOUCHER_SECRET, Platform
from rig.topic import latest_by_key
from rig.waiting import wait_until
from rig.web import start_with_page
from rig.worker import ROOT

BASKETS = 3000
PROGRAMME_FILE = ROOT / "topics" / "examples" / "journey.json"
TABLE_ROWS = 12
REDEEM_POINTS = 500
REWARDS = ROOT / "topics" / "examples" / "rewards"
REWARD_POINTS = 100
DRINK = {"currency": "VND", "lines": [{"sku": "latte", "category": "drinks", "amount": "45000"}]}
CERTIFICATE_SECONDS = 60
MAIL_SECONDS = 60


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--baskets", type=int, default=BASKETS, help="how many of the real baskets to replay")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    started = time.monotonic()
    print("Stampede: real purchases in; points, tiers, messages and an erasure out, exactly once")
    platform = Platform()
    web = start_with_page(platform)
    with platform:
        passed = Demo(platform, web, purchases.baskets(arguments.parse_args().baskets)).run()
    print(f"\nAll stopped. {time.monotonic() - started:.0f} seconds in all.")
    return 0 if passed else 1


class Demo:
    def __init__(self, platform, web, documents):
        self.platform = platform
        self.web = web
        self.loyalty = platform.operator
        self.documents = documents
        self.members = purchases.members_of(documents)
        self.programme = json.loads(PROGRAMME_FILE.read_text("utf-8"))
        self.books = None

    def run(self):
        self.set_up()
        self.replay()
        self.show_totals()
        self.show_members()
        self.show_mail()
        self.show_withdrawal()
        self.show_redemption()
        self.show_reward()
        self.show_erasure()
        return self.audit()

    def set_up(self):
        console.heading("The system")
        console.say(
            f"A broker, six workers, a preference page, SMTP server and SMS gateway run ({self.platform.brokers})."
        )
        self.loyalty.run("programs", "publish", PROGRAMME_FILE)
        profiles = members.write_file(self.members, self.platform.directory / "members.ndjson")
        self.loyalty.run("members", "import", profiles)
        console.say(f"Programme {self.programme['name']!r} is published, {len(self.members)} members are imported.")

    def replay(self):
        console.heading("Replay")
        first, last = (json.loads(self.documents[index])["occurredAt"][:10] for index in (0, -1))
        console.say(f"{len(self.documents):,} real baskets, {first} to {last}, at full speed on stream time …")
        baskets = purchases.write_file(self.documents, self.platform.directory / "baskets.ndjson")
        started = time.monotonic()
        self.loyalty.run("purchases", "replay", baskets)
        self.platform.wait_drained()
        console.say(f"… all of them booked and judged after {time.monotonic() - started:.1f} seconds,")
        wait_told(self.platform, Books(self.platform, self.programme["id"]))
        console.say(f"and every member told who wants to be after {time.monotonic() - started:.1f} seconds.")
        end = self.half_expired()
        self.loyalty.run("clock", "advance", "--to", end)
        self.platform.wait_drained()
        console.say(f"Then the clock ran on to {end[:10]}: what was pending is released, the first points expire.")

    def half_expired(self):
        """When the first half of the baskets has lost its points: their life after the middle basket."""
        bought = datetime.fromisoformat(json.loads(self.documents[len(self.documents) // 2])["occurredAt"])
        day = add_months(bought, self.programme["expiry"]["months"])
        return day.isoformat()

    def show_totals(self):
        self.books = Books(self.platform, self.programme["id"])
        totals = {}
        for entry in self.books.entries:
            totals[entry["type"]] = totals.get(entry["type"], 0) + entry["points"]
        balances = [account["balances"] for account in self.books.accounts.values()]
        console.heading("Totals")
        console.pairs(
            [
                ("baskets", len(self.documents)),
                ("members with an account", len(self.books.accounts)),
                ("ledger entries", len(self.books.entries)),
                ("points earned", totals.get("points.earned", 0) + totals.get("points.corrected", 0)),
                ("points expired", totals.get("points.expired", 0)),
                ("points pending", sum(balance["pending"] for balance in balances)),
                ("points to spend", sum(balance["available"] for balance in balances)),
                ("e-mails that arrived", self.platform.smtp.count()),
                ("text messages that arrived", len(self.platform.sms.requests())),
            ]
        )

    def show_members(self):
        def points(item):
            return item[1]["balances"]["available"], item[0]

        richest = sorted(self.books.accounts.items(), key=points, reverse=True)[:TABLE_ROWS]
        console.heading(f"The {len(richest)} members with the most points, of {len(self.books.accounts)}")
        base = self.programme["tiers"]["levels"][0]["id"]
        rows = []
        for member, account in richest:
            tier = self.books.tiers.get(member, {"level": base, "since": ""})
            rows.append(
                (
                    member,
                    members.profile(member)["name"],
                    tier["level"],
                    tier.get("since", "")[:10],
                    account["balances"]["available"],
                    account["balances"]["pending"],
                    next((due["at"][:10] for due in account["expiries"]), ""),
                )
            )
        console.table(("member", "name", "tier", "since", "available", "pending", "next expiry"), rows)

    def show_mail(self):
        console.heading("One of the e-mails, as it arrived")
        wait_until(self.platform.smtp.count, MAIL_SECONDS, "a first e-mail")
        messages = self.platform.smtp.messages()
        # One about a tier, in Vietnamese, where there is one: its subject is no plain ASCII, so it shows the most.
        message = max(messages, key=lambda mail: not str(mail["Subject"]).isascii())
        for name in ("From", "To", "Subject", "Message-ID"):
            console.quote(f"{name}: {message[name]}")
        body = message.get_body(("plain", "html")).get_content()
        console.quote("\n" + body.strip())

    def show_withdrawal(self):
        mail = self.platform.smtp.messages()[0]
        link = re.search(r"https?://\S+/u/\S+", mail.get_body(("plain",)).get_content()).group()
        member = next(person for person in self.members if members.profile(person)["email"] == mail["To"])
        console.heading(f"A withdrawal: {member} follows the link of a mail and ends such messages")
        assert self.web.click(link).status == 200

        def said():
            shown = self.loyalty.run("preferences", "show", member).stdout
            return "one-click" in shown and shown

        console.quote(wait_until(said, MAIL_SECONDS, "the withdrawal").strip())

    def show_redemption(self):
        member, account = max(self.books.accounts.items(), key=lambda item: item[1]["balances"]["available"])
        before = account["balances"]["available"]
        points = min(REDEEM_POINTS, before)
        console.heading(f"A redemption: {member} spends {points} points")
        words = ("--program", self.programme["id"], "--points", points, "--id", "demo-redemption")
        self.loyalty.run("points", "redeem", member, *words)
        self.platform.wait_drained()
        # The same redemption again, as a till does that got no answer: it must move nothing.
        self.loyalty.run("points", "redeem", member, *words)
        self.platform.wait_drained()
        books = Books(self.platform, self.programme["id"])
        booked = [entry for entry in books.entries if entry["type"] == "points.redeemed"]
        console.pairs(
            [
                ("before", before),
                ("redeemed", sum(entry["points"] for entry in booked)),
                ("after", books.accounts[member]["balances"]["available"]),
            ]
        )
        console.say("Sent twice, booked once: the second message had the same id.")

    def show_reward(self):
        """One reward, from points to a voucher that a till has used."""
        books = Books(self.platform, self.programme["id"])
        member, account = max(books.accounts.items(), key=lambda item: item[1]["balances"]["available"])
        console.heading(f"A reward: {member} gets a free drink for {REWARD_POINTS} points")
        reward = json.loads((REWARDS / "free-drink.reward.json").read_text("utf-8"))
        reward |= {"programId": self.programme["id"], "costs": [{"points": REWARD_POINTS}]}
        del reward["hours"]
        file = self.platform.directory / "free-drink.reward.json"
        file.write_text(json.dumps(reward), "utf-8")
        self.loyalty.run("vouchers", "pools", "publish", REWARDS / "free-drink.pool.json")
        self.loyalty.run("rewards", "publish", file)
        key = ("--voucher-secret", VOUCHER_SECRET)
        got = self.loyalty.json("rewards", "redeem", member, "free-drink", "--id", "demo-reward", *key)
        code = got["vouchers"][0]["code"]
        basket = self.platform.directory / "basket.json"
        basket.write_text(json.dumps(DRINK), "utf-8")
        till = (code, "--member", member, "--at", got["vouchers"][0]["validFrom"], *key)
        hold = ("--hold", "bill-1-1", "--bill", "bill-1", "--basket", basket)
        for words in (("hold", *till, *hold), ("commit", *till, "--hold", "bill-1-1")):
            console.quote(self.loyalty.run("vouchers", *words).stdout.strip())
        again = self.loyalty.run("vouchers", "check", *till, check=False)
        console.say(f"Checked again at the till: {again.stdout.strip()}")
        self.platform.wait_drained()
        after = Books(self.platform, self.programme["id"]).accounts[member]["balances"]["available"]
        console.pairs([("code", code), ("before", account["balances"]["available"]), ("after", after)])

    def show_erasure(self):
        member = self.members[0]
        console.heading(f"An erasure: {members.profile(member)['name']} ({member}) asks to be forgotten")
        self.loyalty.run("privacy", "erase", member, "--yes")
        certificate = wait_until(
            lambda: next(iter(self.platform.read("privacy.certificates")), None), CERTIFICATE_SECONDS, "the certificate"
        )
        console.quote(json.dumps(certificate.document, indent=2, ensure_ascii=False))
        self.platform.wait_drained()
        for topic in ("loyalty.members", "loyalty.accounts"):
            latest = latest_by_key(self.platform.read(topic))
            own = [record for key, record in latest.items() if key.decode().partition(KEY_SEPARATOR)[0] == member]
            gone = bool(own) and all(record.is_tombstone for record in own)
            console.say(f"{topic} holds {'a tombstone' if gone else 'STILL A VALUE'} for {member}.")

    def audit(self):
        console.heading("Audit of every member's ledger")
        result = self.loyalty.run("audit", check=False)
        for line in (result.stdout + result.stderr).strip().splitlines():
            console.say(line)
        return result.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
