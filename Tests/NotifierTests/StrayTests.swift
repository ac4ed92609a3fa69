import Contracts
import Loyalty
import StreamRuntime
import StreamTesting
import TestValues
import Testing

/// Profiles that lie in a partition where their keys do not belong: ingest sends them on.
@Suite(.timeLimit(.minutes(10))) struct StrayTests {
  private let profile = json {
    MemberProfile(id: "M-1", email: "m-1@example.com", occurredAt: time("2017-01-01")).encode(to: &$0)
  }

  @Test func profileThatLiesWrongIsPassedOverAndTheRightOneKept() throws {
    let room = try Mailroom(partitionCount: 3)
    defer { room.close() }
    let own = room.driver.log.partition(of: Array("M-1".utf8))
    let other = (own + 1) % 3
    room.driver.publish(Topic.members.name, partition: other, key: "M-1", value: profile)
    room.driver.publish(Topic.members.name, key: "M-1", value: profile)
    room.driver.publish(
      Topic.members.name, partition: other, key: "M-1", value: nil,
      headers: ["stampede_cleared_by": "transaction-ingest"])
    try room.driver.run()
    #expect(room.driver.rows(of: "profiles", partition: own).count == 1)
    #expect(room.driver.rows(of: "profiles", partition: other).isEmpty)
    #expect(room.driver.outputs(Topic.members.name).count == 3)
    #expect(room.driver.outputs("notifier.dead-letters").isEmpty)
  }

  @Test(arguments: [nil, ""]) func emptyValueIsATombstoneAsNoneIs(gone: String?) throws {
    let room = try Mailroom()
    defer { room.close() }
    try room.join()
    #expect(room.profileRows() == 1)
    room.driver.publish(Topic.members.name, key: "M-1", value: gone)
    try room.driver.run()
    #expect(room.profileRows() == 0)
    #expect(room.driver.outputs("notifier.dead-letters").isEmpty)
  }
}
