import Contracts
import StreamRuntime
import StreamTesting
import Testing

/// Requests that lie in a partition where their keys do not belong, and profiles that may do so.
@Suite(.timeLimit(.minutes(10))) struct StrayTests {
  @Test func requestIsCarriedOutWhereItsMemberLives() throws {
    let privacy = try PrivacyFixture()
    defer { privacy.driver.close() }
    let own = privacy.driver.log.partition(of: Array("M-1".utf8))
    privacy.request("PR-1", partition: (own + 1) % 3)
    try privacy.driver.run()
    let tasks = privacy.driver.log.records(TopicPartition(topic: "privacy.tasks", partition: own))
    #expect(tasks.count == 1 + PrivacyFixture.everyPartition.count)
    for part in privacy.expected() { privacy.report("PR-1", part.0, part.1) }
    try privacy.driver.run()
    #expect(try privacy.certificates().count == 1)
    #expect(try privacy.tasks().count == PrivacyFixture.taskCount)
    #expect(privacy.driver.outputs("gdpr-worker.dead-letters").isEmpty)
  }

  /// One that lay there before strays were sent on is nobody's to find any more.
  @Test func erasureTakesTheProfileFromEveryPartition() throws {
    let privacy = try PrivacyFixture()
    defer { privacy.driver.close() }
    let own = privacy.driver.log.partition(of: Array("M-1".utf8))
    for partition in 0..<Int32(3) where partition != own {
      privacy.driver.publish("loyalty.members", partition: partition, key: "M-1", value: "{}")
    }
    privacy.request("PR-1")
    for part in privacy.expected() { privacy.report("PR-1", part.0, part.1) }
    try privacy.driver.run()
    for partition in 0..<Int32(3) {
      let last = privacy.driver.log.records(TopicPartition(topic: "loyalty.members", partition: partition)).last?.record
      #expect(last?.key == Array("M-1".utf8) && last?.value == nil)
      // Where the member lives it says that the member is gone; elsewhere it is no news for anybody to send on.
      #expect(last?.headers.map(\.name) == (partition == own ? [] : ["stampede_cleared_by"]))
    }
  }
}
