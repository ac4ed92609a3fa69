import Loyalty
import TestValues
import Testing

/// The protocol by which partitions share a budget, without any stream.
@Suite(.timeLimit(.minutes(10))) struct CampaignBudgetTests {
  private func claim(_ number: Int64, _ points: Points, partition: Int32 = 0) -> BudgetClaim {
    BudgetClaim(
      programId: "p", campaign: "c", partition: partition, number: number, points: points,
      occurredAt: time("2017-01-02"))
  }

  @Test func aGrantIsWhatIsClaimedOrAnEvenShareOfAnEighth() {
    var budget = CampaignBudget()
    let first = budget.answer(claim(1, 10), budget: 8_000, partitionCount: 4)
    #expect(first?.points == 250 && first?.ahead == 240 && first?.remaining == 7_750)
    let large = budget.answer(claim(1, 900, partition: 1), budget: 8_000, partitionCount: 4)
    #expect(large?.points == 900 && large?.ahead == 0)
    #expect(budget.granted == 1_150)
  }

  @Test func aClaimIsAnsweredOnceAndTheBudgetIsNeverExceeded() {
    var budget = CampaignBudget()
    func answer(_ number: Int64, _ points: Points, of amount: Points) -> Points? {
      budget.answer(claim(number, points), budget: amount, partitionCount: 2)?.points
    }
    let first = answer(1, 90, of: 100)
    let repeated = answer(1, 90, of: 100)
    #expect(first == 90 && repeated == nil)
    let rest = answer(2, 90, of: 100)
    let nothing = answer(3, 1, of: 100)
    #expect(rest == 10 && nothing == 0)
    let lowered = answer(4, 1, of: 50)
    let raised = answer(5, 60, of: 150)
    #expect(lowered == 0 && raised == 50)
    #expect(budget.granted == 150)
  }

  @Test func onlyOneClaimIsUnderWayAndItAsksForAllThatWaits() {
    var allotment = CampaignAllotment()
    let unwanted = allotment.claim()
    #expect(unwanted == nil)
    let first = allotment.makeWait(30, budget: 100)
    let second = allotment.makeWait(5, budget: 100)
    #expect(first == 1 && second == 2)
    let sent = allotment.claim()
    #expect(sent?.number == 1 && sent?.points == 35)
    let third = allotment.makeWait(7, budget: 100)
    let again = allotment.claim()
    #expect(third == 3 && again == nil)
  }

  @Test func aGrantIsTakenOnceAndHalfUsedUpTheNextIsAskedFor() {
    var budget = CampaignBudget()
    var allotment = CampaignAllotment()
    _ = allotment.makeWait(10, budget: 8_000)
    _ = allotment.claim()
    guard let grant = budget.answer(claim(1, 10), budget: 8_000, partitionCount: 4) else {
      Issue.record("no grant")
      return
    }
    let isNew = allotment.take(grant)
    let isNewAgain = allotment.take(grant)
    #expect(isNew && !isNewAgain)
    #expect(allotment.left == 250)
    allotment.deferred = 0
    allotment.left = 120
    let early = allotment.claim()
    #expect(early == nil)
    allotment.left = 119
    let ahead = allotment.claim()
    #expect(ahead?.number == 2 && ahead?.points == 0)
  }

  @Test func whereNothingRemainsAwardsStayCappedUntilTheBudgetIsRaised() {
    var budget = CampaignBudget()
    var allotment = CampaignAllotment()
    _ = allotment.makeWait(100, budget: 100)
    _ = allotment.claim()
    if let grant = budget.answer(claim(1, 100), budget: 100, partitionCount: 4) { _ = allotment.take(grant) }
    allotment.deferred = 0
    allotment.left = 0
    #expect(allotment.exhausted == 100)
    let capped = allotment.makeWait(1, budget: 100)
    let none = allotment.claim()
    #expect(capped == nil && none == nil)
    let waiting = allotment.makeWait(1, budget: 101)
    let again = allotment.claim()
    #expect(waiting == 2 && again?.points == 1)
  }
}
