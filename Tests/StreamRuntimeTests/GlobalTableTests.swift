import StreamRuntime
import StreamTesting
import Testing

/// Reference records that are published while cycles run.
@Suite(.timeLimit(.minutes(10))) struct GlobalTableTests {
  private static let events = "events"
  private static let rates = "rates"
  private static let names = "names"
  private static let prices = "prices"
  private static let told = "told"

  /// Prices each event by the rate it knows, and tells the names that changed since the event before. `duringCycle`
  /// runs while an event is processed.
  private final class Pricing: Processor {
    private let context: ProcessorContext
    private let duringCycle: () -> Void
    private var namesVersion = 0

    init(_ context: ProcessorContext, _ duringCycle: @escaping () -> Void) {
      self.context = context
      self.duringCycle = duringCycle
    }

    func process(_ record: InputRecord) throws {
      var rate: [UInt8] = Array("none".utf8)
      context.global(GlobalTableTests.rates).forEachChange { _, value in rate = value.map(Array.init) ?? rate }
      rate.withUnsafeBytes { context.outbox.send(topic: 0, key: record.key, value: $0) }
      context.global(GlobalTableTests.names).forEachChange(after: namesVersion) { name, value in
        context.outbox.send(topic: 1, key: name, value: value)
      }
      namesVersion = context.global(GlobalTableTests.names).version
      duringCycle()
    }
  }

  private final class Hook {
    var action: (() -> Void)?
  }

  private func withDriver(_ body: (TopologyDriver, Hook) throws -> Void) throws {
    nonisolated(unsafe) let hook = Hook()
    let topology = Topology(
      service: "pricing", inputTopics: [Self.events], stores: [], globalTopics: [Self.rates],
      followedTopics: [Self.names], outputTopics: [Self.prices, Self.told],
      makeProcessor: { context in Pricing(context) { hook.action?() } })
    let driver = try TopologyDriver(topology, clock: .wall)
    defer { driver.close() }
    try body(driver, hook)
  }

  @Test func recordPublishedAfterAReferenceRecordIsProcessedWithItThoughTheCycleBeganBefore() throws {
    try withDriver { driver, hook in
      try driver.run()
      // While the first event is processed the rate is published, and after that an event that must see it.
      hook.action = {
        hook.action = nil
        driver.publish(Self.rates, key: "r", value: "7")
        driver.publish(Self.events, key: "after", value: "")
      }
      driver.publish(Self.events, key: "before", value: "")
      try driver.run()
      let prices = driver.outputs(Self.prices)
      #expect(prices.last?.key == "after" && prices.last?.value == "7")
      #expect(prices.map(\.value) == ["7", "7"])
      #expect(driver.metrics.exposition().contains("stampede_cycles_aborted_total{service=\"pricing\"} 1\n"))
    }
  }

  @Test(arguments: [nil, ""]) func emptyValueIsATombstoneAsNoneIs(gone: String?) throws {
    try withDriver { driver, _ in
      driver.publish(Self.rates, key: "r", value: "7")
      driver.publish(Self.names, key: "n", value: "An")
      driver.publish(Self.events, key: "first", value: "")
      try driver.run()
      driver.publish(Self.rates, key: "r", value: gone)
      driver.publish(Self.names, key: "n", value: gone)
      try driver.run()
      driver.publish(Self.events, key: "second", value: "")
      try driver.run()
      #expect(driver.outputs(Self.prices).map(\.value) == ["7", "none"])
      #expect(driver.outputs(Self.told).map(\.value) == ["An", nil])
    }
  }

  @Test func quietReferenceTopicsAbortNoCycle() throws {
    try withDriver { driver, _ in
      driver.publish(Self.rates, key: "r", value: "7")
      for number in 0..<250 { driver.publish(Self.events, key: "\(number)", value: "") }
      try driver.run()
      #expect(driver.outputs(Self.prices).allSatisfy { $0.value == "7" })
      #expect(driver.metrics.exposition().contains("stampede_cycles_aborted_total{service=\"pricing\"} 0\n"))
    }
  }

  @Test func recordOfAFollowedTopicAbortsNoCycleAndIsKnownInTheNext() throws {
    try withDriver { driver, hook in
      try driver.run()
      hook.action = {
        hook.action = nil
        driver.publish(Self.names, key: "n", value: "An")
      }
      driver.publish(Self.events, key: "first", value: "")
      try driver.run()
      driver.publish(Self.events, key: "second", value: "")
      try driver.run()
      #expect(driver.outputs(Self.told).map(\.value) == ["An"])
      #expect(driver.metrics.exposition().contains("stampede_cycles_aborted_total{service=\"pricing\"} 0\n"))
    }
  }

  @Test func onlyWhatChangedIsHandedOverAndADeleteToThoseWhoKnew() throws {
    try withDriver { driver, _ in
      // One key, one partition, one processor.
      func tellTheNext() throws -> [String] {
        let before = driver.outputs(Self.told).count
        driver.publish(Self.events, key: "e", value: "")
        try driver.run()
        return driver.outputs(Self.told).dropFirst(before).map { "\($0.key ?? "-")=\($0.value ?? "gone")" }.sorted()
      }
      // Deleted before anybody looked: nobody is told.
      driver.publish(Self.names, key: "early", value: "Ba")
      driver.publish(Self.names, key: "early", value: nil)
      for number in 0..<3_000 { driver.publish(Self.names, key: "a", value: "\(number)") }
      driver.publish(Self.names, key: "b", value: "Binh")
      let first = try tellTheNext()
      #expect(first == ["a=2999", "b=Binh"])
      let second = try tellTheNext()
      #expect(second.isEmpty)
      driver.publish(Self.names, key: "a", value: nil)
      driver.publish(Self.names, key: "c", value: "Chi")
      let third = try tellTheNext()
      #expect(third == ["a=gone", "c=Chi"])
      let fourth = try tellTheNext()
      #expect(fourth.isEmpty)
    }
  }

  @Test func referenceRecordsWithoutEndDoNotHoldUpTheWork() throws {
    try withDriver { driver, hook in
      var number = 0
      hook.action = {
        number += 1
        driver.publish(Self.rates, key: "r", value: "\(number)")
      }
      driver.publish(Self.events, key: "a", value: "")
      try driver.run()
      #expect(driver.outputs(Self.prices).map(\.key) == ["a"])
    }
  }
}
