import Contracts
import Notifier
import TestServers
import Testing

/// From the ledger to a server that does as it is told: what refuses the account loses no message and spends no
/// attempt.
@Suite(.timeLimit(.minutes(10)), .enabled(if: TestServer.python != nil, Comment(rawValue: TestServer.missingPython)))
struct HeldChannelTests {
  func withMail(
    _ orders: String, _ flags: [String] = [], senders: Int = 3, _ body: (TestServer, Mailroom) throws -> Void
  ) throws {
    try TestServer.run("System/rig/scripted_smtp.py", [orders]) { server in
      let room = try Mailroom(
        [
          "--smtp-url", "smtp://127.0.0.1:\(server.port)", "--smtp-starttls", "none", "--mail-from", "p@example.com",
          "--sender-threads", "\(senders)",
        ] + flags
      ) { try Channels($0.channels) }
      defer { room.close() }
      try body(server, room)
    }
  }

  func heal(_ server: TestServer, _ room: Mailroom) throws {
    server.tell("{}")
    _ = try server.next("told")
    for _ in 0..<10 {
      room.pass(seconds: 3_600)
      try room.run()
    }
  }

  @Test(arguments: [
    #"{"greeting":"554 5.7.1 go away"}"#, #"{"ehlo":"550 no","helo":"550 no"}"#,
    #"{"mail":"550 5.7.1 account suspended"}"#, #"{"rcpt":"554 relay access denied"}"#,
    #"{"rcpt":"550 relay not permitted"}"#, #"{"data":"554 5.7.1 no"}"#, #"{"dot":"550 5.7.1 blocked"}"#,
  ])
  func refusedAccountHoldsTheChannelAndSpendsNoAttempt(orders: String) throws {
    try withMail(orders, ["--send-attempts-max", "1"]) { server, room in
      for number in 0..<5 {
        try room.join("M-\(number)")
        room.earn(10, member: "M-\(number)")
      }
      try room.run()
      for _ in 0..<5 {
        room.pass(seconds: 600)
        try room.run()
      }
      #expect(try room.outcomes().isEmpty && room.waiting("email") == 5)
      #expect(room.figure("stampede_channel_held", "email") == 1)
      #expect((room.figure("stampede_channel_refusals_total", "email") ?? 0) >= 6, "it was tried again")
      try heal(server, room)
      #expect(try room.outcomes() == Array(repeating: "points-earned email sent 1", count: 5))
      #expect(room.figure("stampede_channel_held", "email") == 0)
    }
  }

  @Test func addressThatIsRefusedEndsItsOwnMessageAlone() throws {
    try withMail(#"{"rcpt":"550 5.1.1 unknown","times":1}"#, senders: 1) { _, room in
      for number in 0..<5 {
        try room.join("M-\(number)")
        room.earn(10, member: "M-\(number)")
      }
      try room.run(until: { room.waiting("email") == 0 })
      try room.run()
      let sent = Array(repeating: "points-earned email sent 1", count: 4)
      #expect(try room.outcomes().sorted() == ["points-earned email failed smtp-550-5.1.1 1"] + sent)
    }
  }

  @Test func cutInsideDataIsARetry() throws {
    try withMail(#"{"body":"cut"}"#) { server, room in
      for number in 0..<5 {
        try room.join("M-\(number)")
        room.earn(10, member: "M-\(number)")
      }
      try room.run()
      #expect(try room.outcomes().isEmpty && room.waiting("email") == 5)
      try heal(server, room)
      #expect(try room.outcomes() == Array(repeating: "points-earned email sent 2", count: 5))
    }
  }

  @Test func unpaidGatewayHoldsTheSMSAndNoEmail() throws {
    try TestServer.run("CurlTests/Servers/sms_gateway.py") { server in
      let room = try Mailroom(["--sms-url", "http://127.0.0.1:\(server.port)/ok"]) { try Channels($0.channels) }
      defer { room.close() }
      server.tell(#"{"status":402}"#)
      _ = try server.next("told")
      for number in 0..<5 {
        try room.join("M-\(number)", email: false, sms: true)
        room.earn(10, member: "M-\(number)")
      }
      try room.run()
      #expect(try room.outcomes().isEmpty && room.waiting("sms") == 5)
      #expect(room.figure("stampede_channel_held", "sms") == 1 && room.figure("stampede_channel_held", "email") == 0)
      try heal(server, room)
      #expect(try room.outcomes() == Array(repeating: "points-earned sms sent 1", count: 5))
    }
  }
}
