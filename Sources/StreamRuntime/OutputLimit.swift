/// What an output topic takes.
package struct OutputLimit: Equatable, Sendable {
  /// Bytes of one record, with all that goes over the wire beside it.
  package var bytesMax: Int
  package var partitions: Int32

  package init(bytesMax: Int, partitions: Int32) {
    self.bytesMax = bytesMax
    self.partitions = partitions
  }

  static let none = OutputLimit(bytesMax: .max, partitions: .max)

  /// The lengths of a record's parts, and the head of a batch that it lies in alone: at most.
  static let recordOverhead = 128
  /// The lengths of a header's name and value: at most.
  static let headerOverhead = 10
}

/// A record of the outbox that its topic does not take.
package struct Misfit: Equatable, Sendable {
  /// Index into ``Topology/outputTopics``.
  package var topic: Int
  package var cause: Cause

  package enum Cause: Equatable, Sendable {
    case size(Int, max: Int)
    case partition(Int32, of: Int32)
  }

  /// As a dead letter names it.
  package static let outputTooLarge = "output-too-large"
  package static let unknownPartition = "unknown-partition"

  func failure(_ topology: Topology) -> StreamError {
    let name = topology.outputTopics[topic]
    switch cause {
    case .size(let size, let max):
      return StreamError(
        isolating: Self.outputTooLarge,
        "a record for \(name) has \(size) bytes, and the topic takes \(max) (max.message.bytes, message.max.bytes)")
    case .partition(let partition, let count):
      return StreamError(
        isolating: Self.unknownPartition, "a record is for partition \(partition) of \(name), which has \(count)")
    }
  }
}
