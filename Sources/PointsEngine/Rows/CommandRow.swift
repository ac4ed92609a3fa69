import Loyalty
import ServiceDomain
import StreamRuntime

/// A row of the store `commands`: how a command was answered.
extension CommandRecord: StoreRow {
  private static let format: UInt8 = 1

  /// Which outcome follows; a number once given stays.
  fileprivate enum Outcomes: UInt8 {
    case redeemed = 1
    case redemptionCancelled = 2
    case adjusted = 3
    case refused = 4
  }

  package var dueMs: Int64? { nil }

  package func encode(to row: RowEncoder) {
    row.byte(CommandRecord.format)
    row.string(id)
    row.instant(occurredAt)
    switch outcome {
    case .redeemed(let parts, let isCancelled):
      row.byte(Outcomes.redeemed.rawValue)
      row.bool(isCancelled)
      row.list(parts) {
        row.string($0.lotId)
        row.points($0.points)
        row.instant($0.earnedAt)
        row.optionalInstant($0.expiresAt)
        row.int($0.programVersion)
      }
    case .redemptionCancelled: row.byte(Outcomes.redemptionCancelled.rawValue)
    case .adjusted: row.byte(Outcomes.adjusted.rawValue)
    case .refused(let code):
      row.byte(Outcomes.refused.rawValue)
      row.string(code.rawValue)
    }
  }

  package init(from row: inout RowDecoder) throws {
    try row.expectFormat(CommandRecord.format, of: "a command")
    let id = try row.string()
    let occurredAt = try row.instant()
    self.init(id: id, outcome: try Outcome(from: &row), occurredAt: occurredAt)
  }
}

extension CommandRecord.Outcome {
  fileprivate init(from row: inout RowDecoder) throws {
    switch CommandRecord.Outcomes(rawValue: try row.byte()) {
    case .redeemed:
      let isCancelled = try row.bool()
      let parts = try row.list {
        RedeemedPart(
          lotId: try $0.string(), points: try $0.points(), earnedAt: try $0.instant(),
          expiresAt: try $0.optionalInstant(), programVersion: Int(try $0.int()))
      }
      self = .redeemed(parts: parts, isCancelled: isCancelled)
    case .redemptionCancelled: self = .redemptionCancelled
    case .adjusted: self = .adjusted
    case .refused:
      let code = try row.string()
      guard let known = RefusalCode(rawValue: code) else { throw RowFormatError("unknown refusal \(code)") }
      self = .refused(code: known)
    case nil: throw RowFormatError("a command's outcome of an unknown kind")
    }
  }
}
