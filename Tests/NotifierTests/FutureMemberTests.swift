import Contracts
import StreamTesting
import Testing

@Suite(.timeLimit(.minutes(10))) struct FutureMemberTests {
  @Test func profileOfTheFutureIsDeadLettered() throws {
    let room = try Mailroom(clock: .wall)
    defer { room.close() }
    try room.join(at: "9999-01-01")
    #expect(room.driver.outputs("notifier.dead-letters").map { $0.headers["dl_error"] } == ["in-the-future"])
    #expect(room.profileRows() == 0)
    try room.join(at: Mailroom.now)
    #expect(room.profileRows() == 1)
  }
}
