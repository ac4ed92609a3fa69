import Contracts
import Loyalty
import StreamRuntime

/// One input topic of a service: how its records are decoded and admitted, and what processes them.
///
/// The same rules hold for every service. A record without a value, or with an empty one, is a tombstone. What cannot
/// be decoded, or breaks a rule of the contract, is a dead letter with the code of its ``ContractViolation``. What
/// comes from outside has its member's id as key and lies where that belongs; elsewhere see ``StrayRecords``. An event
/// of a member who was erased since is passed over, see ``ErasedMembers``.
package struct ServiceInput {
  package let topic: Topic
  @usableFromInline let process: (InputRecord) throws -> Void
  /// Of a topic by member whose records come from outside; nil: they lie where the platform has put them, or may lie
  /// anywhere.
  let keying: Keying?
  let isKeyed: Bool

  /// What is asked of a record that does not lie where its key belongs.
  struct Keying {
    let owner: (InputRecord) throws -> Owner
    let tombstone: Tombstone

    /// What its key names has one record there, until a tombstone comes.
    var isCompacted: Bool { if case .deletes = tombstone { true } else { false } }
  }

  /// Whom a record is about.
  package enum Owner {
    /// - Parameter isErased: its member was erased since; that has been counted.
    case member(String, isErased: Bool)
    /// All members of the partition that it lies in.
    case partition
  }

  /// What a record without a value means.
  package enum Tombstone {
    /// Nothing: the topic is not compacted, and the record a dead letter.
    case refused
    /// What the service is told by a task of its own, such as an erasure.
    case ignored
    /// That what the key names is gone. `cleared`: in a partition where the key does not belong, that a record was
    /// moved from there.
    case deletes((_ key: String) throws -> Void, cleared: (_ key: String) throws -> Void)
  }

  /// For records that the service itself judges as they are.
  ///
  /// - Parameter owner: whom a record with a value is about, where the topic is one by member.
  package init(
    _ topic: Topic, owner: ((InputRecord) throws -> Owner)? = nil, tombstone: Tombstone = .refused,
    process: @escaping (InputRecord) throws -> Void
  ) {
    self.topic = topic
    self.process = process
    keying = owner.map { Keying(owner: $0, tombstone: tombstone) }
    isKeyed = keying != nil
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
  ///
  /// - Parameter clock: by which what no service can have told is a dead letter; nil where its time moves nothing.
  @inlinable
  package static func events<Event: MemberEvent>(
    _ topic: Topic, _ decode: @escaping (UnsafeRawBufferPointer) throws -> Event, tombstone: Tombstone = .refused,
    toldBy clock: TaskClock? = nil, unless erased: ErasedMembers, process: @escaping (Event) throws -> Void
  ) -> ServiceInput {
    events(topic, decode, tombstone: tombstone) { event in
      guard try !erased.passOver(event) else { return }
      if let clock { try event.checkTold(on: clock) }
      try process(event)
    }
  }

  /// Events from outside, in any of the forms of ``EventEnvelope``, each under the key of its member.
  @inlinable
  package static func envelopes<Event: KeyedEvent>(
    _ topic: Topic, _ decode: @escaping (EventEnvelope) throws -> Event, tombstone: Tombstone = .refused,
    process: @escaping (Event) throws -> Void
  ) -> ServiceInput {
    envelopes(topic, decode, tombstone: tombstone, isErased: { _ in false }, process: process)
  }

  /// The same, each of one member: what has not happened yet by this clock is a dead letter.
  ///
  /// - Parameter erased: nil: events of erased members are processed like others.
  @inlinable
  package static func envelopes<Event: MemberEvent>(
    _ topic: Topic, _ decode: @escaping (EventEnvelope) throws -> Event, tombstone: Tombstone = .refused,
    on clock: TaskClock, unless erased: ErasedMembers?, process: @escaping (Event) throws -> Void
  ) -> ServiceInput {
    envelopes(
      topic, decode, tombstone: tombstone, isErased: { event in try erased?.passOver(event) ?? false }
    ) { event in
      try event.checkTimes(on: clock)
      try process(event)
    }
  }

  @inlinable
  static func envelopes<Event: KeyedEvent>(
    _ topic: Topic, _ decode: @escaping (EventEnvelope) throws -> Event, tombstone: Tombstone,
    isErased: @escaping (Event) throws -> Bool, process: @escaping (Event) throws -> Void
  ) -> ServiceInput {
    ServiceInput(
      topic,
      owner: { record in
        let event = try decode(try record.envelope)
        guard let memberId = event.keyMember else { return .partition }
        return .member(memberId, isErased: try isErased(event))
      }, tombstone: tombstone
    ) { record in
      guard try tombstone.value(of: record) != nil else { return }
      let event = try decode(try record.envelope)
      if let memberId = event.keyMember { try record.checkKey(is: memberId) }
      guard try !isErased(event) else { return }
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
      try context.clock.checkNotInTheFuture(task.occurredAt)
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
    if record.hasValue { return record.value }
    switch self {
    case .refused: throw ContractViolation(.emptyValue, at: "$", "The record has no value.")
    case .ignored: return nil
    case .deletes(let delete, _):
      guard let key = record.key else {
        throw PoisonRecord(code: "no-key", "A tombstone without a key names nothing.")
      }
      if !record.clears { try delete(String(decoding: key, as: UTF8.self)) }
      return nil
    }
  }
}

/// The record's key is another than the id of the member whom its value names.
struct WrongKey: Error {
  static let refusal = PoisonRecord(
    code: "wrong-key", "The record's key must be the id of the member whom its value names.")
}

extension InputRecord {
  /// Otherwise it is a tombstone.
  @usableFromInline var hasValue: Bool { value?.isEmpty == false }

  /// Of a record that has a value.
  package var envelope: EventEnvelope {
    get throws(ContractViolation) {
      let envelope = try EventEnvelope(value: value ?? UnsafeRawBufferPointer(start: nil, count: 0)) {
        headers.header($0)
      }
      tellTraceparent(of: envelope)
      return envelope
    }
  }

  /// A tombstone has nothing else to name the member by, and other topics of the member lie where this key belongs.
  @usableFromInline func checkKey(is memberId: String) throws {
    guard hasKey(memberId) else { throw WrongKey() }
  }

  package func hasKey(_ memberId: String) -> Bool { key?.elementsEqual(memberId.utf8) ?? false }
}
