import Contracts
import JSON

/// A record that a request makes.
package struct OutgoingRecord: Equatable, Sendable {
  package var topic: Topic
  package var key: String
  package var value: [UInt8]
  /// nil: the one that the key hashes to.
  package var partition: Int32?

  package init(topic: Topic, key: String, value: [UInt8], partition: Int32? = nil) {
    self.topic = topic
    self.key = key
    self.value = value
    self.partition = partition
  }

  /// It lies where its message does, whatever its key hashes to.
  package init(_ feedback: Feedback) {
    var writer = JSONWriter()
    feedback.encode(to: &writer)
    self.init(
      topic: .feedback, key: feedback.notificationId, value: writer.bytes, partition: feedback.partition)
  }

  package init(_ request: PreferenceRequest) {
    var writer = JSONWriter()
    request.encode(to: &writer)
    self.init(topic: .preferenceRequests, key: request.recordKey, value: writer.bytes)
  }
}

/// Publishes what a request makes.
package protocol RecordPublisher: Sendable {
  /// Blocks until the brokers have acknowledged all of them; throws the refusal that the client gets where they did
  /// not.
  func publish(_ records: [OutgoingRecord]) throws
}
