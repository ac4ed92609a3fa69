"""The rig's own promises, and files that no test above exercises."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition
from rig import swift_test
from rig.apache.installation import Installation, Unusable
from rig.broker import Broker
from rig.topic import Publisher, create_topic, latest_by_key, read_topic
from rig.waiting import wait_until
from rig.worker import ROOT


def test_a_killed_parent_takes_its_processes_along():
    script = (
        "from rig.broker import Broker\nimport signal\nprint(Broker().start().process.pid, flush=True)\nsignal.pause()"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parent
    )
    child = int(parent.stdout.readline())
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    wait_until(lambda: not Path(f"/proc/{child}/exe").exists(), 10, "the broker to end with its parent")


def test_what_is_published_is_read_back_to_the_end():
    with Broker() as broker:
        create_topic(broker.address, "t")
        publisher = Publisher(broker.address)
        for number in range(1000):
            publisher.send("t", f"k{number % 10}", str(number))
        publisher.send("t", "k0", None)
        publisher.flush()
        records = read_topic(broker.address, "t")
        assert len(records) == 1001
        latest = latest_by_key(records)
        assert latest[b"k1"].value == b"991" and latest[b"k0"].is_tombstone


def test_a_reader_behind_an_aborted_transaction_misses_nothing():
    with Broker() as broker:
        settings = {"bootstrap.servers": broker.address, "transactional.id": "writer", "log_level": 0}
        create_topic(broker.address, "t")
        killed = Producer(settings)
        killed.init_transactions()
        killed.begin_transaction()
        for number in range(10):
            killed.produce("t", f"aborted {number}")
        killed.flush()
        writer = Producer(settings)
        writer.init_transactions()
        for number in range(10):
            writer.begin_transaction()
            writer.produce("t", f"committed {number}")
            writer.commit_transaction()
        records = read_topic(broker.address, "t")
        assert [record.value for record in records] == [b"committed %d" % number for number in range(10)]
        assert [record.value for record in read_topic(broker.address, "t", start=records[4].offset)] == [
            record.value for record in records[4:]
        ]


def test_a_reader_in_the_midst_of_an_aborted_transaction_is_shown_nothing_of_it():
    with Broker() as broker:
        create_topic(broker.address, "t")

        def producer(name):
            settings = {"bootstrap.servers": broker.address, "transactional.id": name, "log_level": 0}
            producer = Producer(settings)
            producer.init_transactions()
            producer.begin_transaction()
            return producer

        def write(producer, value):
            producer.produce("t", value)
            producer.flush()

        frozen, lively = producer("frozen"), producer("lively")
        write(frozen, "aborted first")
        write(lively, "committed first")
        write(lively, "committed second")
        lively.commit_transaction()
        write(frozen, "aborted second")
        frozen.abort_transaction()
        lively.begin_transaction()
        write(lively, "committed third")
        lively.commit_transaction()
        records = read_topic(broker.address, "t")
        assert [record.value for record in records] == [b"committed first", b"committed second", b"committed third"]
        # As a worker does that starts again from an offset it has committed.
        assert [record.value for record in read_topic(broker.address, "t", start=records[1].offset)] == [
            b"committed second",
            b"committed third",
        ]


def test_a_producer_that_its_broker_has_forgotten_leaves_nothing_open():
    with Broker() as broker:
        create_topic(broker.address, "t")

        def producer():
            producer = Producer({"bootstrap.servers": broker.address, "transactional.id": "p", "log_level": 0})
            producer.init_transactions()
            return producer

        def write(producer, value):
            producer.begin_transaction()
            producer.produce("t", value)
            producer.commit_transaction()

        older = producer()
        write(older, "first")
        broker.forget_producers()
        with pytest.raises(KafkaException) as forgotten:
            write(older, "lost")
        assert forgotten.value.args[0].code() == KafkaError.INVALID_PRODUCER_ID_MAPPING
        write(producer(), "second")
        assert [record.value for record in read_topic(broker.address, "t")] == [b"first", b"second"]


def test_a_member_that_its_group_has_passed_over_commits_nothing():
    with Broker() as broker:
        create_topic(broker.address, "t", 2)

        def member():
            consumer = Consumer(
                {
                    "bootstrap.servers": broker.address,
                    "group.id": "g",
                    "isolation.level": "read_committed",
                    "enable.auto.commit": False,
                    "log_level": 0,
                }
            )
            consumer.subscribe(["t"])
            return consumer

        def wait_assigned(each, *members):
            def assigned():
                for consumer in members:
                    consumer.poll(0.05)
                return all(len(consumer.assignment()) == each for consumer in members)

            wait_until(assigned, 30, f"{each} partitions for each of {len(members)} members")

        first = member()
        wait_assigned(2, first)
        producer = Producer({"bootstrap.servers": broker.address, "transactional.id": "p", "log_level": 0})
        producer.init_transactions()
        place = TopicPartition("t", 0, 7)

        def commit(member):
            producer.begin_transaction()
            producer.send_offsets_to_transaction([place], member.consumer_group_metadata())
            producer.commit_transaction()

        commit(first)
        before = first.consumer_group_metadata()
        second = member()
        wait_assigned(1, first, second)
        producer.begin_transaction()
        with pytest.raises(KafkaException) as refused:
            producer.send_offsets_to_transaction([place], before)
        assert refused.value.args[0].code() == KafkaError.ILLEGAL_GENERATION
        producer.abort_transaction()
        commit(second)
        first.close()
        second.close()


def test_offsets_of_an_open_transaction_are_not_told():
    with Broker() as broker:
        create_topic(broker.address, "t", 2)
        settings = {"bootstrap.servers": broker.address, "group.id": "g", "log_level": 0}
        consumer = Consumer({**settings, "isolation.level": "read_committed"})
        producer = Producer({"bootstrap.servers": broker.address, "transactional.id": "p", "log_level": 0})
        producer.init_transactions()
        producer.begin_transaction()
        producer.send_offsets_to_transaction([TopicPartition("t", 0, 7)], consumer.consumer_group_metadata())
        with pytest.raises(KafkaException) as unstable:
            consumer.committed([TopicPartition("t", 0)], timeout=1)
        assert unstable.value.args[0].code() in (KafkaError.UNSTABLE_OFFSET_COMMIT, KafkaError._TIMED_OUT)
        (other,) = consumer.committed([TopicPartition("t", 1)], timeout=5)
        assert other.offset < 0
        producer.commit_transaction()
        (told,) = consumer.committed([TopicPartition("t", 0)], timeout=5)
        assert told.offset == 7
        consumer.close()


@pytest.mark.parametrize("version", ["3.8.1", "4.0.0", None])
def test_an_installation_that_does_not_serve_is_refused_in_words(tmp_path, version):
    (tmp_path / "libs").mkdir()
    if version:
        (tmp_path / "libs" / f"kafka-clients-{version}.jar").touch()
    with pytest.raises(Unusable, match=version or "it is no Apache Kafka"):
        Installation(tmp_path).command("kafka.Kafka")


@pytest.mark.parametrize("told", ['openjdk version "11.0.2"', None])
def test_a_java_that_does_not_serve_is_refused_in_words(tmp_path, monkeypatch, told):
    (tmp_path / "libs").mkdir()
    (tmp_path / "libs" / "kafka-clients-4.1.2.jar").touch()
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    if told:
        java = tmp_path / "bin" / "java"
        java.parent.mkdir()
        java.write_text(f"#!/bin/sh\necho '{told}' >&2\n")
        java.chmod(0o755)
    with pytest.raises(Unusable, match=rf"needs Java 17 or later.*{'11.0.2' if told else 'there is no'}"):
        Installation(tmp_path).command("kafka.Kafka")


@pytest.mark.skipif(shutil.which("docker-compose") is None, reason="docker-compose is not installed (make lint does)")
def test_the_compose_file_is_valid_and_asks_for_its_secrets():
    def check(environment):
        return subprocess.run(
            ["docker-compose", "-f", ROOT / "compose" / "compose.yaml", "config", "-q"],
            env=environment,
            capture_output=True,
            text=True,
        )

    bare = {name: value for name, value in os.environ.items() if not name.startswith("STAMPEDE_")}
    secrets = dict.fromkeys(("STAMPEDE_LOOKUP_SECRET", "STAMPEDE_LINK_SECRET", "STAMPEDE_VOUCHER_SECRET"), "any")
    checked = check({**bare, **secrets})
    assert checked.returncode == 0, checked.stderr
    for missing in secrets:
        refused = check({**bare, **{name: value for name, value in secrets.items() if name != missing}})
        assert refused.returncode != 0 and "choose a secret" in refused.stderr


def test_swift_tests_that_stand_still_are_ended_and_named(tmp_path, capfd):
    script = tmp_path / "swift.py"
    script.write_text(
        "import json, os, subprocess, sys, time\n"
        "child = subprocess.Popen(['sleep', '600'], process_group=0)\n"
        f"open({str(tmp_path / 'child')!r}, 'w').write(str(child.pid))\n"
        "def tell(kind, test):\n"
        "    record = {'kind': 'event', 'payload': {'kind': kind, 'testID': test}}\n"
        "    events.write(json.dumps(record) + '\\n')\n"
        "    events.flush()\n"
        "with open(sys.argv[sys.argv.index('--event-stream-output-path') + 1], 'w') as events:\n"
        "    for test in ('T.Suite', 'T.Suite/done()', 'T.Suite/spins()'):\n"
        "        tell('testStarted', test)\n"
        "    tell('testEnded', 'T.Suite/done()')\n"
        '    events.write(\'{"kind": "ev\')\n'
        "    events.flush()\n"
        "    time.sleep(600)\n"
    )
    assert swift_test.run([sys.executable, str(script)], os.environ, still_seconds=3) == 1
    assert capfd.readouterr().out.splitlines()[1:] == ["  T.Suite/spins()"]
    child = (tmp_path / "child").read_text()
    wait_until(lambda: not Path(f"/proc/{child}/exe").exists(), 10, "what the tests had started to end")


def test_swift_tests_that_end_give_their_exit_code(tmp_path):
    assert swift_test.run([sys.executable, "-c", "raise SystemExit(3)"], os.environ) == 3
