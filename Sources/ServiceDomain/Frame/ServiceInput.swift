import Contracts
import Loyalty
import StreamRuntime

/// One input topic of a service: how its records are decoded and admitted, and what processes them.
///
/// The same rules hold for every service. A record without a value, or with an empty one, is a tombstone. What cannot
/// be decoded, or breaks a rule of the contract, is a dead letter with the code of its ``ContractViolation``. An event
/// of a member who was erased since is passed over, see ``ErasedMembers``.
package struct ServiceInput {
  package let topic: Topic
  @usableFromInline let process: (InputRecord) throws -> Void

  /// What a record without a value means.
  package enum Tombstone {
    /// Nothing: the topic is not compacted, and the record a dead letter.
    case refused
    /// What the service is told by a task of its own, such as an erasure.
    case ignored
    /// That what the key names is gone.
    case deletes((_ key: String) throws -> Void)
  }

  /// For records that the service itself judges as they are.
  package init(_ topic: Topic, process: @escaping (InputRecord) throws -> Void) {
    self.topic = topic
    self.process = process
  }

  /// Events of one of the platform's own topics.
  @inlinable
  package static func events<Event>(
    _ topic: Topic, _ decode: @escaping (UnsafeRawBufferPointer) throws -> Event, tombstone: Tombstone = .refused,
    process: @escaping (Event) throws -> Void
  ) -> ServiceInput {
    ServiceInput(topic) { record in
      guard let value = try tombstone.value(of: record) else { return }
      try process(try decode(value))
    }
  }

  /// The same, each of one member: those of erased members are passed over.
  @inlinable
  package static func events<Event: MemberEvent>(
    _ topic: Topic, _ decode: @escaping (UnsafeRawBufferPointer) throws -> Event, tombstone: Tombstone = .refused,
    unless erased: ErasedMembers, process: @escaping (Event) throws -> Void
  ) -> ServiceInput {
    events(topic, decode, tombstone: tombstone) { event in
      guard try !erased.passOver(event) else { return }
      try process(event)
    }
  }

  /// Events from outside, in any of the forms of ``EventEnvelope``.
  @inlinable
  package static func envelopes<Event>(
    _ topic: Topic, _ decode: @escaping (EventEnvelope) throws -> Event, process: @escaping (Event) throws -> Void
  ) -> ServiceInput {
    ServiceInput(topic) { record in
      guard let value = try Tombstone.refused.value(of: record) else { return }
      try process(try decode(EventEnvelope(value: value) { record.headers.header($0) }))
    }
  }

  /// The same, each of one member.
  ///
  /// - Parameters:
  ///   - keyed: whether the record's key must be the member's id.
  ///   - erased: nil: events of erased members are processed like others.
  @inlinable
  package static func envelopes<Event: MemberEvent>(
    _ topic: Topic, _ decode: @escaping (EventEnvelope) throws -> Event, tombstone: Tombstone = .refused,
    keyed: Bool = false, unless erased: ErasedMembers?, process: @escaping (Event) throws -> Void
  ) -> ServiceInput {
    ServiceInput(topic) { record in
      guard let value = try tombstone.value(of: record) else { return }
      let event = try decode(EventEnvelope(value: value) { record.headers.header($0) })
      if keyed { try record.checkKey(is: event.memberId) }
      if let erased, try erased.passOver(event) { return }
      try process(event)
    }
  }

  /// Erasures, for a service that keeps its rows by member: `erase` removes the member's and says how many there were.
  /// What still comes of the life that was erased is passed over from then on, and the report goes to `reports`.
  package static func erasures(
    by service: Service, _ context: ProcessorContext, _ erased: ErasedMembers, _ publisher: EventPublisher,
    erase: @escaping (PrivacyTask) throws -> Int
  ) -> ServiceInput {
    let reports = publisher.ownPartition(of: .privacyReports)
    return events(.privacyTasks, PrivacyTask.init(decoding:)) { task in
      guard task.isFor(service), task.kind == .erase else { return }
      let rowsErased = try erase(task)
      try erased.remember(task)
      let report = task.report(
        by: service, partition: context.partition, rowsErased: rowsErased,
        at: max(task.occurredAt, Instant(milliseconds: context.clock.nowMs)))
      publisher.publish(report, to: reports, key: task.memberId)
    }
  }
}

extension ServiceInput.Tombstone {
  /// The record's value; nil: there is none, and that has been dealt with.
  @usableFromInline func value(of record: InputRecord) throws -> UnsafeRawBufferPointer? {
    if let value = record.value, !value.isEmpty { return value }
    switch self {
    case .refused: throw ContractViolation(.emptyValue, at: "$", "The record has no value.")
    case .ignored: return nil
    case .deletes(let delete):
      guard let key = record.key else {
        throw PoisonRecord(code: "no-key", "A tombstone without a key names nothing.")
      }
      try delete(String(decoding: key, as: UTF8.self))
      return nil
    }
  }
}

extension InputRecord {
  /// A tombstone has nothing else to name the member by, and other topics of the member lie where this key belongs.
  @usableFromInline func checkKey(is memberId: String) throws {
    guard let key, key.elementsEqual(memberId.utf8) else {
      throw PoisonRecord(code: "wrong-key", "The record's key must be the id of the member whom its value names.")
    }
  }
}
