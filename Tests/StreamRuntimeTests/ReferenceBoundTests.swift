import StreamRuntime
import StreamTesting
import Testing

/// What a thread keeps of a reference topic: no more than its rule bounds, and whichever way it was read the same.
@Suite(.timeLimit(.minutes(10))) struct ReferenceBoundTests {
  private static let events = "events"
  private static let names = "names"
  private static let told = "told"

  /// Tells, for each event, every name that it knows.
  private final class Knowing: Processor {
    private let context: ProcessorContext
    private var known: Set<String> = []
    private var version = 0

    init(_ context: ProcessorContext) { self.context = context }

    func process(_ record: InputRecord) throws {
      let names = context.global(ReferenceBoundTests.names)
      names.forEachChange(after: version, startingOver: { known = [] }) { key, value in
        let name = String(decoding: key, as: UTF8.self)
        if value == nil { known.remove(name) } else { known.insert(name) }
      }
      version = names.version
      let all = known.sorted().joined(separator: " ")
      Array(all.utf8).withUnsafeBytes { context.outbox.send(topic: 0, key: record.key, value: $0) }
    }
  }

  /// Values are `rank` and whatever follows; what does not begin with a digit follows no rule.
  private static let rule = ReferenceRule(recordsMax: 3, bytesMax: 100) { _, value in
    let text = String(decoding: value, as: UTF8.self)
    guard let rank = Int64(text.prefix { $0.isNumber }) else { return .leftOut(reason: "no rank") }
    return .kept(rank: rank)
  }

  private func withDriver(_ body: (TopologyDriver) throws -> Void) throws {
    let topology = Topology(
      service: "knowing", inputTopics: [Self.events], stores: [], globalTopics: [Self.names],
      references: [Self.names: Self.rule], outputTopics: [Self.told], makeProcessor: { Knowing($0) })
    let driver = try TopologyDriver(topology, clock: .wall)
    defer { driver.close() }
    try body(driver)
  }

  private func known(_ driver: TopologyDriver) throws -> String? {
    driver.publish(Self.events, key: "e", value: "")
    try driver.run()
    return driver.outputs(Self.told).last?.value ?? nil
  }

  private func expect(
    _ names: String, of driver: TopologyDriver, _ location: SourceLocation = #_sourceLocation
  ) throws {
    let found = try known(driver)
    #expect(found == names, sourceLocation: location)
  }

  private func leftOut(_ driver: TopologyDriver) -> String? {
    let line = driver.metrics.exposition().split(separator: "\n").first {
      $0.hasPrefix("stampede_reference_records_left_out{")
    }
    return line?.split(separator: " ").last.map(String.init)
  }

  @Test(arguments: [true, false], 0..<6) func whatIsKeptDoesNotDependOnWhenItIsRead(inParts: Bool, turn: Int) throws {
    try withDriver { driver in
      let all = [("a", "5"), ("b", "2"), ("c", "1"), ("d", "2"), ("e", "9"), ("f", "7")]
      for index in all.indices {
        let (key, value) = all[(index + turn) % all.count]
        driver.publish(Self.names, key: key, value: value)
        if inParts { _ = try known(driver) }
      }
      try expect("b c d", of: driver)
      #expect(leftOut(driver) == "3")
      #expect(driver.logged.count { $0.contains("more than a worker keeps") } == 1)
    }
  }

  @Test func bytesAreBoundedToo() throws {
    try withDriver { driver in
      driver.publish(Self.names, key: "a", value: "2" + String(repeating: "x", count: 90))
      driver.publish(Self.names, key: "b", value: "1" + String(repeating: "x", count: 20))
      driver.publish(Self.names, key: "c", value: "3")
      // The second of them does not fit, so none behind it is kept either.
      try expect("b", of: driver)
    }
  }

  @Test func whatFollowsNoRuleTakesNoRoomAndNoPlace() throws {
    try withDriver { driver in
      for key in ["a", "b", "c"] { driver.publish(Self.names, key: key, value: "5") }
      for number in 0..<1_000 { driver.publish(Self.names, key: "0\(number)", value: "bad") }
      try expect("a b c", of: driver)
      #expect(driver.logged.contains { $0.contains("does not follow the rules") })
      driver.publish(Self.names, key: "b", value: "bad")
      try expect("a c", of: driver)
      #expect(leftOut(driver) == nil)
    }
  }

  @Test func whatWasLeftOutCountsAgainWhenThereIsRoom() throws {
    try withDriver { driver in
      for key in ["a", "b", "c", "d", "e"] { driver.publish(Self.names, key: key, value: "5") }
      try expect("a b c", of: driver)
      driver.publish(Self.names, key: "a", value: nil)
      try expect("b c d", of: driver)
      // Kept ones that change may make room, or need more of it.
      driver.publish(Self.names, key: "b", value: "6")
      try expect("c d e", of: driver)
      driver.publish(Self.names, key: "c", value: "5again")
      try expect("c d e", of: driver)
      for key in ["b", "c"] { driver.publish(Self.names, key: key, value: nil) }
      try expect("d e", of: driver)
      #expect(leftOut(driver) == "0")
    }
  }

  /// Deleted keys are not remembered without end, and nobody goes on knowing what was deleted.
  @Test func manyDeletionsAreForgottenByTheThreadAndByNobodyElse() throws {
    try withDriver { driver in
      driver.publish(Self.names, key: "a", value: "1")
      driver.publish(Self.names, key: "z", value: "1")
      try expect("a z", of: driver)
      driver.publish(Self.names, key: "a", value: nil)
      for number in 0..<10_100 {
        driver.publish(Self.names, key: "n\(number)", value: "0")
        driver.publish(Self.names, key: "n\(number)", value: nil)
      }
      try expect("z", of: driver)
    }
  }
}
