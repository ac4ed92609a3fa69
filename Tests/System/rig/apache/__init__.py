"""Apache Kafka, as an installation of it on this machine runs: one node, three, or one behind TLS and an authorizer."""
