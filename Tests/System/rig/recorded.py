"""What a release has left behind: the records of every topic, where each group stands, and the state files. Recorded
from a platform that was stopped in good order, laid down again under a new one.

Offsets are told by counts of records, since a transaction's markers take offsets too and a new log has none: record
number n of a partition lies at offset n there. The state files' own positions are changed in the same way.
"""

import base64
import gzip
import io
import json
import sqlite3
import tarfile
import time

from confluent_kafka import Consumer, TopicPartition

from .services import SERVICES
from .topic import partitions_of

RECORDS, OFFSETS, STATE = "records.ndjson.gz", "offsets.json", "state.tar.gz"


def record(platform, folder):
    """The workers are stopped. `folder` is written anew."""
    folder.mkdir(parents=True, exist_ok=True)
    topics = sorted(topic for topic in platform.publisher().topics() if not topic.startswith("__"))
    places, lines = {}, []
    for topic in topics:
        for record in platform.read(topic):
            places.setdefault((topic, record.partition), []).append(record.offset)
            lines.append(json.dumps(_line(record), separators=(",", ":")))

    def count(topic, partition, offset):
        return sum(place < offset for place in places.get((topic, partition), ()))

    (folder / RECORDS).write_bytes(gzip.compress("".join(f"{line}\n" for line in lines).encode(), mtime=0))
    offsets = {service: _committed(platform, service, topics, count) for service in SERVICES}
    (folder / OFFSETS).write_text(json.dumps(offsets, indent=1, sort_keys=True) + "\n", "utf-8")
    _pack(platform, folder / STATE, count)


def services(folder):
    """Those that the release had."""
    return json.loads((folder / OFFSETS).read_text("utf-8")).keys()


def _line(record):
    line = {"topic": record.topic, "partition": record.partition, "timestampMs": record.timestamp_ms}
    line |= {"key": _text(record.key), "value": _text(record.value)}
    return line | {"headers": [[name, _text(value)] for name, value in record.headers.items()]}


def _text(data):
    return None if data is None else base64.b64encode(data).decode()


def _bytes(text):
    return None if text is None else base64.b64decode(text)


def _consumer(platform, group):
    return Consumer(
        {"bootstrap.servers": platform.brokers, "group.id": group, "enable.auto.commit": False, "log_level": 0}
    )


def _committed(platform, service, topics, count):
    consumer = _consumer(platform, service)
    try:
        places = [
            TopicPartition(topic, partition) for topic in topics for partition in partitions_of(platform.brokers, topic)
        ]
        committed = consumer.committed(places, timeout=20)
        return {
            f"{each.topic}/{each.partition}": count(each.topic, each.partition, each.offset)
            for each in committed
            if each.offset >= 0
        }
    finally:
        consumer.close()


def _files(platform):
    return sorted((platform.directory / "state").glob("*/*/*.sqlite"))


def _pack(platform, target, count):
    """The files as they are, but for the positions in them."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as tar:
        for file in _files(platform):
            service, partition = file.parent.name, int(file.stem)
            with _database(file) as database:
                assert not database.execute("SELECT * FROM opened").fetchall(), f"{file} was not closed in good order"
                for store, position in database.execute("SELECT store, position FROM positions").fetchall():
                    place = count(f"{service}.{store}.changelog", partition, position)
                    database.execute("UPDATE positions SET position = ? WHERE store = ?", (place, store))
                database.commit()
                database.execute("PRAGMA journal_mode = delete")
            entry = tarfile.TarInfo(str(file.relative_to(platform.directory / "state")))
            entry.size = file.stat().st_size
            with file.open("rb") as content:
                tar.addfile(entry, content)
    target.write_bytes(gzip.compress(data.getvalue(), mtime=0))


class _database:
    """A state file that no worker holds."""

    def __init__(self, file):
        self.file = file

    def __enter__(self):
        self.connection = sqlite3.connect(self.file)
        return self.connection

    def __exit__(self, *_):
        self.connection.close()


def lay(platform, folder, with_state=True):
    """The broker runs and has the topics, all of them empty; no worker runs yet."""
    publisher = platform.publisher()
    for line in gzip.decompress((folder / RECORDS).read_bytes()).splitlines():
        each = json.loads(line)
        headers = [(name, _bytes(value)) for name, value in each["headers"]]
        publisher.send(each["topic"], _bytes(each["key"]), _bytes(each["value"]), headers, each["partition"])
    publisher.flush()
    for service, places in json.loads((folder / OFFSETS).read_text("utf-8")).items():
        _commit(platform, service, places)
    if with_state:
        _unpack(platform, folder / STATE)


def _commit(platform, service, places):
    consumer = _consumer(platform, service)
    try:
        offsets = [
            TopicPartition(place.rpartition("/")[0], int(place.rpartition("/")[2]), offset)
            for place, offset in places.items()
        ]
        if offsets:
            consumer.commit(offsets=offsets, asynchronous=False)
    finally:
        consumer.close()


def _unpack(platform, source):
    """A state file that was used too long ago is restored whole, so these were used just now."""
    with tarfile.open(source) as tar:
        tar.extractall(platform.directory / "state")
    for file in _files(platform):
        with _database(file) as database:
            database.execute("UPDATE usage SET lastUsedMs = ?", (int(time.time() * 1000),))
            database.commit()
