import Contracts
import Loyalty
import RewardEngine
import Rewards
import StreamTesting
import TestValues
import Testing

/// Many at once, and the process dies again and again: never one too many, never one lost, each answered once.
@Suite(.timeLimit(.minutes(10))) struct RaceTests {
  private static let seeds = 1...12

  @Test(arguments: seeds) func aStockIsGivenToAsManyAsThereAre(seed: Int) throws {
    let members = (1...30).map { "M-\($0)" }
    // Every fifth is too poor.
    let balances = Dictionary(uniqueKeysWithValues: members.enumerated().map { ($1, $0 % 5 == 0 ? Int64(50) : 150) })
    let fixture = try RewardFixture(
      rewards: [RewardFixture.reward("latte", stock: 5)], balances: balances, partitionCount: 3)
    defer { fixture.driver.close() }
    for member in members { fixture.redeem("r", member: member) }
    try fixture.runThroughCrashes(seed: UInt64(seed))
    try fixture.checkBooks(members, before: balances)
    // What was held for one who could not pay is free again, and may have come too late for the others.
    let issued = Int64(try fixture.statuses().count { $0.state == .issued })
    #expect((1...5).contains(issued))
    #expect(try fixture.stockLeft("latte") == [5 - issued, 0, issued, 0])
  }

  @Test(arguments: seeds) func aPoolOfCodesIsGivenToAsManyAsThereAre(seed: Int) throws {
    let members = (1...40).map { "M-\($0)" }
    let balances = Dictionary(uniqueKeysWithValues: members.map { ($0, Int64(150)) })
    let fixture = try RewardFixture(
      rewards: [RewardFixture.reward("film", pool: "imported")], balances: balances, partitionCount: 3)
    defer { fixture.driver.close() }
    fixture.import((1...4).map { "FILM-\($0)" })
    try fixture.run()
    for member in members { fixture.redeem("r", "film", member: member) }
    try fixture.runThroughCrashes(seed: UInt64(seed))
    try fixture.checkBooks(members, before: balances)
    #expect(try fixture.statuses().count { $0.state == .issued } == 4)
    #expect(fixture.rows("free-codes") == 0)
  }

  @Test(arguments: seeds) func aVoucherIsUsedNoMoreThanItsUses(seed: Int) throws {
    let times = Int64(seed % 3 + 1)
    let fixture = try RewardFixture(
      pools: [RewardFixture.pool("own", more: #","uses":\#(times)"#)], partitionCount: 3)
    defer { fixture.driver.close() }
    fixture.redeem("r-1")
    try fixture.run()
    let code = try fixture.code("r-1")
    var asked: [String] = []
    for till in 1...5 {
      asked.append(fixture.till(fixture.hold("h-\(till)", bill: "B-\(till)"), code))
      asked.append(fixture.till(.commit(.init(hold: "h-\(till)")), code))
    }
    try fixture.runThroughCrashes(seed: UInt64(seed))
    let answers = try fixture.driver.values(of: Topic.voucherAnswers.name) { try TillAnswer(decoding: $0) }
    #expect(answers.map(\.id) == asked)
    #expect(answers.count { $0.outcome == .committed } == times)
    #expect(try fixture.vouchers().values.map(\.left) == [0])
    #expect(try fixture.status("r-1")?.state == .used)
  }
}

extension RewardFixture {
  private struct Crash: Error {}
  private static let crashesMax = 25

  /// The same as ``run()``, and the worker dies at moments of the seed's choice.
  ///
  /// - Parameter partnerDies: what is out at partners is gone with the worker.
  func runThroughCrashes(seed: UInt64, partnerDies: Bool = false) throws {
    var random = SplitMix(seed: seed)
    var left = Self.crashesMax
    let mayCrash: (MemoryStep) throws -> Void = { _ in
      guard left > 0, random.happens(oneIn: 12) else { return }
      left -= 1
      throw Crash()
    }
    driver.io.onStep = mayCrash
    repeat {
      while try !comesToRest() {
        if partnerDies {
          try dieWithCallsOut()
          driver.io.onStep = mayCrash
        }
      }
    } while try book() || callPartner()
    #expect(left < Self.crashesMax)
    driver.io.onStep = nil
  }

  /// False: it died, and has started again.
  private func comesToRest() throws -> Bool {
    do {
      try driver.run()
      return true
    } catch is Crash {
      driver.kill()
      while true {
        do {
          try driver.start()
          return false
        } catch is Crash {
          driver.kill()
        }
      }
    }
  }

  /// What must hold whatever happened: each asker is answered once, no code is two vouchers', and members paid for what
  /// they got and nothing else.
  func checkBooks(_ members: [String], before: [String: Int64]) throws {
    let statuses = try statuses()
    #expect(statuses.map(\.memberId).sorted() == members.sorted())
    let issued = statuses.filter { $0.state == .issued }
    let vouchers = try vouchers()
    #expect(Set(vouchers.values.map(\.code)).count == vouchers.count)
    #expect(Set(issued.flatMap(\.vouchers).map(\.id)) == Set(vouchers.keys))
    let price: Int64 = 100
    for member in members {
      let got = Int64(issued.count { $0.memberId == member })
      #expect(balances[member] == before[member, default: 0] - got * price, "\(member)")
    }
    #expect(deadLetters().isEmpty)
  }
}
