import Contracts
import Loyalty
import Testing

/// What a service makes of the programmes on their topic, as they come, change and go.
@Suite(.timeLimit(.minutes(10))) struct ProgramShelfTests {
  private func programme(_ version: Int, points: Int = 1, from: String = "2017-01-01", more: String = "") -> String {
    """
    {"id":"journey","version":\(version),"effectiveFrom":"\(from)T00:00:00Z","name":"J","currencies":["USD"],
     "timeZone":"UTC","earning":[{"id":"base","kind":"spend","points":\(points),"per":"1.00"}]\(more)}
    """
  }

  private func publish(_ engine: Engine, _ key: String, _ value: String?) {
    engine.driver.publish(Topic.programs.name, key: key, value: value)
  }

  private func linesLeftOut(_ engine: Engine) -> Int {
    engine.driver.logged.filter { $0.contains("left out") }.count
  }

  @Test func aBadDocumentIsToldOnceWhateverElseIsPublished() throws {
    let engine = try Engine(
      programmes: [programme(1), programme(2, more: #","told-once":true"#)], partitionCount: 4)
    defer { engine.driver.close() }
    for number in 0..<20 { engine.buy("P-\(number)", 10, at: "2017-02-01", member: "M-\(number)") }
    try engine.run()
    publish(engine, "2", programme(3, points: 2, from: "2017-06-01"))
    for number in 0..<20 { engine.buy("Q-\(number)", 10, at: "2017-07-01", member: "M-\(number)") }
    try engine.run()
    #expect(linesLeftOut(engine) == 1)
    #expect(try engine.entries().map(\.points.value).reduce(0, +) == 20 * 10 + 20 * 20)
  }

  @Test func theLaterOfTwoDocumentsOfOneVersionCountsUntilItGoes() throws {
    let engine = try Engine(programmes: [programme(1), programme(1, points: 2)])
    defer { engine.driver.close() }
    engine.buy("P-1", 10, at: "2017-02-01")
    try engine.run()
    publish(engine, "1", nil)
    engine.buy("P-2", 10, at: "2017-02-02")
    try engine.run()
    publish(engine, "0", nil)
    engine.buy("P-3", 10, at: "2017-02-03")
    try engine.run()
    #expect(try engine.entries().map(\.points.value) == [20, 10])
  }

  /// Documents that do not follow the rules push out none that does, however many they are.
  @Test func badDocumentsTakeNoRoom() throws {
    let engine = try Engine(programmes: [programme(1)])
    defer { engine.driver.close() }
    for number in 0..<ProgramCatalog.documentsMax + 100 { publish(engine, "aaa\(number)", "{\(number)") }
    publish(engine, "journey:2", programme(2, points: 2, from: "2017-06-01"))
    engine.buy("P-1", 10, at: "2017-02-01")
    engine.buy("P-2", 10, at: "2017-07-01")
    try engine.run()
    #expect(try engine.entries().filter { $0.type == .pointsEarned }.map(\.points.value) == [10, 20])
    #expect(!engine.driver.logged.contains { $0.contains("more than a worker keeps") })
    // In the place of a good one it takes that away, as a tombstone would.
    publish(engine, "journey:2", "{")
    engine.buy("P-3", 10, at: "2017-07-02")
    try engine.run()
    #expect(try engine.entries().last { $0.type == .pointsEarned }?.points == 10)
  }

  @Test func versionsBeyondTheBoundAreLeftOutWhereverTheyStandAndToldOnce() throws {
    let most = ProgramCatalog.versionsMax
    // The highest numbers come first, and take effect last.
    let versions = (1...most + 5).reversed().map {
      programme($0, points: $0 > most ? 7 : 1, from: $0 > most ? "2017-06-01" : "2017-01-01")
    }
    let engine = try Engine(programmes: versions, partitionCount: 3)
    defer { engine.driver.close() }
    for number in 0..<9 { engine.buy("P-\(number)", 10, at: "2017-07-01", member: "M-\(number)") }
    try engine.run()
    let entries = try engine.entries()
    #expect(entries.count == 9 && entries.allSatisfy { $0.programVersion == most && $0.points.value == 10 })
    #expect(linesLeftOut(engine) == 1)
  }
}
