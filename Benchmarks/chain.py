"""The whole chain: five workers, one process with one thread each, on the cores that the broker has too.

They start on a backlog together. Purchases over the time from the first accepted purchase to the last ledger entry,
by the producers' timestamps; the others are at work meanwhile, and must have nothing left to read in the end. The
members have no profile, so the notifier decides on every booking and sends nothing: mail servers are not measured.
"""

from load import publish_backlog, system, wait_worked_off
from rig import console
from rig.services import SERVICES
from rig.topic import read_topic


def run():
    with system() as platform:
        count, _ = publish_backlog(platform)
        console.heading(f"The chain: five workers, {count:,} purchases")
        workers = [platform.worker(service, threads=1).start() for service in SERVICES]
        for worker in workers:
            worker.wait_ready()
        wait_worked_off(platform.worker("points-engine"), "loyalty.transactions", count)
        platform.wait_drained()
        began = min(record.timestamp_ms for record in read_topic(platform.brokers, "loyalty.transactions"))
        ended = max(record.timestamp_ms for record in read_topic(platform.brokers, "loyalty.ledger"))
        speed = count * 1000 / (ended - began)
        console.pairs([("purchases accepted → last of them in the ledger", f"{speed:,.0f}/s")])
