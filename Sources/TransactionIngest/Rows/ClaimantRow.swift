import Contracts
import ServiceDomain
import StreamRuntime

/// A member's claims, in the member's own partition.
package struct ClaimantRow: StoreRow, Equatable {
  /// Claims that the receipt's partition has not judged yet.
  package var open: [String] = []
  /// Answers given, so that the same claim again gets the same one.
  package var answered: [Answer] = []
  /// When wrong claims were judged; milliseconds since 1970.
  package var wrongAtMs: [Int64] = []
  package var lockedUntilMs: Int64?
  /// Purchases that became this member's.
  package var booked: [Booking] = []
  package var forgetAtMs: Int64

  package struct Answer: Equatable {
    package var claimId: String
    package var receipt: String
    package var source: String?
    package var refusal: ClaimStatus.Refusal?
    /// In whose name it was given.
    package var programId: String?

    package init(
      claimId: String, receipt: String, source: String?, refusal: ClaimStatus.Refusal?, programId: String?
    ) {
      self.claimId = claimId
      self.receipt = receipt
      self.source = source
      self.refusal = refusal
      self.programId = programId
    }
  }

  package struct Booking: Equatable {
    package var receipt: String
    package var source: String

    package init(receipt: String, source: String) {
      self.receipt = receipt
      self.source = source
    }
  }

  /// Answers and bookings of one member that are remembered.
  package static let remembered = 200

  package static let format: UInt8 = 2

  package var dueMs: Int64? { forgetAtMs }

  package init(forgetAtMs: Int64) { self.forgetAtMs = forgetAtMs }

  package func encode(to row: RowEncoder) {
    row.list(open) { row.string($0) }
    row.list(answered) {
      row.string($0.claimId)
      row.string($0.receipt)
      row.optionalString($0.source)
      row.optionalString($0.refusal?.rawValue)
      row.optionalString($0.programId)
    }
    row.list(wrongAtMs) { row.int($0) }
    row.optionalInt(lockedUntilMs)
    row.list(booked) {
      row.string($0.receipt)
      row.string($0.source)
    }
    row.int(forgetAtMs)
  }

  package init(from row: inout RowDecoder) throws {
    open = try row.list { try $0.string() }
    answered = try row.list {
      Answer(
        claimId: try $0.string(), receipt: try $0.string(), source: try $0.optionalString(),
        refusal: try $0.optionalString().map(Self.refusal),
        programId: try $0.optionalString())
    }
    wrongAtMs = try row.list { try $0.int() }
    lockedUntilMs = try row.optionalInt()
    booked = try row.list { Booking(receipt: try $0.string(), source: try $0.string()) }
    forgetAtMs = try row.int()
  }

  private static func refusal(_ word: String) throws -> ClaimStatus.Refusal {
    guard let refusal = ClaimStatus.Refusal(rawValue: word) else { throw RowFormatError("unknown refusal \(word)") }
    return refusal
  }
}
