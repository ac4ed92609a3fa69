import Contracts
import Loyalty
import ServiceDomain
import StreamRuntime

/// A row of the store `actor-days`: what an actor has had done in a day, in the partition of the actor's name.
package struct ActorDayRow: StoreRow, Equatable {
  package var day: ActorDay
  package var forgetAt: Instant

  package static let format: UInt8 = 1

  package var dueMs: Int64? { forgetAt.milliseconds }

  package init(_ day: ActorDay = ActorDay(), forgetAt: Instant) {
    self.day = day
    self.forgetAt = forgetAt
  }

  /// The actor comes last: of these parts it alone may hold any printable text.
  package static func key(_ kind: Clearance.Kind, _ day: LocalDate, _ actor: String) -> String {
    RecordKey.joined(kind.rawValue, day.text, actor)
  }

  package func encode(to row: RowEncoder) {
    row.instant(forgetAt)
    row.int(day.amount)
  }

  package init(from row: inout RowDecoder) throws {
    let forgetAt = try row.instant()
    self.init(ActorDay(amount: try row.int()), forgetAt: forgetAt)
  }
}
