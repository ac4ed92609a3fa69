import Loyalty
import ServiceDomain
import StreamRuntime

/// What the bookings of a day gave, told in one message: a row of one size, however many they are.
package struct DigestedPoints: Equatable, Sendable {
  package private(set) var points: Points
  package private(set) var bookings: Int
  /// After the latest of them.
  package private(set) var after: AccountAfter

  package init(_ earned: EarnedPoints) {
    points = earned.points
    bookings = 1
    after = earned.after
  }

  package mutating func add(_ earned: EarnedPoints) {
    points = points.addingBounded(earned.points)
    bookings += 1
    after = earned.after
  }

  func encode(to row: RowEncoder) {
    row.int(points.value)
    row.int(bookings)
    after.encode(to: row)
  }

  init(from row: inout RowDecoder) throws {
    points = try row.points()
    bookings = Int(try row.count())
    after = try AccountAfter(from: &row)
  }
}
