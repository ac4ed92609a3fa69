import Loyalty
import ServiceDomain
import StreamRuntime

/// What the purchase that a message is about gave in another programme.
package struct AlsoEarned: Equatable, Sendable {
  package var programId: String
  package var programVersion: Int?
  package var points: Points

  /// In one message; what more programmes gave is told by itself.
  static let perMessageMax = 4

  package init(programId: String, programVersion: Int?, points: Points) {
    self.programId = programId
    self.programVersion = programVersion
    self.points = points
  }

  func encode(to row: RowEncoder) {
    row.string(programId)
    row.optionalInt(programVersion.map { Int64($0) })
    row.int(points.value)
  }

  init(from row: inout RowDecoder) throws {
    programId = try row.string()
    programVersion = try row.optionalInt().map { Int($0) }
    points = try row.points()
  }
}
