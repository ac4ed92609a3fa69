"""How long a till waits for its answer at a steady rate, and redemptions a second beside the points engine's bookings.

The till's wait on Apache Kafka only, as in `latency`: the development broker takes a core from what is measured.
"""

import json
import random
import re
import time

from latency import INTERVALS_MS, PATIENCE_SECONDS, PERCENTILES, SECONDS, WARM_UP_SECONDS, quantile, waits
from ledger_reader import LedgerReader
from load import processor_seconds, publish_backlog, system, wait_worked_off
from rig import console
from rig.apache.installation import KAFKA
from rig.shop import PRICE, PROGRAMME, SERVICES, Shop, derived, pool, reward
from rig.topic import read_topic
from rig.waiting import wait_until

RATE = 500
REDEMPTIONS = 20_000
MEMBERS = 2_000
ANSWER = re.compile(rb'"id":"([^"]+)"')
ISSUE_SECONDS = 300


def run():
    if KAFKA is None:
        console.say("The till's wait: skipped, since KAFKA_HOME names no Apache Kafka.")
    else:
        console.heading(f"Tills: command sent → answer read, {RATE}/s, {SECONDS} s after {WARM_UP_SECONDS} s")
        rows = [till(interval) for interval in INTERVALS_MS]
        console.table(("commit interval", *(name for name, _ in PERCENTILES), "reward-engine, of a core"), rows)
    console.heading(f"Redemptions: a backlog of {REDEMPTIONS:,} by {MEMBERS:,} members, from points to a code")
    console.table(("", "a second", "of the bookings", "processor each"), list(speeds()))


# -- At the till


def till(interval):
    """A hold and a commit of each code, one after another."""
    with system(json.dumps(PROGRAMME), commit_interval_ms=interval) as platform:
        shop = opened(platform, ("reward-engine",))
        bills = RATE * (WARM_UP_SECONDS + SECONDS) // 2
        codes = [issue(shop, number) for number in range(bills)]
        shop.publisher.flush()
        wait_until(
            lambda: len(shop.documents("loyalty.redemptions")) >= bills, ISSUE_SECONDS, "the vouchers", every=0.5
        )
        worker = platform.worker("reward-engine")
        reader = LedgerReader(platform.brokers, "loyalty.voucher-answers", ANSWER)
        used, started = processor_seconds(worker), time.monotonic()
        sent = send(platform, shop, codes)
        used = (processor_seconds(worker) - used) / (time.monotonic() - started)
        wait_until(lambda: len(reader.seen) >= len(sent), PATIENCE_SECONDS, "the last answers", every=0.5)
        reader.close()
        waited = waits(reader, sent, started)
        shares = (f"{quantile(waited, share) * 1000:.0f} ms" for _, share in PERCENTILES)
        return f"{interval} ms", *shares, f"{used:.2f}"


def opened(platform, services):
    shop = Shop(platform)
    shop.publish("loyalty.voucher-pools", pool("latte", codesMax=1_000_000, pattern="LT-#####-#####-####"))
    shop.publish("loyalty.rewards", reward("latte", "latte", stock=10 * REDEMPTIONS))
    shop.publisher.flush()
    for service in services:
        platform.worker(service, threads=1).start().wait_ready()
    return shop


def issue(shop, number):
    member, id = f"M-{number}", f"issue-{number}"
    document = {"type": "voucher.issue", "id": id, "memberId": member, "pool": "latte"}
    shop.send("loyalty.reward-requests", member, document)
    return derived("latte", member, id)


def send(platform, shop, codes):
    """Command id → when it was sent, monotonic seconds."""
    publisher, sent = platform.publisher(linger_ms=0), {}
    # So that no partition is asked twice in a row.
    random.Random(1).shuffle(codes)
    started = time.monotonic()
    for number, code in enumerate(codes):
        for step, ask in enumerate((shop.hold, shop.commit)):
            ahead = started + (2 * number + step) / RATE - time.monotonic()
            if ahead > 0:
                time.sleep(ahead)
            id = f"{ask.__name__}-{number}"
            sent[id] = time.monotonic()
            ask(id, code, f"B-{number}", publisher)
    publisher.flush()
    return sent


# -- Redeeming


def speeds():
    booked, booking = bookings()
    with system(json.dumps(PROGRAMME)) as platform:
        shop = opened(platform, ())
        for number in range(MEMBERS):
            shop.give(f"M-{number}", PRICE * 2 * REDEMPTIONS // MEMBERS)
        workers = [platform.worker(service, threads=1).start() for service in SERVICES]
        for worker in workers:
            worker.wait_ready()
        shop.publisher.flush()
        platform.wait_drained(services=SERVICES)
        used = sum(map(processor_seconds, workers))
        for number in range(REDEMPTIONS):
            shop.redeem(f"r-{number}", f"M-{number % MEMBERS}", "latte")
        shop.publisher.flush()
        wait_until(
            lambda: len(shop.documents("loyalty.redemptions")) >= REDEMPTIONS, ISSUE_SECONDS, "the answers", every=1
        )
        used = sum(map(processor_seconds, workers)) - used
        answers = read_topic(platform.brokers, "loyalty.redemptions")
        kinds = {record.document["type"] for record in answers}
        assert kinds == {"redemption.issued"}, kinds
        redeemed = rate([record.timestamp_ms for record in answers], REDEMPTIONS)
    yield "points-engine, purchases", f"{booked:,.0f}", "1.00", f"{booking * 1e6:.0f} µs"
    each = used / REDEMPTIONS
    name, of_booked = "points-engine and reward-engine, redemptions", f"{redeemed / booked:.2f}"
    yield name, f"{redeemed:,.0f}", of_booked, f"{each * 1e6:.0f} µs"


def bookings():
    """Purchases that the points engine books a second, and the processor seconds of each."""
    with system() as platform:
        count, _ = publish_backlog(platform, 2)
        ingest = platform.worker("transaction-ingest", threads=1).start().wait_ready()
        wait_worked_off(ingest, "commerce.purchases", count)
        platform.wait_drained(services=("transaction-ingest",))
        ingest.stop()
        engine = platform.worker("points-engine", threads=1).start().wait_ready()
        wait_worked_off(engine, "loyalty.transactions", count)
        platform.wait_drained(services=("points-engine",))
        used = processor_seconds(engine)
        engine.stop()
        times = [record.timestamp_ms for record in read_topic(platform.brokers, "loyalty.ledger")]
        return rate(times, count), used / count


def rate(times, count):
    """A second, the first tenth left out."""
    times = sorted(times)
    return count * 0.9 * 1000 / (times[-1] - times[len(times) // 10])
