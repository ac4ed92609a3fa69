import Contracts
import Inquiry
import JSON
import Kafka

/// Puts reports on `notifications.feedback`, each into the partition of its message. One thread; close it.
final class FeedbackWriter {
  private let records: RecordWriter
  private let partitionCount: Int

  init(_ cluster: Cluster) throws {
    partitionCount = try cluster.partitionCount(of: .feedback)
    records = try RecordWriter(cluster, topic: .feedback)
  }

  /// False: its message names a partition that there is not, so it is of another installation.
  func write(_ feedback: Feedback) throws -> Bool {
    guard Int(feedback.partition) < partitionCount else { return false }
    var writer = JSONWriter()
    feedback.encode(to: &writer)
    var key = feedback.notificationId
    try key.withUTF8 { key in
      try writer.withBytes { (bytes) throws in
        try records.write(key: UnsafeRawBufferPointer(key), value: bytes, partition: feedback.partition)
      }
    }
    return true
  }

  /// Waits until all are there.
  func finish() throws { try records.finish() }

  func close() { records.close() }
}

extension Feedback {
  var json: JSONValue {
    .fields([
      "type": .string(kind.rawValue), "notificationId": .string(notificationId), "partition": .count(partition),
      "bounce": bounce.map { .string($0.rawValue) }, "code": code.map { .string($0) }, "source": .string(source),
    ])
  }

  /// For people.
  var told: String {
    let why = [bounce?.rawValue, code].compactMap { $0 }.joined(separator: ", ")
    return "\(kind.rawValue) \(notificationId)" + (why.isEmpty ? "" : " (\(why))")
  }
}
