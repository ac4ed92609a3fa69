import Curl
import Foundation
import TestServers
import Testing

/// Against a server that does as it is told (System/rig/scripted_smtp.py): what is known of a message when an exchange
/// ends badly, and that nothing of it reaches the next one.
@Suite(.timeLimit(.minutes(10)), .enabled(if: TestServer.python != nil, Comment(rawValue: TestServer.missingPython)))
struct SMTPPhaseTests {
  let message = Array("Subject: hi\r\n\r\n\(String(repeating: "Xin chào. ", count: 100))\r\n.\r\n..\r\nbye".utf8)

  func withServer<Result>(
    _ orders: String, replyMs: Int = 10_000, finalMs: Int = 10_000, cancellation: TransferCancellation? = nil,
    _ body: (TestServer, SMTPClient) throws -> Result
  ) throws -> Result {
    try TestServer.run("System/rig/scripted_smtp.py", [orders]) { server in
      let client = try SMTPClient(
        .init(
          url: "smtp://127.0.0.1:\(server.port)", startTLS: .none,
          options: TransferOptions(connectTimeoutMs: 5_000, cancellation: cancellation),
          timeouts: SMTPTimeouts(replyMs: replyMs, finalMs: finalMs)))
      defer { client.close() }
      return try body(server, client)
    }
  }

  func send(_ client: SMTPClient, to recipient: String = "m@example.com") throws -> SMTPOutcome {
    try client.send(from: "shop@example.com", to: recipient, message: message)
  }

  func outcome(_ orders: String, replyMs: Int = 10_000, finalMs: Int = 10_000) throws -> SMTPOutcome {
    try withServer(orders, replyMs: replyMs, finalMs: finalMs) { try send($1) }
  }

  @Test(
    arguments: [
      ("greeting", SMTPPhase.greeting), ("ehlo", .hello), ("mail", .mail), ("rcpt", .recipient), ("data", .data),
      ("body", .body), ("dot", .dot),
    ] as [(String, SMTPPhase)])
  func refusalNamesItsPhase(name: String, phase: SMTPPhase) throws {
    // Without EHLO libcurl says HELO.
    let more = name == "ehlo" ? #","helo":"554 5.7.1 no""# : ""
    let refused = try outcome(#"{"\#(name)":"554 5.7.1 no"\#(more)}"#)
    #expect(refused == .refused(SMTPReply(code: 554, enhancedStatus: "5.7.1"), at: phase))
  }

  @Test(
    arguments: [
      ("greeting", SMTPPhase.greeting), ("ehlo", .hello), ("mail", .mail), ("rcpt", .recipient), ("data", .data),
      ("body", .body),
    ] as [(String, SMTPPhase)])
  func cutBeforeTheDotIsLostInItsPhase(name: String, phase: SMTPPhase) throws {
    guard case .lost(_, at: let place) = try outcome(#"{"\#(name)":"cut"}"#) else {
      return #expect(Bool(false), "not lost")
    }
    #expect(place == phase)
  }

  @Test(arguments: ["hang", "close"]) func silenceOrCloseBehindTheDotIsUnknown(order: String) throws {
    let unknown = try outcome(#"{"dot":"\#(order)"}"#, finalMs: 300)
    guard case .unknown = unknown else { return #expect(Bool(false), "\(unknown)") }
  }

  @Test func silenceIsOverdueByThePhase() throws {
    for phase in ["mail", "rcpt", "data"] {
      let lost = try outcome(#"{"\#(phase)":"hang"}"#, replyMs: 300)
      guard case .lost(let why, at: _) = lost else { return #expect(Bool(false), "\(lost)") }
      #expect(why.description == "the server did not answer in time")
    }
    for phase in ["greeting", "ehlo"] {
      let lost = try outcome(#"{"\#(phase)":"hang"}"#, replyMs: 300)
      guard case .lost(let why, at: let at) = lost else { return #expect(Bool(false), "\(lost)") }
      #expect(why.description == "the server did not answer in time" && at.isBeforeMail)
    }
  }

  /// The wait behind the dot has a limit of its own.
  @Test func slowServerIsWaitedForBehindTheDot() throws {
    #expect(try outcome(#"{"dot":"late:1.5:250 2.0.0 taken"}"#, replyMs: 1_000) == .accepted)
  }

  @Test func messageArrivesByteForByteWithItsDots() throws {
    try withServer("{}") { server, client in
      #expect(try send(client) == .accepted)
      let arrived = try server.next("message")
      #expect(arrived["data"] as? String == String(decoding: message, as: UTF8.self).replacing("\r\n", with: "\n"))
    }
  }

  @Test func declaredSizeIsThatOfTheMessage() throws {
    try withServer("{}") { server, client in
      #expect(try send(client) == .accepted)
      var line = ""
      while !line.hasPrefix("MAIL") { line = try server.next("command")["line"] as? String ?? "" }
      #expect(line == "MAIL FROM:<shop@example.com> SIZE=\(message.count)")
    }
  }

  @Test func addressBeyondASCIIGoesOnlyWhereItIsOffered() throws {
    try withServer("{}") { _, client in
      let beyondASCII = try send(client, to: "lan\u{1EF3}@example.com")
      #expect(beyondASCII == .needsSMTPUTF8)
      #expect(try send(client) == .accepted)
    }
    try withServer(#"{"ehlo":"250-scripted\r\n250 SMTPUTF8"}"#) { server, client in
      #expect(try send(client, to: "lan\u{1EF3}@example.com") == .accepted)
      var line = ""
      while !line.hasPrefix("MAIL") { line = try server.next("command")["line"] as? String ?? "" }
      #expect(line.hasSuffix(" SMTPUTF8"))
    }
  }

  /// RFC 3461: a report is asked for where the server makes them.
  @Test(arguments: [(true, " RET=HDRS ENVID=abc.def", " NOTIFY=FAILURE"), (false, "", "")])
  func envelopeIdIsToldWhereReportsAreOffered(isOffered: Bool, mail: String, recipient: String) throws {
    let ehlo = isOffered ? #"{"ehlo":"250-scripted\r\n250 DSN"}"# : #"{"ehlo":"250 scripted"}"#
    try withServer(ehlo) { server, client in
      let outcome = try client.send(
        from: "shop@example.com", to: "m@example.com", message: message, envelopeId: "abc.def")
      #expect(outcome == .accepted)
      var line = ""
      while !line.hasPrefix("MAIL") { line = try server.next("command")["line"] as? String ?? "" }
      #expect(line == "MAIL FROM:<shop@example.com>" + mail)
      #expect(try server.next("command")["line"] as? String == "RCPT TO:<m@example.com>" + recipient)
    }
  }

  /// The late answer of the first message must not be taken for one to the second, whichever step was late.
  @Test(arguments: ["mail", "rcpt", "data", "dot"]) func lateAnswerIsNotTheNextMessages(phase: String) throws {
    let late = #"{"\#(phase)":"late:0.6:550 5.1.1 late","times":1}"#
    try withServer(late, replyMs: 300, finalMs: 300) { _, client in
      let first = try send(client)
      switch first {
      case .lost, .unknown: break
      default: Issue.record("\(first)")
      }
      for _ in 0..<3 { #expect(try send(client) == .accepted) }
    }
  }

  @Test(arguments: [#"{"rcpt":"550 5.1.1 no","times":1}"#, #"{"dot":"451 4.3.0 no","times":1}"#])
  func connectionIsDroppedAfterAnyRefusal(orders: String) throws {
    try withServer(orders) { server, client in
      guard case .refused = try send(client) else { return #expect(Bool(false), "not refused") }
      #expect(try send(client) == .accepted)
      #expect(try send(client) == .accepted)
      var seen: [Int] = []
      while seen.count < 2 {
        let arrived = try server.next("message")
        if arrived["taken"] as? Bool == true { seen.append(try #require(arrived["number"] as? Int)) }
      }
      #expect(seen == [2, 2], "the second connection, kept for the third message")
    }
  }

  @Test(arguments: ["greeting", "mail", "dot"]) func cancellationEndsAHungExchange(phase: String) throws {
    let cancellation = TransferCancellation()
    try withServer(
      #"{"\#(phase)":"hang"}"#, replyMs: 60_000, finalMs: 60_000, cancellation: cancellation
    ) { _, client in
      DispatchQueue.global().asyncAfter(deadline: .now() + 0.2) { cancellation.cancel() }
      let began = ContinuousClock.now
      let expected: SMTPOutcome = phase == "dot" ? .unknown(TransferFailure("the worker stops")) : .cancelled
      let outcome = try send(client)
      #expect(outcome == expected)
      client.close()
      let took = ContinuousClock.now - began
      #expect(took < .seconds(5), "it waited for the server")
    }
  }

  @Test func closeDoesNotWaitForAServerThatHangs() throws {
    try withServer(#"{"quit":"hang"}"#) { _, client in
      let outcome = try send(client)
      #expect(outcome == .accepted)
      let began = ContinuousClock.now
      client.close()
      let took = ContinuousClock.now - began
      #expect(took < .seconds(1))
    }
  }
}
