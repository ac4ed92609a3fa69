import Contracts
import Loyalty
import TestValues
import Testing

/// Numbers on internal topics that no worker writes: each is a dead letter, and what lies behind it is booked.
@Suite(.timeLimit(.minutes(10))) struct HostileMessageTests {
  private func part(_ points: String) -> String {
    #"{"points":\#(points),"earnedAt":"2017-01-02T00:00:00Z","programVersion":1}"#
  }

  private func transfer(_ parts: String...) -> String {
    """
    {"type":"transfer.sent","id":"T","occurredAt":"2017-01-03T00:00:00Z","programId":"journey","programVersion":1,
     "from":"M-2","to":"M-1","parts":[\(parts.joined(separator: ","))]}
    """
  }

  /// What was dead-lettered, after a purchase behind it was booked.
  private func lettersBefore(aPurchaseOf engine: Engine) throws -> [String] {
    engine.buy("canary", 10, at: "2017-02-03")
    try engine.run()
    #expect(try engine.account()?.balances.pending == 10)
    return engine.driver.outputs("points-engine.dead-letters").compactMap { $0.headers["dl_error"] }
  }

  @Test func partsOfATransferThatOverflowAreRefused() throws {
    let engine = try Engine()
    defer { engine.driver.close() }
    let most = part("\(Int64.max)")
    for hostile in [transfer(most, most), transfer(part("0")), transfer(part("1000000000001"))] {
      engine.driver.publish(Topic.transfers.name, key: "M-1", value: hostile)
    }
    let letters = try lettersBefore(aPurchaseOf: engine)
    #expect(letters == ["invalid-points", "invalid-points", "invalid-points"])
  }

  @Test func budgetsOfPartitionsThatThereAreNotAreRefused() throws {
    let engine = try Engine(partitionCount: 2)
    defer { engine.driver.close() }
    func claim(_ partition: Int64, _ points: String = "5") -> String {
      """
      {"type":"budget.claimed","id":"x","occurredAt":"2017-01-03T00:00:00Z","programId":"journey","campaign":"c",
       "partition":\(partition),"claim":1,"points":\(points)}
      """
    }
    let grant = claim(99).replacing("claimed", with: "granted").replacing(
      "\"points\":5", with: "\"points\":5,\"ahead\":0,\"budget\":9,\"remaining\":4")
    for hostile in [claim(99), claim(2), grant, claim(4_294_967_296), claim(0, "\(Int64.max)")] {
      engine.driver.publish(Topic.budgets.name, partition: 0, key: "journey\u{1F}c", value: hostile)
    }
    let letters = try lettersBefore(aPurchaseOf: engine)
    #expect(
      letters == ["unknown-partition", "unknown-partition", "unknown-partition", "invalid-value", "invalid-points"])
    #expect(engine.driver.outputs(Topic.budgets.name).count == 5, "nothing was answered")
  }

  @Test func tierChangesOfEndlessPartsAreRefused() throws {
    let engine = try Engine()
    defer { engine.driver.close() }
    let leaves = Array(repeating: #"{"at":"2018-01-01T00:00:00Z","amount":"1"}"#, count: 121).joined(separator: ",")
    engine.driver.publish(
      Topic.tiers.name, key: "M-1",
      value: """
        {"type":"tier.changed","id":"x","occurredAt":"2017-01-03T00:00:00Z","memberId":"M-1","programId":"journey",
         "level":"gold","previous":"member","since":"2017-01-03T00:00:00Z","reason":"upgrade","measures":"spend",
         "metric":"1","progress":{"asOf":"2017-01-03T00:00:00Z","counted":"1","leaves":[\(leaves)]},"cause":"P"}
        """)
    #expect(try lettersBefore(aPurchaseOf: engine) == ["invalid-value"])
  }

  /// Through the engine with its stores: five returns of an unknown purchase, and 560 purchases that hold bonuses.
  @Test func rowsStayBelowWhatABrokerTakes() throws {
    let engine = try Engine(programmes: [
      """
      {"id":"journey","version":1,"effectiveFrom":"2017-01-01T00:00:00Z","name":"Journey","currencies":["USD"],
       "timeZone":"UTC","earning":[{"id":"b","kind":"threshold","amount":"1.00","points":1,"within":"year","repeat":true}]}
      """
    ])
    defer { engine.driver.close() }
    func longId(_ number: Int) -> String { "\(number)" + String(repeating: "😀", count: 120) }
    for number in 0..<5 {
      let lines = (0..<470).map { ReturnedLine(sku: longId($0), quantity: .one) }
      engine.send(
        Transaction(
          id: "R\(number)", source: "pos", kind: .returned(Return(purchaseId: "none", lines: lines)), memberId: "M-1",
          occurredAt: time("2017-02-01"), currency: usd))
    }
    for number in 0..<560 { engine.buy(longId(number), 1, at: "2017-02-02") }
    // The spend of one that came back took the bonus of the one that was given last, whose id is long.
    engine.bringBack("back", of: longId(0), 1, at: "2017-02-03")
    try engine.run()
    #expect(engine.driver.outputs("points-engine.dead-letters").isEmpty)
    #expect(try engine.ledger().count { $0 == "return.refused 0 too-many-returns" } == 4)
    #expect(try engine.account()?.balances.available == 559)
    let largest = engine.driver.outputs("points-engine.accounts.changelog").map { $0.value?.utf8.count ?? 0 }.max() ?? 0
    #expect(largest < 700_000, "\(largest)")
  }
}
