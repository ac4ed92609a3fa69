import JSON
import Loyalty

/// Whether an actor may have a command done today: the value of `loyalty.clearances`.
///
/// Members are spread over partitions, and an actor works on all of them. What an actor has had done in a day is
/// counted in one place, the partition of the actor's name: the member's partition asks there, and acts on the answer.
package struct Clearance: Equatable, Sendable {
  /// Who asks, and takes the answer.
  package var service: Service
  /// What is to be done, with its programme named; of one member, by an actor.
  package var command: Command
  package var actor: String
  package var kind: Kind
  /// A day of UTC, that on which it was asked.
  package var day: LocalDate
  /// What it counts for: points, or one level.
  package var amount: Int64
  /// How much the actor may have in that day.
  package var most: Int64
  package var stage: Stage

  package enum Kind: String, CaseIterable, Sendable {
    case adjustedPoints = "adjusted-points"
    case levelsSet = "levels-set"
  }

  package enum Stage: Equatable, Sendable {
    case asked
    case answered(isGranted: Bool)
  }

  private enum Name: String, CaseIterable {
    case asked = "clearance.asked"
    case granted = "clearance.granted"
    case declined = "clearance.declined"
  }

  package init(
    service: Service, command: Command, actor: String, kind: Kind, day: LocalDate, amount: Int64, most: Int64,
    stage: Stage = .asked
  ) {
    self.service = service
    self.command = command
    self.actor = actor
    self.kind = kind
    self.day = day
    self.amount = amount
    self.most = most
    self.stage = stage
  }

  package func answered(isGranted: Bool) -> Clearance {
    var answer = self
    answer.stage = .answered(isGranted: isGranted)
    return answer
  }

  // MARK: As a record

  package var type: String {
    switch stage {
    case .asked: Name.asked.rawValue
    case .answered(let isGranted): (isGranted ? Name.granted : .declined).rawValue
    }
  }

  /// The same for the same question.
  package var id: String { "\(service.name):\(memberId):\(command.programId ?? ""):\(command.id):\(type)" }

  package var occurredAt: Instant { command.occurredAt }

  /// The record's key: a question goes to the actor's partition, the answer to the member's.
  package var key: String { stage == .asked ? actor : memberId }

  /// There is one: decoding refuses a command of no member, and nobody asks for one.
  private var memberId: String { command.memberId ?? "" }

  package func encode(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("type", type)
    writer.field("id", id)
    writer.field("occurredAt", occurredAt)
    writer.field("service", service.name)
    writer.field("actor", actor)
    writer.field("kind", kind.rawValue)
    writer.field("day", day.text)
    writer.field("amount", amount)
    writer.field("most", most)
    writer.key("command")
    command.encode(to: &writer)
    writer.endObject()
  }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(ContractViolation) {
    self = try Contracts.decoding(bytes) { reader in try Clearance(reading: &reader) }
  }

  private init(reading reader: inout JSONReader) throws {
    var name: Name?
    var service: Service?
    var actor: String?
    var kind: Kind?
    var day: LocalDate?
    var amount: Int64?
    var most: Int64?
    var command: Command?
    try reader.beginObject()
    while let key = try reader.nextField() {
      switch key {
      case "type": name = try reader.word(Name.self)
      case "service": service = try reader.word(Service.self)
      case "actor": actor = try reader.name()
      case "kind": kind = try reader.word(Kind.self)
      case "day":
        guard let read = LocalDate(text: try reader.string()) else {
          throw reader.violation(.invalidValue, "must be a day, such as 2026-11-22")
        }
        day = read
      case "amount": amount = try Self.amount(&reader)
      case "most": most = try Self.amount(&reader)
      case "command":
        command = try Command(decoding: UnsafeRawBufferPointer(try reader.rawValue().bytes))
        guard command?.memberId != nil else { throw reader.violation(.invalidValue, "must be of one member") }
      default: try reader.skipValue()
      }
    }
    self.init(
      service: try service.required("service", in: reader), command: try command.required("command", in: reader),
      actor: try actor.required("actor", in: reader), kind: try kind.required("kind", in: reader),
      day: try day.required("day", in: reader), amount: try amount.required("amount", in: reader),
      most: try most.required("most", in: reader))
    switch try name.required("type", in: reader) {
    case .asked: stage = .asked
    case .granted: stage = .answered(isGranted: true)
    case .declined: stage = .answered(isGranted: false)
    }
  }

  private static func amount(_ reader: inout JSONReader) throws -> Int64 {
    let amount = try reader.count(atLeast: 0)
    guard amount <= Points.largestMovement.value else { throw reader.violation(.invalidValue, "is too large") }
    return amount
  }
}
