import StreamRuntime
import StreamTesting
import Testing

/// Reference records that are published while cycles run.
struct GlobalTableTests {
  private static let events = "events"
  private static let rates = "rates"
  private static let prices = "prices"

  /// Prices each event by the rate it knows. `duringCycle` runs while an event is processed.
  private final class Pricing: Processor {
    private let context: ProcessorContext
    private let duringCycle: () -> Void

    init(_ context: ProcessorContext, _ duringCycle: @escaping () -> Void) {
      self.context = context
      self.duringCycle = duringCycle
    }

    func process(_ record: InputRecord) throws {
      var rate: [UInt8] = Array("none".utf8)
      context.globals.forEach(topic: 0) { rate = Array($0) }
      rate.withUnsafeBytes { context.outbox.send(topic: 0, key: record.key, value: $0) }
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
      outputTopics: [Self.prices], makeProcessor: { context in Pricing(context) { hook.action?() } })
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

  @Test func quietReferenceTopicsAbortNoCycle() throws {
    try withDriver { driver, _ in
      driver.publish(Self.rates, key: "r", value: "7")
      for number in 0..<250 { driver.publish(Self.events, key: "\(number)", value: "") }
      try driver.run()
      #expect(driver.outputs(Self.prices).allSatisfy { $0.value == "7" })
      #expect(driver.metrics.exposition().contains("stampede_cycles_aborted_total{service=\"pricing\"} 0\n"))
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
