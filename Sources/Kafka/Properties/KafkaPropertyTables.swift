/// librdkafka's CONFIGURATION.md, property by property, as far as operators meet it: what is theirs, and what the
/// platform's guarantees rest on.
enum KafkaPropertyTables {
  static let security = [
    "security.protocol", "ssl.cipher.suites", "ssl.curves.list", "ssl.sigalgs.list", "ssl.key.location",
    "ssl.key.password", "ssl.key.pem", "ssl.certificate.location", "ssl.certificate.pem", "ssl.ca.location",
    "ssl.ca.pem", "ssl.crl.location", "ssl.keystore.location", "ssl.keystore.password", "ssl.providers",
    "enable.ssl.certificate.verification", "ssl.endpoint.identification.algorithm", "https.ca.location",
    "https.ca.pem", "sasl.mechanisms", "sasl.mechanism", "sasl.kerberos.service.name", "sasl.kerberos.principal",
    "sasl.kerberos.kinit.cmd", "sasl.kerberos.keytab", "sasl.kerberos.min.time.before.relogin", "sasl.username",
    "sasl.password", "sasl.oauthbearer.config", "enable.sasl.oauthbearer.unsecure.jwt", "sasl.oauthbearer.method",
    "sasl.oauthbearer.client.id", "sasl.oauthbearer.client.secret", "sasl.oauthbearer.scope",
    "sasl.oauthbearer.extensions", "sasl.oauthbearer.token.endpoint.url", "sasl.oauthbearer.grant.type",
    "sasl.oauthbearer.client.credentials.client.id", "sasl.oauthbearer.client.credentials.client.secret",
    "sasl.oauthbearer.metadata.authentication.type", "sasl.oauthbearer.assertion.algorithm",
    "sasl.oauthbearer.assertion.private.key.file", "sasl.oauthbearer.assertion.private.key.passphrase",
    "sasl.oauthbearer.assertion.private.key.pem", "sasl.oauthbearer.assertion.file",
    "sasl.oauthbearer.assertion.claim.aud", "sasl.oauthbearer.assertion.claim.exp.seconds",
    "sasl.oauthbearer.assertion.claim.iss", "sasl.oauthbearer.assertion.claim.jti.include",
    "sasl.oauthbearer.assertion.claim.nbf.seconds", "sasl.oauthbearer.assertion.claim.sub",
    "sasl.oauthbearer.assertion.jwt.template.file",
  ]

  static let connection = [
    "socket.timeout.ms", "socket.send.buffer.bytes", "socket.receive.buffer.bytes", "socket.keepalive.enable",
    "socket.nagle.disable", "socket.max.fails", "socket.connection.setup.timeout.ms", "connections.max.idle.ms",
    "reconnect.backoff.ms", "reconnect.backoff.max.ms", "retry.backoff.ms", "retry.backoff.max.ms",
    "broker.address.ttl", "broker.address.family", "client.dns.lookup", "client.rack", "metadata.max.age.ms",
    "metadata.recovery.strategy", "metadata.recovery.rebootstrap.trigger.ms", "topic.metadata.refresh.interval.ms",
    "topic.metadata.refresh.fast.interval.ms", "topic.metadata.refresh.sparse", "topic.metadata.propagation.max.ms",
    "api.version.request.timeout.ms", "receive.message.max.bytes", "message.max.bytes", "message.copy.max.bytes",
    "enable.metrics.push", "debug", "log_level", "log.connection.close", "log.thread.name", "plugin.library.paths",
  ]

  static let fetching = [
    "fetch.wait.max.ms", "fetch.message.max.bytes", "max.partition.fetch.bytes", "fetch.max.bytes", "fetch.min.bytes",
    "fetch.error.backoff.ms", "fetch.queue.backoff.ms", "queued.min.messages", "queued.max.messages.kbytes",
    "check.crcs", "coordinator.query.interval.ms",
  ]

  static let producing = [
    "linger.ms", "queue.buffering.max.ms", "queue.buffering.max.messages", "queue.buffering.max.kbytes",
    "queue.buffering.backpressure.threshold", "batch.num.messages", "batch.size", "compression.codec",
    "compression.type", "compression.level", "request.timeout.ms", "sticky.partitioning.linger.ms",
  ]

  private static let brokers = "set by --brokers"
  private static let identity =
    "made of the service's name and --instance: who is a member, and who is fenced, hangs on it"
  private static let assignment = "fixed: every member must be given the same partitions of all topics"
  private static let offsets =
    "fixed: offsets are committed inside the transaction that they belong to, and nowhere else"
  private static let order = "fixed: a producer that may lose, double or reorder records is not exactly once"
  private static let session = "set by --session-timeout-ms"
  private static let versions = "fixed: transactions need brokers that tell what they can do"

  static let refused = [
    "bootstrap.servers": brokers,
    "metadata.broker.list": brokers,
    "client.id": identity,
    "group.id": identity,
    "group.instance.id": identity,
    "transactional.id": identity,
    "group.protocol": assignment,
    "group.protocol.type": assignment,
    "group.remote.assignor": assignment,
    "partition.assignment.strategy": assignment,
    "enable.auto.commit": offsets,
    "auto.commit.enable": offsets,
    "auto.commit.interval.ms": offsets,
    "enable.auto.offset.store": offsets,
    "offset.store.method": offsets,
    "offset.store.path": offsets,
    "offset.store.sync.interval.ms": offsets,
    "auto.offset.reset": "fixed: what is no longer there must be noticed, not passed over",
    "isolation.level": "fixed: what a transaction takes back must never be read",
    "enable.partition.eof": "fixed: restoring a store goes by it",
    "topic.blacklist": "fixed: which topics a service reads is part of it",
    "allow.auto.create.topics": "fixed: `loyalty topics apply` makes topics, with their settings",
    "enable.idempotence": order,
    "enable.gapless.guarantee": order,
    "acks": order,
    "request.required.acks": order,
    "max.in.flight": order,
    "max.in.flight.requests.per.connection": order,
    "message.send.max.retries": order,
    "retries": order,
    "queuing.strategy": order,
    "partitioner": "fixed: every producer must find the same partition for a key",
    "transaction.timeout.ms": "fixed: longer than a failover of the cluster, shorter than readers should wait",
    "message.timeout.ms": "fixed beside the transaction's timeout",
    "delivery.timeout.ms": "fixed beside the transaction's timeout",
    "delivery.report.only.error": "fixed: where a store's changelog ends is known from these reports",
    "produce.offset.report": "fixed: where a store's changelog ends is known from these reports",
    "session.timeout.ms": session,
    "heartbeat.interval.ms": session,
    "max.poll.interval.ms": session,
    "api.version.request": versions,
    "api.version.fallback.ms": versions,
    "broker.version.fallback": versions,
    "statistics.interval.ms": "of no use: /metrics has the worker's own figures",
    "sasl.jaas.config": "Java's: here it is sasl.username and sasl.password",
    "ssl.truststore.location": "Java's: here it is ssl.ca.location, a PEM file",
    "ssl.truststore.certificates": "Java's: here it is ssl.ca.pem",
    "ssl.keystore.type": "Java's: here PEM files are ssl.certificate.location and ssl.key.location",
    "ssl.keystore.certificate.chain": "Java's: here it is ssl.certificate.location, a PEM file",
    "ssl.keystore.key": "Java's: here it is ssl.key.location, a PEM file",
    "sasl.login.callback.handler.class":
      "Java's: here it is --kafka-oauth-token-file or sasl.oauthbearer.method=oidc",
  ]
}
