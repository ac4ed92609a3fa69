import Notifier
import Testing

@Suite(.timeLimit(.minutes(10))) struct PaceTests {
  // MARK: Rates

  @Test(arguments: ["14/s", "100/m", "5000/h", "1/s", "100000/s"]) func rateIsRead(_ text: String) {
    #expect(Rate(text) != nil)
  }

  @Test(arguments: ["", "14", "14/d", "/s", "0/s", "-1/s", "100001/s", "1.5/s", "14/s/m", "14 /s"])
  func whatIsNoRateIsNot(_ text: String) { #expect(Rate(text) == nil) }

  @Test func bucketHoldsASecondsWorthAndFillsExactly() throws {
    var bucket = TokenBucket(try #require(Rate("3/s")))
    #expect(bucket.available(nowMs: 1_000) == 3)
    bucket.take(3)
    #expect(bucket.available(nowMs: 1_000) == 0 && bucket.waitMs(nowMs: 1_000) == 334)
    #expect(bucket.available(nowMs: 1_333) == 0 && bucket.waitMs(nowMs: 1_333) == 1)
    #expect(bucket.available(nowMs: 1_334) == 1 && bucket.waitMs(nowMs: 1_334) == 0)
    #expect(bucket.available(nowMs: 2_000) == 3)
    #expect(bucket.available(nowMs: 99_999) == 3, "no more than a second's worth")
    #expect(bucket.available(nowMs: 5) == 3, "a clock that goes back takes nothing")
  }

  @Test func bucketOfASlowRateHoldsOne() throws {
    var bucket = TokenBucket(try #require(Rate("2/h")))
    #expect(bucket.available(nowMs: 0) == 1)
    bucket.take(1)
    #expect(bucket.waitMs(nowMs: 0) == 1_800_000)
    bucket.giveBack(1)
    bucket.giveBack(1)
    #expect(bucket.available(nowMs: 0) == 1, "it holds no more")
  }

  /// Over an hour no more than the rate and what it held at first.
  @Test func rateIsKeptOverTime() throws {
    var bucket = TokenBucket(try #require(Rate("100/m")))
    var sent = 0
    for nowMs in stride(from: Int64(0), through: 3_600_000, by: 37) where bucket.available(nowMs: nowMs) > 0 {
      bucket.take(1)
      sent += 1
    }
    #expect((6_000...6_002).contains(sent), "\(sent)")
  }

  // MARK: Domains

  let busy = SendOutcome.retryLater(SendReason("smtp-421", holdsDomain: true))

  func pace(rate: String? = nil, _ domains: [String: String] = [:]) throws -> ChannelPace {
    ChannelPace(
      rate: try rate.map { try #require(Rate($0)) }, domainRates: try domains.mapValues { try #require(Rate($0)) },
      holds: DomainHolds(firstPauseMs: 1_000, pauseMsMax: 3_000))
  }

  @Test func domainThatAsksForPatienceIsHeldAndNoOther() throws {
    var pace = try pace()
    #expect(pace.waitMs(for: "slow.example", nowMs: 0) == nil)
    pace.heard(busy, of: "slow.example", nowMs: 0)
    pace.heard(busy, of: "slow.example", nowMs: 10)
    #expect(pace.domainsHeld == 1 && pace.waitMs(for: "fast.example", nowMs: 10) == nil)
    #expect(pace.waitMs(for: "slow.example", nowMs: 10) == 990)
    #expect(pace.waitMs(for: "slow.example", nowMs: 999) == 1)
    #expect(pace.waitMs(for: "slow.example", nowMs: 1_000) == nil, "the try")
    #expect(pace.waitMs(for: "slow.example", nowMs: 1_000) == 1_000, "one alone")
    pace.heard(busy, of: "slow.example", nowMs: 1_100)
    #expect(pace.waitMs(for: "slow.example", nowMs: 1_100) == 2_000, "twice as long")
    #expect(pace.waitMs(for: "slow.example", nowMs: 3_100) == nil)
    pace.heard(busy, of: "slow.example", nowMs: 3_100)
    #expect(pace.waitMs(for: "slow.example", nowMs: 3_100) == 3_000, "as long as it may be")
    #expect(pace.waitMs(for: "slow.example", nowMs: 6_100) == nil)
    pace.heard(.sent, of: "slow.example", nowMs: 6_200)
    #expect(pace.domainsHeld == 0 && pace.waitMs(for: "slow.example", nowMs: 6_200) == nil)
  }

  @Test func tryThatWasNotMadeLetsAnotherBeMade() throws {
    var pace = try pace()
    pace.heard(busy, of: "slow.example", nowMs: 0)
    #expect(pace.waitMs(for: "slow.example", nowMs: 1_000) == nil)
    pace.heard(.notAttempted, of: "slow.example", nowMs: 1_000)
    #expect(pace.waitMs(for: "slow.example", nowMs: 1_000) == nil)
    #expect(pace.waitMs(for: "slow.example", nowMs: 900_999) == 1_000)
    #expect(pace.waitMs(for: "slow.example", nowMs: 901_000) == nil, "nobody has heard of it again")
    pace.heard(.sent, of: "slow.example", nowMs: 901_000)
    #expect(pace.domainsHeld == 0)
  }

  @Test func domainsHeldAreBounded() {
    var holds = DomainHolds(firstPauseMs: 1_000, pauseMsMax: 3_000)
    for number in 0..<(DomainHolds.domainsMax + 5) { holds.hold("d\(number).example", nowMs: 0) }
    #expect(holds.count == DomainHolds.domainsMax)
    holds.hold("late.example", nowMs: 1_000)
    #expect(
      holds.count == 1 && holds.waitMs(for: "late.example", nowMs: 1_000) == 1_000, "those whose pause is over go")
  }

  @Test func messagesToADomainWithARateStandInALine() throws {
    var pace = try pace(["slow.example": "60/m"])
    #expect(pace.waitMs(for: "slow.example", nowMs: 0) == nil)
    #expect((0..<3).map { _ in pace.waitMs(for: "slow.example", nowMs: 0) } == [1_000, 2_000, 3_000])
    #expect(pace.waitMs(for: "fast.example", nowMs: 0) == nil)
    #expect(pace.waitMs(for: "slow.example", nowMs: 1_000) == nil, "the first of the line")
    #expect(pace.waitMs(for: "slow.example", nowMs: 1_000) == 3_000, "behind it")
  }

  // MARK: A channel

  @Test func channelGivesWhatItsRateHas() throws {
    var pace = try pace(rate: "2/s")
    #expect(pace.room(for: 8, nowMs: 0) == 2)
    pace.take(2)
    #expect(pace.room(for: 8, nowMs: 0) == 0 && pace.waitMs(nowMs: 0) == 500)
    pace.giveBack(1)
    #expect(pace.room(for: 8, nowMs: 0) == 1)
    var free = try self.pace()
    #expect(free.room(for: 8, nowMs: 0) == 8 && free.waitMs(nowMs: 0) == 0)
  }

  @Test func gatewayThatSaysWhenIsLeftAloneUntilThen() throws {
    var pace = try pace()
    pace.heard(.retryLater(SendReason("gateway-429", retryAfterMs: 20_000)), of: nil, nowMs: 0)
    #expect(pace.room(for: 8, nowMs: 19_999) == 0 && pace.waitMs(nowMs: 19_999) == 1)
    #expect(pace.room(for: 8, nowMs: 20_000) == 8)
    pace.heard(.retryLater(SendReason("gateway-429", retryAfterMs: 86_400_000)), of: nil, nowMs: 0)
    #expect(pace.waitMs(nowMs: 0) == ChannelPace.pauseMsMax, "nobody may stop a channel for a day")
  }
}
