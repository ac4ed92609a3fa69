#!/usr/bin/env python3
"""Writes Tests/RewardsTests/Golden: what the model of rewards says of made-up baskets, codes and lives of vouchers.

The Swift tests of the domain hold to these files, and a system test holds the files to the model. After a change of the
rules: change the model by hand, from the rules, and run this.
"""

import random
from datetime import date, timedelta
from pathlib import Path

from model import reward_documents
from model.basket import Line, Offer, Till
from model.codes import ALPHABETS, derived, digest, read
from model.issuing import Issuer, birthday
from model.voucher import Voucher

FOLDER = Path(__file__).resolve().parent.parent / "RewardsTests" / "Golden"
BASKETS, CODES, LIVES, VALIDITIES, ISSUES = 1500, 300, 2000, 400, 300
SKUS = "abcd"


def or_dash(value):
    return "-" if value is None else str(value)


# Baskets: shipping, lines, vouchers => what each does, what is left of each line and of the shipping.


def made_line(chance):
    amount = chance.choice([0, 1, 7, 100, 999, 1998, 33333, chance.randrange(1, 10**6), chance.randrange(1, 10**12)])
    return Line(chance.choice(SKUS), chance.choice([1, 1, 2, 3, 5, 12]), amount, amount // 11)


def made_effect(chance):
    kind = chance.choice(["amount", "amount", "percent", "percent", "free", "freight", "credit"])
    some = chance.choice([1, 10, 500, 2500, 10**5, 10**9])
    if kind == "amount":
        per = chance.choice(["basket", "basket", "line", "unit"])
        return kind, some, per, chance.choice(["amount", "quantity"]), chance.choice([None, None, 1, 2])
    if kind == "percent":
        return kind, chance.choice(["10", "33.33", "50", "7.125", "100"]), chance.choice([None, None, some])
    if kind == "free":
        adding = chance.choice(["none", "none", "missing", "always"])
        return kind, chance.choice([0, 1, 2, 3]), chance.choice([1, 1, 2]), chance.choice([None, 1, 2]), adding
    return kind, some if kind == "credit" else chance.choice([None, some])


def made_offer(chance):
    offer = Offer(made_effect(chance), combinable=chance.random() < 0.9)
    if chance.random() < 0.3:
        offer.only = frozenset(chance.sample(SKUS, 2))
    elif chance.random() < 0.2:
        offer.but = frozenset(chance.sample(SKUS, 1))
    if chance.random() < 0.2:
        offer.minimum = chance.choice([0, 100, 1998, 10**5]), chance.choice([0, 2, 4]), chance.random() < 0.5
    if chance.random() < 0.15 and offer.effect[0] not in ("freight", "credit"):
        offer.room = chance.choice([0, 1, 3])
    if chance.random() < 0.15 and offer.effect[0] not in ("freight", "credit"):
        offer.rooms = {chance.choice(SKUS): chance.choice([0, 1, 2])}
    return offer


def offer_text(offer):
    products = "*"
    if offer.only is not None:
        products = "+" + "".join(sorted(offer.only))
    elif offer.but:
        products = "-" + "".join(sorted(offer.but))
    minimum = "-"
    if offer.minimum:
        minimum = f"{offer.minimum[0]}.{offer.minimum[1]}.{'gross' if offer.minimum[2] else 'net'}"
    rooms = ",".join([or_dash(offer.room)] + [f"{sku}={units}" for sku, units in offer.rooms.items()])
    effect = ",".join(or_dash(part) for part in offer.effect)
    return ":".join([effect, products, minimum, "together" if offer.combinable else "alone", rooms])


def off_text(off):
    return off.refusal or f"{','.join(map(str, off.lines))}+{off.shipping}+{off.added}"


def baskets():
    chance = random.Random("baskets")
    for _ in range(BASKETS):
        lines = [made_line(chance) for _ in range(chance.randint(1, 4))]
        shipping = chance.choice([0, 0, 500, 30000])
        offers = [made_offer(chance) for _ in range(chance.randint(1, 4))]
        till = Till(lines, shipping)
        answers = till.ring(offers)
        shown = "/".join(f"{line.sku}.{line.quantity}.{line.amount}.{line.tax}" for line in lines)
        left = ",".join(map(str, till.left)) + f"+{till.shipping}"
        asked = ";".join(map(offer_text, offers))
        yield f"{shipping} {shown} {asked} => {';'.join(map(off_text, answers))} {left}"


# Codes: secret, pool, pattern, alphabet, issue, counter => code, digest; typed => the code, or a dash.


def typed(chance, code):
    text = list(code)
    way = chance.randrange(5)
    if way == 0:
        text = list(code.lower().replace("-", " "))
    elif way == 1:
        text[chance.randrange(len(text))] = chance.choice("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    elif way == 2:
        text = [{"0": "O", "1": "l", "2": "z", "5": "s", "V": "u"}.get(one, one) for one in text]
    elif way == 3:
        del text[chance.randrange(len(text))]
    return "".join(text).replace(" ", "_")


def codes():
    chance = random.Random("codes")
    patterns = ["####-####-####", "TET-####-####-####", "#####-#####", "VN25-######-######", "############"]
    for number in range(CODES):
        pattern, name = chance.choice(patterns), chance.choice(list(ALPHABETS))
        secret, pool, counter = f"secret-{number % 7}", f"pool-{number % 5}", chance.choice([0, 0, 1, 7])
        issue = f"birthday/m{chance.randrange(10**6)}/2026"
        code = derived(secret, pool, pattern, ALPHABETS[name], issue, counter)
        hand = typed(chance, code)
        meant = or_dash(read(hand, pattern, ALPHABETS[name]))
        yield f"{secret} {pool} {pattern} {name} {issue} {counter} => {code} {digest(secret, code)} {hand} {meant}"


# Lives: the voucher, then commands with their answers.


def life(chance):
    card = chance.random() < 0.3
    uses = chance.choice([100, 1000]) if card else chance.choice([1, 1, 1, 2, 4])
    holder = chance.choice([None, None, "m1"])
    stores = chance.choice([None, None, frozenset(["s1"])])
    first, end = chance.choice([0, 5]), chance.choice([40, 90])
    voucher = Voucher(card, uses, holder, stores, first, end)
    head = f"{'value' if card else 'times'},{uses},{or_dash(holder)},{'s1' if stores else '-'},{first},{end}"
    now, told = 0, [head]
    for _ in range(chance.randint(4, 12)):
        now += chance.choice([0, 0, 1, 3, 8, 16])
        told.append(step(chance, voucher, now))
    return " ".join(told)


def step(chance, voucher, now):
    bill = chance.choice(["b1", "b1", "b2", "b3"])
    # Now and then a till takes an id that another bill has.
    id = ("h" + bill[1:]) if chance.random() < 0.85 else chance.choice(["h1", "h2", "h9"])
    member = chance.choice(["m1", "m1", "m1", "m2", None])
    store = chance.choice(["s1", "s1", "s1", "s2"])
    amount = chance.choice([None, 30, 100, 250]) if voucher.card else None
    kind = chance.choices("KHCORBX", weights=[20, 80, 80, 30, 20, 40, 4])[0]
    if kind == "K":
        asked, answer = (bill, member, store, now), voucher.check(bill, member, store, now)
    elif kind == "H":
        ttl = chance.choice([None, 2, 15, 30])
        asked = (id, bill, member, store, amount, ttl, now)
        answer = voucher.hold(id, bill, member, store, amount, ttl, now)
    elif kind == "C":
        id = chance.choice([id] + [hold.id for hold in voucher.holds] * 3)
        asked, answer = (id, amount, now), voucher.commit(id, amount, now)
    elif kind == "O":
        id, occurred = chance.choice([id, "o" + bill[1:]]), now - chance.choice([0, 2, 20, -3])
        asked = (id, bill, member, store, amount, occurred, now)
        answer = voucher.offline(id, bill, member, store, amount, occurred, now)
    elif kind == "R":
        asked, answer = (id, bill, now), voucher.release(id, bill, now)
    elif kind == "B":
        id = chance.choice([id] + [use.id for use in voucher.history] * 3)
        asked, answer = (id, now), voucher.roll_back(id, now)
    else:
        asked, answer = (now,), voucher.cancel(now)
    return f"{kind},{','.join(map(or_dash, asked))}={answer}"


def lives():
    chance = random.Random("lives")
    for _ in range(LIVES):
        yield life(chance)


# Validity: zone, days until it begins, days that it lasts, last day, issue => from, until. Instants in milliseconds.


def validity():
    chance = random.Random("validity")
    for _ in range(VALIDITIES):
        zone = chance.choice(["Asia/Ho_Chi_Minh", "America/New_York", "America/Santiago", "Pacific/Apia"])
        pool = {"timeZone": zone, "activeAfterDays": chance.choice([0, 0, 1, 2, 30])}
        issued = chance.randrange(1_262_304_000_000, 1_893_456_000_000)
        if chance.random() < 0.6:
            pool["validForDays"] = chance.choice([0, 1, 7, 30, 365, 3650])
        else:
            day = date(2010, 1, 1) + timedelta(days=chance.randrange(9000))
            pool["validUntil"] = day.isoformat()
        begin, end = reward_documents.span(pool, issued)
        lasts, last = pool.get("validForDays"), pool.get("validUntil")
        yield f"{zone} {pool['activeAfterDays']} {or_dash(lasts)} {or_dash(last)} {issued} => {begin} {end}"


# Rules that issue: cause, period, what came about on which day => the ids of what is issued. And birthdays by year.


def issues():
    chance = random.Random(5)
    for _ in range(ISSUES):
        kind = chance.choice(["level", "points", "points", "birthday"])
        on = kind, {"level": "gold", "points": chance.choice([1, 100, 1000]), "birthday": "-"}[kind]
        per = "year" if kind == "birthday" else chance.choice(["day", "week", "month", "year", "lifetime"])
        issuer, day = Issuer("coffee", "gift", on, per), date(2025, 12, 1) + timedelta(days=chance.randrange(60))
        events, given = [], []
        for _ in range(12):
            day += timedelta(days=chance.choice([-1, 0, 1, 3, 20, 200]))
            event = chance.choice(
                [
                    ("level", chance.choice(["gold", "gold", "star"])),
                    ("points", chance.choice([0, 99, 999]), chance.choice([100, 999, 1000, 5000])),
                    ("points", 100, chance.choice([100, 1001])),
                    ("birthday",),
                ]
            )
            events.append(",".join([day.isoformat(), *map(str, event)]))
            given.append(issuer.take(event, day))
        yield f"{kind} {on[1]} {per} {' '.join(events)} => {' '.join(map(or_dash, given))}"
    for year in (1996, 1999, 2000, 2023, 2024, 2100):
        for month, day in ((1, 1), (2, 28), (2, 29), (12, 31)):
            yield f"born {month} {day} {year} => {birthday(month, day, year).isoformat()}"


def files():
    """By name, what each should hold."""
    made = {"baskets": baskets, "codes": codes, "vouchers": lives, "validity": validity, "issues": issues}
    return {f"{name}.txt": "\n".join(lines()) + "\n" for name, lines in made.items()}


def main():
    FOLDER.mkdir(exist_ok=True)
    for name, text in files().items():
        (FOLDER / name).write_text(text)
        print(f"{FOLDER / name}: {len(text.splitlines())} lines")


if __name__ == "__main__":
    main()
