import Inquiry
import Loyalty
import Testing

/// Which entries somebody means.
@Suite(.timeLimit(.minutes(10))) struct ExplanationReadingTests {
  private let entries = [
    entry("shop", 1, cause: "P-1"), entry("shop", 2, cause: "P-1"), entry("cafe", 1, cause: "P-9"),
    entry("shop", 3, cause: "R-1", purchase: "till:P-1"),
  ]

  private static func entry(_ program: String, _ sequence: Int64, cause: String, purchase: String? = nil)
    -> LedgerEntry
  {
    LedgerEntry(
      id: "\(program)/\(cause)/\(sequence)", type: .pointsEarned, memberId: "M-1", programId: program,
      sequence: sequence, points: 5, cause: cause, purchase: purchase, occurredAt: .epoch, bookedAt: .epoch,
      programVersion: 1, balances: Balances())
  }

  private func found(_ named: String, program: String? = nil) throws(InquiryError) -> [String] {
    try ExplanationReading.entries(named, in: entries, of: "M-1", program: program).map(\.id)
  }

  @Test func anIdOrANumberNamesOneEntry() throws {
    #expect(try found("shop/P-1/2") == ["shop/P-1/2"])
    #expect(try found("2") == ["shop/P-1/2"])
    #expect(try found("1", program: "cafe") == ["cafe/P-9/1"])
  }

  @Test func aPurchaseNamesAllThatItBookedAndWhatItsReturnsTookBack() throws {
    #expect(try found("P-1") == ["shop/P-1/1", "shop/P-1/2", "shop/R-1/3"])
  }

  @Test func aNumberInSeveralProgrammesIsRefused() {
    #expect(
      throws: InquiryError.severalEntries(memberId: "M-1", named: "1", programIds: ["shop", "cafe"])
    ) { try found("1") }
  }

  @Test func whatBookedNothingIsSaidToBeUnknown() {
    #expect(throws: InquiryError.noEntry(memberId: "M-1", named: "P-2")) { try found("P-2") }
    #expect(throws: InquiryError.noEntry(memberId: "M-1", named: "P-1")) { try found("P-1", program: "cafe") }
  }
}
