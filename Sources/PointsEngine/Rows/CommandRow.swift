import Loyalty
import ServiceDomain
import StreamRuntime

/// A row of the store `commands`: how a command was answered, until it is forgotten.
package struct CommandRow: StoreRow {
  package var record: CommandRecord
  package var forgetAt: Instant

  /// From format 3 on it tells of lots that activity keeps until when at most it does, and of adjustments that take two
  /// people.
  package static let format: UInt8 = 3
  package static let formatsRead: ClosedRange<UInt8> = 2...3

  /// Which outcome follows; a number once given stays.
  fileprivate enum Outcomes: UInt8 {
    case redeemed = 1
    case redemptionCancelled = 2
    case adjusted = 3
    case refused = 4
    case transferred = 5
    case transferAnswered = 6
    case standingChanged = 7
    case asked = 8
    case proposed = 9
    case approved = 10
    case declined = 11
  }

  package var dueMs: Int64? { forgetAt.milliseconds }

  package init(record: CommandRecord, forgetAt: Instant) {
    self.record = record
    self.forgetAt = forgetAt
  }

  package func encode(to row: RowEncoder) {
    row.instant(forgetAt)
    row.string(record.id)
    row.instant(record.occurredAt)
    switch record.outcome {
    case .redeemed(let parts, let isCancelled):
      row.byte(Outcomes.redeemed.rawValue)
      row.bool(isCancelled)
      row.list(parts) { $0.encode(to: row) }
    case .transferred(let parts, let isReturned):
      row.byte(Outcomes.transferred.rawValue)
      row.bool(isReturned)
      row.list(parts) { $0.encode(to: row) }
    case .transferAnswered: row.byte(Outcomes.transferAnswered.rawValue)
    case .standingChanged: row.byte(Outcomes.standingChanged.rawValue)
    case .redemptionCancelled: row.byte(Outcomes.redemptionCancelled.rawValue)
    case .adjusted: row.byte(Outcomes.adjusted.rawValue)
    case .asked: row.byte(Outcomes.asked.rawValue)
    case .proposed: row.byte(Outcomes.proposed.rawValue)
    case .approved: row.byte(Outcomes.approved.rawValue)
    case .declined: row.byte(Outcomes.declined.rawValue)
    case .refused(let code):
      row.byte(Outcomes.refused.rawValue)
      row.string(code.rawValue)
    }
  }

  package init(from row: inout RowDecoder) throws {
    let forgetAt = try row.instant()
    let id = try row.string()
    let occurredAt = try row.instant()
    let outcome = try CommandRecord.Outcome(from: &row)
    self.init(record: CommandRecord(id: id, outcome: outcome, occurredAt: occurredAt), forgetAt: forgetAt)
  }
}

extension CommandRecord.Outcome {
  fileprivate init(from row: inout RowDecoder) throws {
    switch CommandRow.Outcomes(rawValue: try row.byte()) {
    case .redeemed:
      let isCancelled = try row.bool()
      self = .redeemed(parts: try row.list { try RedeemedPart(from: &$0) }, isCancelled: isCancelled)
    case .transferred:
      let isReturned = try row.bool()
      self = .transferred(parts: try row.list { try RedeemedPart(from: &$0) }, isReturned: isReturned)
    case .transferAnswered: self = .transferAnswered
    case .standingChanged: self = .standingChanged
    case .redemptionCancelled: self = .redemptionCancelled
    case .adjusted: self = .adjusted
    case .asked: self = .asked
    case .proposed: self = .proposed
    case .approved: self = .approved
    case .declined: self = .declined
    case .refused:
      let code = try row.string()
      guard let known = RefusalCode(rawValue: code) else { throw RowFormatError("unknown refusal \(code)") }
      self = .refused(code: known)
    case nil: throw RowFormatError("a command's outcome of an unknown kind")
    }
  }
}

extension RedeemedPart {
  fileprivate func encode(to row: RowEncoder) {
    row.string(lotId)
    row.points(points)
    row.instant(earnedAt)
    row.optionalInstant(expiresAt)
    if row.format >= 3 { row.optionalInstant(latestExpiry) }
    row.int(programVersion)
  }

  fileprivate init(from row: inout RowDecoder) throws {
    self.init(
      lotId: try row.string(), points: try row.points(), earnedAt: try row.instant(),
      expiresAt: try row.optionalInstant(), latestExpiry: row.format >= 3 ? try row.optionalInstant() : nil,
      programVersion: Int(try row.int()))
  }
}
