/// A record that could not be processed, kept with its original bytes, its headers and the reason.
///
/// After the record's own headers: `dl_topic`, `dl_partition`, `dl_offset`, `dl_timestamp` (ms), `dl_service`,
/// `dl_error` (stable code), `dl_message` (a sentence without personal data). Without those it is the record as it was,
/// so that it can be handed in again.
enum DeadLetter {
  static func write(_ record: InputRecord, _ poison: PoisonRecord, topology: Topology, to outbox: Outbox) {
    outbox.begin(topic: topology.deadLetterTopic, key: record.key)
    let left = record.copyHeaders(to: outbox)
    if left > 0 { outbox.header("dl_headers_left_out", String(left)) }
    outbox.header("dl_topic", topology.inputTopics[record.topic])
    outbox.header("dl_partition", String(record.partition))
    outbox.header("dl_offset", String(record.offset))
    outbox.header("dl_timestamp", String(record.timestampMs))
    outbox.header("dl_service", topology.service)
    outbox.header("dl_error", poison.code)
    outbox.header("dl_message", poison.description)
    outbox.end(value: record.value)
  }
}
