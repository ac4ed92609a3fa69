"""The broker that everything runs on: Apache Kafka where KAFKA_HOME names it, else the development broker."""

from .apache.broker import ApacheBroker
from .apache.installation import KAFKA
from .development_broker import DevelopmentBroker

Broker = DevelopmentBroker if KAFKA is None else ApacheBroker
