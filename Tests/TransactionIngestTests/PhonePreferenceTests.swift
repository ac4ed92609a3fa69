import Contracts
import JSON
import Loyalty
import ServiceDomain
import StreamRuntime
import StreamTesting
import TestValues
import Testing
import TransactionIngest

/// What was said from a phone is said of each member whose phone it is, whichever partition they lie in.
@Suite(.timeLimit(.minutes(10))) struct PhonePreferenceTests {
  func say(_ ingest: IngestFixture, from phone: String, secret: String = "") {
    let digester = ContactDigester(secret: secret)
    let request = PreferenceRequest(
      id: "sms-1",
      subject: .contact(
        digest: digester.digest(ofPhone: phone).hexadecimal, check: digester.check.hexadecimal),
      changes: Preference.all(channels: [.sms], isWanted: false), source: "sms",
      occurredAt: time("2026-03-01T00:00:00Z"))
    ingest.driver.publish(
      Topic.preferenceRequests.name, key: request.recordKey, value: json { request.encode(to: &$0) })
  }

  /// Of the members, in the order of the topic.
  func requests(_ ingest: IngestFixture) throws -> [PreferenceRequest] {
    try ingest.driver.outputs(Topic.preferenceRequests.name).compactMap { output in
      let request = try Array((output.value ?? "").utf8).withUnsafeBytes {
        try PreferenceRequest(decoding: EventEnvelope(data: $0))
      }
      guard case .member(let memberId) = request.subject else { return nil }
      #expect(output.key == memberId)
      return request
    }
  }

  @Test func everyMemberOfThePhoneIsSaidOf() throws {
    let ingest = try IngestFixture(partitionCount: 6)
    defer { ingest.driver.close() }
    for member in ["M-1", "M-2", "M-3"] { ingest.enrol(member, phone: "+84901234567") }
    ingest.enrol("M-4", phone: "+84907654321")
    ingest.enrol("M-5", phone: "+84901234567", status: "closed")
    try ingest.driver.run()
    say(ingest, from: "+84901234567")
    try ingest.driver.run()
    let said = try requests(ingest)
    #expect(Set(said.map(\.subject)) == Set(["M-1", "M-2", "M-3", "M-5"].map { .member($0) }))
    #expect(said.count == 4)
    for request in said {
      #expect(request.id == "sms-1" && request.source == "sms" && request.changes.count == 4)
      #expect(request.occurredAt == time("2026-03-01T00:00:00Z"))
    }
    #expect(ingest.driver.outputs("transaction-ingest.dead-letters").isEmpty)
  }

  @Test func whoHasChangedThePhoneOrIsErasedIsNotSaidOf() throws {
    let ingest = try IngestFixture(partitionCount: 3)
    defer { ingest.driver.close() }
    ingest.enrol("M-1", phone: "+84901234567")
    try ingest.driver.run()
    ingest.enrol("M-1", phone: "+84907654321", at: "2026-02-01T00:00:00Z")
    try ingest.driver.run()
    say(ingest, from: "+84901234567")
    try ingest.driver.run()
    #expect(try requests(ingest).isEmpty)
    #expect(
      ingest.driver.metrics.exposition().contains(
        "stampede_records_rejected_total{service=\"transaction-ingest\",code=\"unmatched-contact\"} 1\n"))
  }

  /// Under another secret nobody would be found, and a withdrawal would be lost without a word.
  @Test func anotherSecretIsADeadLetter() throws {
    let ingest = try IngestFixture(partitionCount: 3)
    defer { ingest.driver.close() }
    ingest.enrol("M-1", phone: "+84901234567")
    try ingest.driver.run()
    say(ingest, from: "+84901234567", secret: "another")
    try ingest.driver.run()
    #expect(try requests(ingest).isEmpty)
    let dead = ingest.driver.outputs("transaction-ingest.dead-letters")
    #expect(dead.count == 1)
  }

  @Test func whatIsSaidOfAMemberIsLeftToTheNotifier() throws {
    let ingest = try IngestFixture(partitionCount: 3)
    defer { ingest.driver.close() }
    let request = PreferenceRequest(
      id: "web-1", subject: .member("M-1"), changes: [Preference(.email, .points, isWanted: false)],
      source: "web-page", occurredAt: time("2026-03-01"))
    ingest.driver.publish(Topic.preferenceRequests.name, key: "M-1", value: json { request.encode(to: &$0) })
    try ingest.driver.run()
    #expect(try requests(ingest) == [request])
  }
}
