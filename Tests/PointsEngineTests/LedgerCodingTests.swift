import Contracts
import JSON
import Loyalty
import TestValues
import Testing

@Suite(.timeLimit(.minutes(10))) struct LedgerCodingTests {
  @Test func anEntryOfAPurchaseThatSaysWhatItsRuleWorkedOnIsReadAsItWasWritten() throws {
    let entry = LedgerEntry(
      id: "e/1", type: .pointsCorrected, memberId: "M-1", programId: "journey", sequence: 7, points: 5,
      debit: .memberAvailable, credit: .programIssued, lotId: "pos:A", cause: "A", source: "pos", purchase: "pos:A",
      rule: "base", basis: .points(10), tier: "gold", capped: .campaign, occurredAt: time("2017-01-02"),
      bookedAt: time("2017-01-03"), programVersion: 1, balances: Balances(pending: 0, available: 5))
    let text = json { entry.encode(to: &$0) }
    #expect(try bytes(text) { try LedgerEntry(decoding: $0) } == entry)
  }

  @Test func anActivityOfAnUnknownProgrammeIsADeadLetter() throws {
    let engine = try Engine()
    defer { engine.driver.close() }
    engine.driver.publish(
      Topic.activities.name, key: "M-1",
      value: """
        {"type":"activity","id":"1","memberId":"M-1","occurredAt":"2017-01-02T12:00:00Z","source":"app",\
        "activity":"quiz","programId":"journye"}
        """)
    try engine.run()
    #expect(engine.driver.outputs(Topic.deadLetters(of: .pointsEngine)).count == 1)
  }
}
