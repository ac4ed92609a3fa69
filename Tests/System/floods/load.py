"""What the parts share: a system, purchases to send, and figures to read off a worker."""

import os
import time
from contextlib import contextmanager

from rig.platform import Platform
from rig.waiting import wait_until
from rig.worker import ROOT

PROGRAMME_FILE = ROOT / "topics" / "examples" / "journey.json"
SERVICE = "transaction-ingest"
PURCHASES = "commerce.purchases"
# Everything smaller by this, to see in a minute that it works; the figures are of no use then.
SCALE = float(os.environ.get("STAMPEDE_SCALE", 1))
SEED = int(os.environ.get("STAMPEDE_SEED", 20_261_122))
PARTITIONS = 4
SECONDS = 1800
MIB = 1024 * 1024


def count_of(setting, default):
    """How many, as the environment says, at least 2,000."""
    return max(2_000, int(int(os.environ.get(setting, default)) * SCALE))


@contextmanager
def system():
    """A broker with topics and a programme, reached directly: nothing is killed here, and the door costs time."""
    platform = Platform(partitions=PARTITIONS, measured=True)
    platform.start(services=())
    try:
        platform.operator.run("programs", "publish", PROGRAMME_FILE)
        yield platform
    finally:
        platform.stop()


TEMPLATE = (
    b'{"type":"purchase.completed","id":"%(id)s","occurredAt":"%(at)s","source":"pos-hcm-07","member":{%(member)s},'
    b'"currency":"USD","store":"HCM-07","lines":[{"sku":"A1","category":"coffee","quantity":2,"amount":"9.50",'
    b'"discount":"0.50"},{"sku":"B2","category":"bread","quantity":1,"amount":"3.25"}],"total":"12.25"}'
)


def id_of(number):
    return b"POS7-%09d" % number


def purchase(number, member, at=b"2017-03-01T10:00:00-05:00"):
    """`member` is what stands between its braces."""
    return TEMPLATE % {b"id": id_of(number), b"at": at, b"member": member}


def by_id(number):
    return b'"id":"M-%06d"' % number


def send(platform, records):
    publisher = platform.publisher(linger_ms=50)
    for key, value in records:
        publisher.send(PURCHASES, key, value)
    publisher.flush(600)


def read_so_far(worker, topic=PURCHASES):
    """Records consumed by this run of a worker; 0 before it answers."""
    status, text = worker.get("/metrics")
    if status != 200:
        return 0
    lines = (line for line in text.splitlines() if line.startswith("stampede_records_in_total"))
    return sum(int(line.rpartition(" ")[2]) for line in lines if f'topic="{topic}"' in line)


def rejected(worker, code):
    metrics = worker.metrics().items()
    return round(
        sum(v for k, v in metrics if k.startswith("stampede_records_rejected_total") and f'code="{code}"' in k)
    )


def rows(worker, store):
    metrics = worker.metrics().items()
    return round(sum(v for k, v in metrics if k.startswith("stampede_store_rows{") and f'store="{store}"' in k))


def wait_read(worker, count, topic=PURCHASES):
    wait_until(
        lambda: read_so_far(worker, topic) >= count,
        SECONDS,
        lambda: f"{worker.name} to read {count:,} records of {topic}; it read {read_so_far(worker, topic):,}",
    )


def rate_of_a_backlog(worker, count):
    """Records a second of a worker that is started on a backlog of `count`: from the first tenth to the last record, so
    that start-up and group joins do not count."""
    worker.start()
    begun = None
    while True:
        read, now = (read_so_far(worker) if worker.has_port else 0), time.monotonic()
        if read >= count:
            break
        # Of a backlog that is over in no time there may be no look between the two: then the last one before.
        if begun is None or begun[0] < count // 10:
            begun = (read, now)
        assert worker.running, f"{worker.name} ended with {worker.process.exit_code}:\n{worker.process.tail()}"
        time.sleep(0.01)
    return (count - begun[0]) / (now - begun[1])


def bytes_on_disk(folder):
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
