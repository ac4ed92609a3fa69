import Inquiry
import Loyalty
import LoyaltyCLI
import Testing

/// What `loyalty account explain` prints.
@Suite(.timeLimit(.minutes(10))) struct ExplanationTextTests {
  @Test func namesStandInAColumnBesideTheWords() {
    let entry = LedgerEntry(
      id: "shop/R-1/1", type: .redemptionRefused, memberId: "M-1", programId: "shop", sequence: 7, points: 0,
      cause: "R-1", actor: "ann", reason: "insufficient-points", occurredAt: .epoch, bookedAt: .epoch,
      programVersion: 3, balances: Balances(pending: 0, available: 1_200))
    #expect(
      EntryExplanation(entry: entry, program: nil, history: [entry]).text == """
        Entry 7 of M-1 in shop: 0 points, points.redemption-refused
          because  R-1, by ann, on 1970-01-01T00:00:00Z; booked 1970-01-01T00:00:00Z
          refused  insufficient-points
          moved    nothing
          then     available 1,200, pending 0
          id       shop/R-1/1
        """)
  }
}
