import Contracts
import Loyalty
import Testing

/// Points on their way between members of two partitions.
@Suite(.timeLimit(.minutes(10))) struct TransferTests {
  static let programme = """
    {"id":"journey","version":1,"effectiveFrom":"2017-01-01T00:00:00Z","name":"Journey","currencies":["USD"],
     "timeZone":"UTC","earning":[{"id":"base","kind":"spend","points":1,"per":"1.00"}],
     "expiry":{"kind":"months","months":6},"transfer":{"minimumPoints":5}}
    """

  /// The first member of each partition.
  private func members(_ engine: Engine) throws -> (there: String, here: String) {
    let ids = (1...20).map { "M-\($0)" }
    let here = try #require(ids.first { engine.driver.log.partition(of: Array($0.utf8)) == 0 })
    let there = try #require(ids.first { engine.driver.log.partition(of: Array($0.utf8)) == 1 })
    return (there, here)
  }

  /// An engine on two partitions whose member `from` has 100 points.
  private func engine() throws -> (engine: Engine, from: String, to: String) {
    let engine = try Engine(programmes: [Self.programme], partitionCount: 2)
    let (from, to) = try members(engine)
    engine.buy("P", 100, at: "2017-01-02", member: from)
    try engine.run()
    return (engine, from, to)
  }

  private func available(_ engine: Engine, _ member: String) throws -> Int64? {
    try engine.account(member)?.balances.available.value
  }

  private func inTransfer(_ engine: Engine) throws -> Int64 {
    try engine.entries().reduce(0) { sum, entry in
      sum + (entry.credit == .programTransfer ? entry.points.value : 0)
        - (entry.debit == .programTransfer ? entry.points.value : 0)
    }
  }

  @Test func pointsReachTheOtherPartitionOnceHoweverOftenTheCommandComes() throws {
    let (engine, from, to) = try engine()
    defer { engine.driver.close() }
    for _ in 0..<2 {
      engine.command("T", .transfer(points: 40, to: to), at: "2017-01-03", member: from)
      try engine.run()
      try engine.driver.restart(losingDisk: true)
    }
    #expect(try available(engine, from) == 60 && available(engine, to) == 40 && inTransfer(engine) == 0)
    #expect(try engine.ledger(of: to) == ["points.transferred-in 40"])
    #expect(engine.driver.outputs(Topic.transfers.name).map(\.key) == [to])
    #expect(engine.driver.outputs("points-engine.dead-letters").isEmpty)
  }

  @Test func aTransferThatIsDeliveredAgainMovesNothing() throws {
    let (engine, from, to) = try engine()
    defer { engine.driver.close() }
    engine.command("T", .transfer(points: 40, to: to), at: "2017-01-03", member: from)
    try engine.run()
    let handedOver = try #require(engine.driver.outputs(Topic.transfers.name).first)
    engine.driver.publish(Topic.transfers.name, key: handedOver.key, value: handedOver.value)
    try engine.run()
    #expect(try available(engine, to) == 40 && inTransfer(engine) == 0)
  }

  @Test func twoSendersMayUseTheSameCommandId() throws {
    let (engine, from, to) = try engine()
    defer { engine.driver.close() }
    let third = try #require((21...40).map { "M-\($0)" }.first)
    engine.buy("P", 10, at: "2017-01-02", member: third)
    try engine.run()
    engine.command("T", .transfer(points: 40, to: to), at: "2017-01-03", member: from)
    engine.command("T", .transfer(points: 7, to: to), at: "2017-01-03", member: third)
    engine.command("T", .transfer(points: 9, to: from), at: "2017-01-03", member: to)
    try engine.run()
    engine.command("U", .transfer(points: 9, to: from), at: "2017-01-04", member: to)
    try engine.run()
    #expect(try available(engine, to) == 38 && available(engine, from) == 69 && inTransfer(engine) == 0)
  }

  @Test func aClosedRecipientSendsThemBackAcrossThePartition() throws {
    let (engine, from, to) = try engine()
    defer { engine.driver.close() }
    engine.command("C", .close, at: "2017-01-02", program: "journey", member: to)
    try engine.run()
    engine.command("T", .transfer(points: 40, to: to), at: "2017-01-03", member: from)
    try engine.run()
    #expect(try available(engine, from) == 100 && available(engine, to) == 0 && inTransfer(engine) == 0)
    #expect(try engine.ledger(of: from).suffix(2) == ["points.transferred-out 40", "points.transfer-returned 40"])
    #expect(engine.driver.outputs(Topic.transfers.name).map(\.key) == [to, from])
  }

  @Test func anErasedRecipientSendsThemBackAndLeavesNoRow() throws {
    let (engine, from, to) = try engine()
    defer { engine.driver.close() }
    engine.erase(to)
    try engine.run()
    engine.command("T", .transfer(points: 40, to: to), at: "2017-01-03", member: from)
    try engine.run()
    #expect(try available(engine, from) == 100 && engine.account(to) == nil && inTransfer(engine) == 0)
    #expect(try engine.entries().last?.reason == "member-erased")
  }

  @Test func pointsThatComeBackToAnErasedSenderExpireAndLeaveNoRow() throws {
    let (engine, from, to) = try engine()
    defer { engine.driver.close() }
    engine.command("C", .close, at: "2017-01-02", program: "journey", member: to)
    try engine.run()
    engine.command("T", .transfer(points: 40, to: to), at: "2017-01-03", member: from)
    engine.erase(from)
    // The erasure is read before the transfer has come back.
    try engine.run()
    #expect(try inTransfer(engine) == 0 && engine.account(from) == nil)
    #expect(try engine.ledger(of: from).last == "points.transfer-returned 40")
    #expect(try engine.entries().last?.credit == .programExpired)
  }

  @Test func aRefusedTransferHandsNothingOver() throws {
    let (engine, from, to) = try engine()
    defer { engine.driver.close() }
    engine.command("T1", .transfer(points: 400, to: to), at: "2017-01-03", member: from)
    engine.command("T2", .transfer(points: 40, to: from), at: "2017-01-03", member: from)
    try engine.run()
    #expect(
      try engine.ledger(of: from).suffix(2) == [
        "points.transfer-refused 0 insufficient-points", "points.transfer-refused 0 same-member",
      ])
    #expect(engine.driver.outputs(Topic.transfers.name).isEmpty)
  }
}
