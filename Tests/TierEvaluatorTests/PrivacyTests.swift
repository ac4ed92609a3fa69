import Contracts
import Loyalty
import StreamTesting
import TestValues
import Testing
import TierEvaluator

@Suite(.timeLimit(.minutes(10))) struct PrivacyTests {
  @Test func erasureForgetsTheMemberAloneAndReports() throws {
    let fixture = try EvaluatorFixture(partitionCount: 3)
    defer { fixture.driver.close() }
    fixture.buy("A", 300, at: "2017-01-02")
    fixture.bringBack("R", of: "B", 1, at: "2017-01-02")
    // Ids that start alike.
    for member in ["M-10", "M", "M-"] { fixture.buy("C", 300, at: "2017-01-02", member: member) }
    try fixture.driver.run()
    fixture.erase("M-1")
    try fixture.driver.run()
    let report = try #require(fixture.reports().first)
    let partition = fixture.driver.log.partition(of: Array("M-1".utf8))
    #expect(report.service == .tierEvaluator && report.partition == partition && report.rowsErased == 3)
    #expect(report.requestId == "E" && report.memberId == "M-1" && report.occurredAt == time("2017-06-01"))
    let tombstones = fixture.driver.outputs(Topic.tiers.name).filter { $0.value == nil }
    #expect(tombstones.map(\.key) == ["M-1\u{1F}journey"])
    #expect(fixture.rows() == (tiers: 3, purchases: 3))
    try fixture.driver.restart(losingDisk: true)
    try fixture.driver.run()
    #expect(fixture.rows() == (tiers: 3, purchases: 3))
  }

  @Test func aSecondTaskFindsNothingAndSaysSo() throws {
    let fixture = try EvaluatorFixture()
    defer { fixture.driver.close() }
    fixture.buy("A", 300, at: "2017-01-02")
    fixture.erase("M-1")
    try fixture.driver.run()
    fixture.erase("M-1")
    try fixture.driver.run()
    #expect(try fixture.reports().map(\.rowsErased) == [2, 0])
  }

  @Test func purchasesStillUnderWayAtAnErasureBringNothingBack() throws {
    let fixture = try EvaluatorFixture()
    defer { fixture.driver.close() }
    fixture.buy("A", 300, at: "2017-01-02")
    fixture.erase("M-1")
    fixture.buy("late", 900, at: "2017-06-01")
    fixture.bringBack("R", of: "A", 1, at: "2017-05-30")
    try fixture.driver.run()
    #expect(fixture.rows() == (tiers: 0, purchases: 0))
    try fixture.driver.restart(losingDisk: true)
    fixture.buy("late", 900, at: "2017-06-01")
    try fixture.driver.run()
    #expect(fixture.rows() == (tiers: 0, purchases: 0))
    #expect(fixture.driver.outputs(Topic.tiers.name).last?.value == nil)
    fixture.buy("new", 300, at: "2017-06-02")
    fixture.tick(to: "2017-09-30")
    try fixture.driver.run()
    fixture.buy("later than anyone remembers", 900, at: "2017-05-31")
    try fixture.driver.run()
    #expect(fixture.rows() == (tiers: 1, purchases: 2))
  }

  @Test func aTaskForOtherServicesIsPassedOver() throws {
    let fixture = try EvaluatorFixture()
    defer { fixture.driver.close() }
    fixture.buy("A", 300, at: "2017-01-02")
    let task = PrivacyTask(
      id: "E:0", kind: .erase, requestId: "E", memberId: "M-1", services: [.transactionIngest],
      occurredAt: time("2017-06-01"))
    fixture.driver.publish(Topic.privacyTasks.name, key: "M-1", value: json { task.encode(to: &$0) })
    try fixture.driver.run()
    #expect(try fixture.reports().isEmpty)
    #expect(fixture.rows() == (tiers: 1, purchases: 1))
  }

  @Test func aMemberWhoComesBackStartsFromTheFirstLevel() throws {
    let fixture = try EvaluatorFixture()
    defer { fixture.driver.close() }
    fixture.buy("A", 299, at: "2017-01-02")
    try fixture.driver.run()
    fixture.erase("M-1")
    try fixture.driver.run()
    fixture.buy("B", 299, at: "2017-07-02")
    try fixture.driver.run()
    #expect(try fixture.changes().isEmpty)
  }
}
