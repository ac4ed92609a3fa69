import Contracts
import JSON

/// A record that a request makes.
package struct OutgoingRecord: Equatable, Sendable {
  package var topic: Topic
  package var key: String
  package var value: [UInt8]

  package init(topic: Topic, key: String, value: [UInt8]) {
    self.topic = topic
    self.key = key
    self.value = value
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
