import Contracts
import Inquiry
import Loyalty
import Rewards
import Testing

/// Each invariant of rewards, broken once.
@Suite(.timeLimit(.minutes(10))) struct RewardAuditTests {
  private static func status(
    _ state: RedemptionStatus.State, _ redemption: String = "r-1", points: Points = 100, quantity: Int64 = 1
  ) -> RedemptionStatus {
    RedemptionStatus(
      id: redemption, memberId: "M-1", redemptionId: redemption, state: state, reward: "latte", rewardVersion: 1,
      programId: "coffee", quantity: quantity, points: points, occurredAt: .epoch)
  }

  private static func entry(
    _ type: EntryType, _ points: Points, _ cause: String = "r-1/take-points", source: String = "reward-engine"
  ) -> LedgerEntry {
    LedgerEntry(
      id: "\(cause)/1", type: type, memberId: "M-1", programId: "coffee", sequence: 1, points: points, cause: cause,
      source: source, occurredAt: .epoch, bookedAt: .epoch, programVersion: 1,
      balances: Balances(pending: 0, available: 0))
  }

  private static func problems(
    _ statuses: [RedemptionStatus], _ entries: [LedgerEntry], order: OrderRecord.State? = nil, startsLate: Bool = false,
    erased: Bool = false
  ) -> [String] {
    var audit = RewardAudit(startsLate: startsLate) { _ in erased }
    for status in statuses { audit.note(status) }
    for entry in entries { audit.book(entry) }
    if let order {
      audit.note(
        OrderRecord(
          id: "o", memberId: "M-1", redemptionId: "r-1", partner: "tea-house", product: "tea", quantity: 1,
          reference: "ref", day: LocalDate(daysSinceEpoch: 0), askedAt: .epoch, state: order, occurredAt: .epoch))
    }
    return audit.faults.map(\.problem)
  }

  private static let taken = entry(.pointsRedeemed, 100)
  private static let back = entry(.redemptionCancelled, 100, "r-1/return-points")

  @Test func whatWasTakenForWhatStandsIsRight() {
    #expect(Self.problems([Self.status(.issued)], [Self.taken]) == [])
    #expect(Self.problems([Self.status(.issued), Self.status(.used)], [Self.taken], order: .issued) == [])
    // From several lots, and by somebody else's command.
    let parts = [Self.entry(.pointsRedeemed, 60), Self.entry(.pointsRedeemed, 40)]
    let others = [Self.entry(.pointsRedeemed, 5, "till/take-points", source: "pos")]
    #expect(Self.problems([Self.status(.issued)], parts + others) == [])
    #expect(Self.problems([Self.status(.issued, points: 0)], []) == [])
    // One of three pieces came back, and then the others.
    let inParts = [
      Self.entry(.pointsRedeemed, 300), Self.entry(.redemptionCancelled, 100, "r-1/return-points"),
      Self.entry(.redemptionCancelled, 200, "r-1/return-points/2"),
    ]
    let statuses = [Self.status(.issued, points: 300, quantity: 3), Self.status(.cancelled, points: 300, quantity: 3)]
    #expect(Self.problems(statuses, inParts) == [])
    #expect(Self.problems([Self.status(.refused)], [Self.taken, Self.back]) == [])
    #expect(Self.problems([Self.status(.refused)], []) == [])
    #expect(Self.problems([], [Self.taken]) == [])
  }

  @Test func pointsThatWereNotTakenOrNotGivenBackAreTold() {
    #expect(Self.problems([Self.status(.issued)], []) == ["redemption r-1: issued for 100 points, and 0 were taken"])
    #expect(
      Self.problems([Self.status(.issued)], [Self.taken, Self.taken])
        == ["redemption r-1: issued for 100 points, and 200 were taken"])
    #expect(
      Self.problems([Self.status(.refused)], [Self.taken]) == ["redemption r-1: refused, and 100 points are not back"])
    #expect(
      Self.problems([Self.status(.issued), Self.status(.cancelled)], [Self.taken])
        == ["redemption r-1: cancelled, and 100 points are not back"])
    #expect(
      Self.problems([Self.status(.refused)], [Self.taken, Self.back, Self.back])
        == ["redemption r-1: 100 points were taken for it, and 200 came back"])
    // A closed account takes none back; an erased member has none; an old ledger does not say.
    let closed = Self.entry(.redemptionCancelRefused, 0, "r-1/return-points")
    #expect(Self.problems([Self.status(.refused)], [Self.taken, closed]) == [])
    #expect(Self.problems([Self.status(.refused)], [Self.taken], erased: true) == [])
    #expect(Self.problems([Self.status(.issued)], [], startsLate: true) == [])
  }

  @Test func anAnswerThatComesTwiceOrTwoWaysIsTold() {
    let issued = Self.status(.issued)
    #expect(Self.problems([issued, issued], [Self.taken]) == ["redemption r-1: issued 2 times"])
    #expect(
      Self.problems([issued, Self.status(.refused)], [Self.taken]) == ["redemption r-1: both issued and refused"])
    #expect(
      Self.problems([Self.status(.refused), Self.status(.refused)], []) == ["redemption r-1: refused 2 times"])
    #expect(
      Self.problems([issued], [Self.taken], order: .refused)
        == ["redemption r-1: issued, and its partner refused the order"])
  }

  @Test func piecesThatStandAreCountedByReward() {
    var audit = RewardAudit { _ in false }
    audit.note(Self.status(.issued, "r-1", quantity: 3))
    audit.note(Self.status(.issued, "r-2"))
    audit.note(Self.status(.cancelled, "r-2"))
    audit.note(Self.status(.delivering, "r-3"))
    audit.note(Self.status(.cancelled, "r-3"))
    #expect(audit.standing == ["latte": 3])
    #expect(audit.redemptions == 3 && audit.issued == 2)
  }

  /// What does not fit at once is looked at share by share, with the same outcome.
  @Test func sharesSeeEverythingOnce() {
    let shares = AuditShare.shares(of: 25, atMost: 10)
    #expect(shares.count == 3)
    var (faults, redemptions) = (0, Int64(0))
    for share in shares {
      var audit = RewardAudit(share) { _ in false }
      for number in 0..<50 { audit.note(Self.status(.issued, "r-\(number)")) }
      faults += audit.faults.count
      redemptions += audit.redemptions
    }
    #expect(faults == 50 && redemptions == 50)
  }

  // MARK: Vouchers

  private static func voucher(
    _ id: String, code: String, piece: Int64 = 0, redemption: String = "r-1", left: Int64 = 1, partner: String? = nil
  ) -> VoucherRecord {
    let issue = VoucherIssue(
      voucher: id, memberId: "M-1", redemptionId: redemption, piece: piece, pool: partner ?? "own", terms: .ofPartners,
      uses: .times(1), validFrom: .epoch, validUntil: .distantFuture, isPartners: partner != nil)
    return VoucherRecord(issue: issue, state: .active, left: left, code: code, codeEnd: "7Q4K", occurredAt: .epoch)
  }

  private static func problems(_ records: [VoucherRecord]) -> [String] {
    var audit = VoucherAudit()
    for record in records { audit.note(record) }
    #expect(audit.faultCount == audit.faults.count)
    return audit.faults.map(\.problem)
  }

  @Test func aCodeIsOneVouchers() {
    let first = Self.voucher("v-1", code: "a")
    #expect(Self.problems([first, first, Self.voucher("v-2", code: "b", redemption: "r-2")]) == [])
    #expect(
      Self.problems([first, Self.voucher("v-2", code: "a", redemption: "r-2")])
        == ["voucher v-2: its code is another voucher's too"])
    #expect(
      Self.problems([first, Self.voucher("v-2", code: "b")]) == ["voucher v-2: piece 0 of r-1 has another voucher too"])
    // Two partners may have codes that are alike.
    let tea = Self.voucher("v-2", code: "a", redemption: "r-2", partner: "tea-house")
    #expect(Self.problems([first, tea, Self.voucher("v-3", code: "a", redemption: "r-3", partner: "got-it")]) == [])
  }

  @Test func aVoucherIsGoodForNoMoreThanItsUses() {
    #expect(Self.problems([Self.voucher("v-1", code: "a", left: 2)]) == ["voucher v-1: 2 of 1 are left"])
  }
}
