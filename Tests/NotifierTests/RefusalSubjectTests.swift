import Curl
import Notifier
import Testing

@Suite(.timeLimit(.minutes(10))) struct RefusalSubjectTests {
  func subject(_ text: String, _ phase: SMTPPhase, relay: Bool = false) throws -> RefusalSubject {
    let words = text.split(separator: " ").map(String.init)
    let code = try #require(Int(words[0]))
    return RefusalSubject(
      SMTPReply(code: code, enhancedStatus: words.count > 1 ? words[1] : nil, speaksOfRelay: relay), at: phase)
  }

  @Test(arguments: SMTPPhase.allCases.filter { !$0.isBeforeMail }) func whatIsNotForGoodIsPassing(phase: SMTPPhase)
    throws
  {
    for code in [250, 354, 421, 432, 450, 451, 452, 454, 455, 499] {
      for status in ["", " 4.1.1", " 4.2.2", " 4.3.4", " 4.7.1", " 4.7.0"] {
        #expect(try subject("\(code)\(status)", phase) == .passing, "\(code)\(status)")
      }
    }
  }

  @Test(arguments: SMTPPhase.allCases.filter(\.isBeforeMail)) func beforeMailEveryRefusalForGoodIsTheAccounts(
    phase: SMTPPhase
  ) throws {
    for code in [500, 502, 504, 521, 530, 534, 535, 538, 550, 554, 571] {
      for status in ["", " 5.1.1", " 5.3.4", " 5.7.1", " 5.7.8"] {
        #expect(try subject("\(code)\(status)", phase) == .account, "\(code)\(status)")
      }
    }
    #expect(try subject("432 4.7.12", phase) == .account)
    for text in ["421", "421 4.7.0", "450", "454 4.7.0", "451 4.3.0"] {
      #expect(try subject(text, phase) == .passing, "\(text)")
    }
  }

  /// By RFC 3463, whatever the code is, at RCPT as behind the message.
  @Test func enhancedStatusDecidesBehindMail() throws {
    let table: [(String, RefusalSubject)] = [
      ("5.1.0", .address), ("5.1.1", .address), ("5.1.2", .address), ("5.1.3", .address), ("5.1.4", .address),
      ("5.1.6", .address), ("5.1.7", .account), ("5.1.8", .account), ("5.1.9", .address), ("5.1.10", .address),
      ("5.2.0", .policy), ("5.2.1", .address), ("5.2.2", .address), ("5.2.3", .message), ("5.2.4", .address),
      ("5.2.25", .address), ("5.2.252", .account),
      ("5.3.0", .policy), ("5.3.1", .policy), ("5.3.2", .policy), ("5.3.3", .policy), ("5.3.4", .message),
      ("5.3.5", .policy), ("5.4.1", .address), ("5.4.4", .address), ("5.4.5", .policy), ("5.4.6", .address),
      ("5.5.0", .policy),
      ("5.5.2", .policy), ("5.5.4", .policy), ("5.6.0", .message), ("5.6.1", .message), ("5.6.7", .message),
      ("5.7.0", .policy), ("5.7.1", .policy), ("5.7.8", .policy), ("5.7.26", .policy), ("5.7.27", .policy),
    ]
    for phase in [SMTPPhase.recipient, .data, .body, .dot] {
      for (status, expected) in table {
        for code in [500, 550, 552, 553, 554, 571] {
          #expect(try subject("\(code) \(status)", phase) == expected, "\(code) \(status) at \(phase)")
        }
      }
      // It asks for a log-in, whatever else it says.
      for code in [530, 534, 535, 538] { #expect(try subject("\(code) 5.1.1", phase) == .account) }
    }
  }

  @Test func mailIsAboutTheSenderUnlessItIsAboutTheMessage() throws {
    for text in ["550 5.7.1", "550", "501", "553", "554", "530 5.7.0", "550 5.1.1", "553 5.1.8", "555", "550 5.4.1"] {
      #expect(try subject(text, .mail) == .account, "\(text)")
    }
    for text in ["552 5.3.4", "552", "552 5.2.3", "550 5.6.7"] {
      #expect(try subject(text, .mail) == .message, "\(text)")
    }
  }

  @Test func codeDecidesWhereThereIsNoStatusThatSaysAnything() throws {
    let rows: [(Int, recipient: RefusalSubject, data: RefusalSubject, dot: RefusalSubject)] = [
      (500, .policy, .policy, .policy), (501, .address, .policy, .policy), (502, .policy, .policy, .policy),
      (503, .policy, .policy, .policy), (504, .policy, .policy, .policy), (521, .policy, .policy, .policy),
      (530, .account, .account, .account), (535, .account, .account, .account), (550, .address, .policy, .policy),
      (551, .address, .policy, .policy), (552, .address, .policy, .message), (553, .address, .policy, .policy),
      (554, .policy, .policy, .policy), (555, .policy, .policy, .policy), (556, .address, .policy, .policy),
      (571, .policy, .policy, .policy),
    ]
    for (code, recipient, data, dot) in rows {
      for status in ["", " 5.0.0"] {
        #expect(try subject("\(code)\(status)", .recipient) == recipient, "\(code) at RCPT")
        #expect(try subject("\(code)\(status)", .data) == data, "\(code) at DATA")
        for phase in [SMTPPhase.body, .dot] {
          #expect(try subject("\(code)\(status)", phase) == dot, "\(code) at the dot")
        }
      }
    }
  }

  /// Exim says "550 relay not permitted" and no more.
  @Test func relayThatIsDeniedInWordsIsPolicy() throws {
    for phase in [SMTPPhase.recipient, .data, .dot] { #expect(try subject("550", phase, relay: true) == .policy) }
    #expect(try subject("550 5.1.1", .recipient, relay: true) == .address)
    #expect(try subject("451", .recipient, relay: true) == .passing)
  }

  @Test func gatewayIsJudgedByItsStatus() {
    for status in 100...599 where !(200..<300).contains(status) {
      let expected: RefusalSubject =
        switch status {
        case 300...399, 401, 402, 405, 407: .account
        case 403, 404, 410: .policy
        case 100...199, 408, 409, 425, 429, 500...599: .passing
        default: .message
        }
      #expect(RefusalSubject(gatewayStatus: status) == expected, "\(status)")
    }
  }
}
