import Glibc

/// The record that a stream thread is at, where a signal's handler can read it: its topic, partition and offset,
/// nothing of its content. The stream thread writes it for each record; a handler that reads it interrupts that thread.
///
/// `@unchecked Sendable`: whoever makes it hands it to one thread, which alone uses it from then on.
package final class RecordAtHand: @unchecked Sendable {
  package struct Place {
    /// Nil: no record is at hand.
    package var topic: UnsafePointer<CChar>?
    package var partition: Int32 = 0
    package var offset: Int64 = 0
  }

  private let place: UnsafeMutablePointer<Place>
  /// The input topics' names, each with a closing NUL.
  private var names: [UnsafeMutablePointer<CChar>] = []

  package init() {
    place = .allocate(capacity: 1)
    place.initialize(to: Place())
  }

  deinit {
    for name in names { free(name) }
    place.deallocate()
  }

  /// For a signal's handler on the owner's thread, as long as this object lives.
  package var pointer: UnsafePointer<Place> { UnsafePointer(place) }

  /// Once, before the first record.
  func name(_ topics: [String]) {
    guard names.isEmpty else { return }
    names = topics.map { topic in
      guard let name = strdup(topic) else { preconditionFailure("no memory for a topic's name") }
      return name
    }
  }

  func set(_ record: InputRecord) {
    place.pointee = Place(topic: names[record.topic], partition: record.partition, offset: record.offset)
  }

  func clear() { place.pointee.topic = nil }

  /// For error texts; nil: no record is at hand.
  var text: String? {
    place.pointee.topic.map { "\(String(cString: $0))[\(place.pointee.partition)]@\(place.pointee.offset)" }
  }
}
