import Contracts
import Loyalty
import StreamRuntime

/// A row of the store `traits`, under the member's id: what conditions may ask of a profile.
extension MemberTraits: StoreRow {
  package static let format: UInt8 = 1

  package var dueMs: Int64? { nil }

  package func encode(to row: RowEncoder) {
    row.optionalInstant(joinedAt)
    row.optionalString(locale)
    row.list(segments) { row.string($0) }
    row.bool(birthday != nil)
    if let birthday {
      row.byte(UInt8(birthday.month))
      row.byte(UInt8(birthday.day))
    }
  }

  package init(from row: inout RowDecoder) throws {
    self.init(
      joinedAt: try row.optionalInstant(), locale: try row.optionalString(), segments: try row.list { try $0.string() })
    guard try row.bool() else { return }
    let (month, day) = (Int(try row.byte()), Int(try row.byte()))
    guard (1...12).contains(month), (1...31).contains(day) else { throw RowFormatError("a birthday on no day") }
    birthday = MonthDay(month: month, day: day)
  }
}
