import Contracts
import GDPRWorker
import StreamTesting
import Testing

@Suite(.timeLimit(.minutes(10))) struct RequestRefusalTests {
  @Test(arguments: [PrivacyRequest.Kind.access, .correction, .restriction, .consent])
  func otherRequestsAreRefusedClearlyAndOnce(kind: PrivacyRequest.Kind) throws {
    let privacy = try PrivacyFixture()
    defer { privacy.driver.close() }
    privacy.request("PR-1", kind)
    privacy.request("PR-1", kind)
    try privacy.driver.run()
    let certificates = try privacy.certificates()
    #expect(certificates.count == 1)
    guard case .refused(let code, _)? = certificates.first?.outcome else {
      Issue.record("the request was not refused")
      return
    }
    #expect(code == "not-supported")
    #expect(try privacy.tasks().isEmpty)
    #expect(privacy.memberTombstones.isEmpty)
  }

  @Test func requestUnderAnotherKeyIsDeadLettered() throws {
    let privacy = try PrivacyFixture()
    defer { privacy.driver.close() }
    privacy.request("PR-1", key: "PR-1")
    try privacy.driver.run()
    #expect(privacy.driver.outputs("gdpr-worker.dead-letters").first?.headers["dl_error"] == "wrong-key")
    #expect(try privacy.tasks().isEmpty)
  }

  @Test(arguments: ["", "{}", "not json", "{\"type\":\"privacy.party.requested\"}"])
  func brokenRequestIsDeadLetteredAndTheNextIsUnharmed(value: String) throws {
    let privacy = try PrivacyFixture()
    defer { privacy.driver.close() }
    privacy.driver.publish("privacy.requests", key: "M-1", value: value)
    privacy.request("PR-1")
    try privacy.driver.run()
    #expect(privacy.driver.outputs("gdpr-worker.dead-letters").count == 1)
    #expect(try privacy.tasks().count == PrivacyFixture.taskCount)
  }
}
