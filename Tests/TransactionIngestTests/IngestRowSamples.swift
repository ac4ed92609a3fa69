import Contracts
import GoldenRowChecks
import Loyalty
import ServiceDomain
import TransactionIngest

extension RowSamples {
  static func transactionIngest() throws -> [RowSample] {
    try [
      RowSample(
        "purchases", "one", RecordKey.joined("pos-hcm-07", "POS7-1"),
        SeenPurchase(digest: .max - 7, forgetAtMs: instant(90).milliseconds)),
      erasedMember(),
      RowSample(
        "erasures", "one", "G-1", PendingErasureRow(memberId: "M-1", missing: 3, rowsErased: 8, at: instant(3))),
      RowSample(
        "waiting", "one", WaitingRow.key(digest(), receipt: "POS7-1", source: "pos"),
        WaitingRow(receipt: "POS7-1", source: "pos", forgetAtMs: instant(60).milliseconds)),
    ] + contacts() + receipts() + profilesOfIngest() + claimants()
  }

  private static func digest() -> ContactDigest { ContactDigest(high: 0xFEDC_BA98_7654_3210, low: 1) }

  private static func contacts() throws -> [RowSample] {
    var row = ContactRow()
    row.owners = [
      .init(memberId: "M-1", since: instant(1), isActive: true),
      .init(memberId: "M-2", since: instant(2), isActive: false),
    ]
    row.unnamed = 2
    row.enrolment = .init(memberId: "M-1", after: "POS7-1")
    return try [
      RowSample("contacts", "everything", digest(), row), RowSample("contacts", "nobody", digest(), ContactRow()),
    ]
  }

  private static func receipts() throws -> [RowSample] {
    var row = ReceiptRow(purchase: Array(#"{"type":"purchase.completed"}"#.utf8), forgetAtMs: instant(60).milliseconds)
    row.returns = [
      .init(
        text: Array(#"{"type":"purchase.returned"}"#.utf8),
        arrival: Arrival(partition: 3, offset: 4_000_000_000, at: instant(2), seen: .max - 1))
    ]
    row.claimedBy = "M-1"
    return try [
      RowSample("receipts", "everything", ReceiptRow.key(receipt: "POS7-1", source: "pos"), row),
      RowSample(
        "receipts", "nothing yet", ReceiptRow.key(receipt: "POS7-2", source: "pos"),
        ReceiptRow(forgetAtMs: instant(60).milliseconds)),
    ]
  }

  private static func profilesOfIngest() throws -> [RowSample] {
    try [
      RowSample("profiles", "active", "M-1", MemberContactsRow(digests: [digest()])),
      RowSample("profiles", "merged", "M-2", MemberContactsRow(digests: [], isActive: false, mergedInto: "M-1")),
      RowSample(
        "profiles", "a merger", MemberContactsRow.mergerKey(of: "M-2", into: "M-1"), MemberContactsRow(digests: [])),
      RowSample("profiles", "the secret's check", MemberContactsRow.checkKey, MemberContactsRow(digests: [digest()])),
    ]
  }

  private static func claimants() throws -> [RowSample] {
    var row = ClaimantRow(forgetAtMs: instant(60).milliseconds)
    row.open = ["K-1"]
    row.answered =
      [ClaimantRow.Answer(claimId: "K-2", receipt: "POS7-1", source: "pos", refusal: nil, programId: "coffee")]
      + ClaimStatus.Refusal.allCases.map {
        ClaimantRow.Answer(claimId: "K-\($0.rawValue)", receipt: "POS7-2", source: nil, refusal: $0, programId: nil)
      }
    row.wrongAtMs = [instant(1).milliseconds, instant(2).milliseconds]
    row.lockedUntilMs = instant(3).milliseconds
    row.booked = [.init(receipt: "POS7-1", source: "pos")]
    return try [
      RowSample("claimants", "everything", "M-1", row),
      RowSample("claimants", "nothing", "M-2", ClaimantRow(forgetAtMs: instant(60).milliseconds)),
    ]
  }
}
