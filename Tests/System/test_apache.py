"""What the rig promises of Apache Kafka: listeners that let their own in and nobody else, and three nodes to strike."""

import base64
import json
import time

import pytest
from confluent_kafka import KafkaError, KafkaException, Producer
from confluent_kafka.admin import AdminClient
from rig.apache.cluster import ApacheCluster
from rig.apache.secured import ADMIN, SecuredBroker
from rig.topic import Publisher, create_topic, read_topic
from rig.waiting import wait_until

pytestmark = pytest.mark.apache

USER = "points-engine"


@pytest.fixture(scope="module")
def secured():
    with SecuredBroker() as broker:
        create_topic(broker.address, "t")
        broker.allow(USER, "topic", "t", "describe")
        yield broker


@pytest.fixture(scope="module")
def cluster():
    with ApacheCluster() as running:
        create_topic(running.address, "t", 3, 3)
        yield running


# -- One behind TLS and an authorizer


def topics_seen(address, properties, seconds=10):
    """None: not let in."""
    admin = AdminClient({"bootstrap.servers": address, "log_level": 0, **properties})
    try:
        return set(admin.list_topics(timeout=seconds).topics)
    except KafkaException as failure:
        assert failure.args[0].code() == KafkaError._TRANSPORT, failure
        return None


def test_listeners_let_their_own_in_and_nobody_else(secured):
    scram, mtls, tls = secured.scram_properties(USER), secured.mtls_properties(USER), secured.tls_properties()
    assert topics_seen(secured.tls, tls) == {"t"}
    assert topics_seen(secured.mtls, mtls) == {"t"}
    assert topics_seen(secured.scram, scram) == {"t"}
    assert topics_seen(secured.mtls, tls, 3) is None
    assert topics_seen(secured.scram, scram | {"sasl.password": "wrong"}, 3) is None
    assert topics_seen(secured.tls, {}, 3) is None


@pytest.mark.parametrize("way", ["mtls", "scram"])
def test_what_no_rule_allows_is_denied(secured, way):
    address, properties = getattr(secured, way), getattr(secured, f"{way}_properties")

    def write(user):
        refused = []
        producer = Producer({"bootstrap.servers": address, "log_level": 0, **properties(user)})
        producer.produce("t", b"v", on_delivery=lambda error, _: refused.append(error and error.code()))
        assert producer.flush(20) == 0
        return refused[0]

    assert topics_seen(address, properties("notifier")) == set()
    assert write(USER) == KafkaError.TOPIC_AUTHORIZATION_FAILED
    assert write(ADMIN) is None


def test_a_token_names_its_user(secured):
    def token(_):
        now = int(time.time())
        parts = ({"alg": "none"}, {"sub": USER, "iat": now, "exp": now + 600})
        encoded = (base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts)
        return ".".join([*encoded, ""]), now + 600

    properties = {
        **secured.tls_properties(),
        "security.protocol": "SASL_SSL",
        "sasl.mechanisms": "OAUTHBEARER",
        "oauth_cb": token,
    }
    admin = AdminClient({"bootstrap.servers": secured.oauth, "log_level": 0, **properties})
    admin.poll(0)
    assert set(admin.list_topics(timeout=20).topics) == {"t"}


# -- Three nodes


def written(cluster, value):
    publisher = Publisher(cluster.address)
    for partition in range(3):
        publisher.send("t", None, value, partition=partition)
    publisher.flush()


def test_a_killed_node_costs_nothing_and_catches_up(cluster):
    cluster.kill(3)
    written(cluster, "without it")
    cluster.begin(3)
    cluster.wait_in_sync()
    assert len(read_topic(cluster.address, "t")) == 3


def test_the_controller_can_be_killed_and_another_leads(cluster):
    first = cluster.controller()
    cluster.kill(first)
    wait_until(lambda: cluster.controller() != first, 60, "another controller")
    cluster.begin(first)
    cluster.wait_in_sync()
