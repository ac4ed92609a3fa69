import Contracts
import ServiceDomain
import StreamRuntime

/// A member's claims, in the member's own partition.
struct ClaimantRow: StoreRow, Equatable {
  /// Claims that the receipt's partition has not judged yet.
  var open: [String] = []
  /// Answers given, so that the same claim again gets the same one.
  var answered: [Answer] = []
  /// When wrong claims were judged; milliseconds since 1970.
  var wrongAtMs: [Int64] = []
  var lockedUntilMs: Int64?
  /// Purchases that became this member's.
  var booked: [Booking] = []
  var forgetAtMs: Int64

  struct Answer: Equatable {
    var claimId: String
    var receipt: String
    var source: String?
    var refusal: ClaimStatus.Refusal?
    /// In whose name it was given.
    var programId: String?
  }

  struct Booking: Equatable {
    var receipt: String
    var source: String
  }

  /// Answers and bookings of one member that are remembered.
  static let remembered = 200

  private static let format: UInt8 = 2

  var dueMs: Int64? { forgetAtMs }

  init(forgetAtMs: Int64) { self.forgetAtMs = forgetAtMs }

  func encode(to row: RowEncoder) {
    row.byte(Self.format)
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

  init(from row: inout RowDecoder) throws {
    try row.expectFormat(Self.format, of: "a member's claims")
    open = try row.list { try $0.string() }
    answered = try row.list {
      Answer(
        claimId: try $0.string(), receipt: try $0.string(), source: try $0.optionalString(),
        refusal: try $0.optionalString().flatMap { ClaimStatus.Refusal(rawValue: $0) },
        programId: try $0.optionalString())
    }
    wrongAtMs = try row.list { try $0.int() }
    lockedUntilMs = try row.optionalInt()
    booked = try row.list { Booking(receipt: try $0.string(), source: try $0.string()) }
    forgetAtMs = try row.int()
  }
}
