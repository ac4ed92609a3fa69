/// A record that could not be processed, kept with its original bytes, its headers and the reason.
///
/// After the record's own headers: `dl_topic`, `dl_partition`, `dl_offset`, `dl_timestamp` (ms), `dl_service`,
/// `dl_error` (stable code), `dl_message` (a sentence without personal data). Without those it is the record as it was,
/// so that it can be handed in again.
///
/// What does not fit is left out, and said: of a value or key `dl_value_left_out`, `dl_key_left_out`, in bytes; of
/// headers `dl_headers_left_out`, how many. The record itself stays on its topic for as long as that keeps it.
enum DeadLetter {
  static func write(_ record: InputRecord, _ poison: PoisonRecord, topology: Topology, to outbox: Outbox) {
    var room =
      outbox.limit(of: topology.deadLetterTopic).bytesMax - OutputLimit.recordOverhead - Limits.deadLetterHeaderBytes
      - Limits.deadLetterMessageBytes
    func fitting(_ bytes: UnsafeRawBufferPointer?) -> (kept: UnsafeRawBufferPointer?, leftOut: Int?) {
      guard let bytes else { return (nil, nil) }
      guard bytes.count <= room else { return (nil, bytes.count) }
      room -= bytes.count
      return (bytes, nil)
    }
    let value = fitting(record.value)
    let key = fitting(record.key)
    outbox.begin(topic: topology.deadLetterTopic, key: key.kept)
    let left = record.copyHeaders(to: outbox, bytesMax: room)
    if left > 0 { outbox.header("dl_headers_left_out", String(left)) }
    if let bytes = value.leftOut { outbox.header("dl_value_left_out", String(bytes)) }
    if let bytes = key.leftOut { outbox.header("dl_key_left_out", String(bytes)) }
    outbox.header("dl_topic", topology.inputTopics[record.topic])
    outbox.header("dl_partition", String(record.partition))
    outbox.header("dl_offset", String(record.offset))
    outbox.header("dl_timestamp", String(record.timestampMs))
    outbox.header("dl_service", topology.service)
    outbox.header("dl_error", poison.code)
    outbox.header("dl_message", shortened(poison.description))
    outbox.end(value: value.kept)
  }

  private static func shortened(_ text: String) -> String {
    guard text.utf8.count > Limits.deadLetterMessageBytes else { return text }
    var kept = ""
    for character in text {
      guard kept.utf8.count + character.utf8.count + 3 <= Limits.deadLetterMessageBytes else { break }
      kept.append(character)
    }
    return kept + "…"
  }
}
