import Contracts
import Loyalty
import Messages
import Notifier
import TestServers
import Testing

/// Answers to claims, and what an enrolment found, as the member is told of them.
@Suite(.timeLimit(.minutes(10))) struct ClaimNewsTests {
  private func withMailroom(_ body: (Mailroom) throws -> Void) throws {
    let mailroom = try Mailroom()
    defer { mailroom.close() }
    try body(mailroom)
  }

  @Test func acceptedRefusedAndLockedAreTold() throws {
    try withMailroom { room in
      try room.join()
      room.answer("C-1", .accepted)
      room.answer("C-2", .refused(.receiptNotFound), lockedUntil: "2017-03-02T09:30:01Z")
      room.answer("C-3", .refused(.claimsLocked), lockedUntil: "2017-03-02T09:30:01Z")
      try room.run()
      #expect(
        try Set(room.outcomes()) == [
          "claim-accepted email sent 1", "claim-refused email sent 1", "claims-locked email sent 1",
        ])
      let bodies = Dictionary(uniqueKeysWithValues: room.post.mails.map { ($0.subject, $0.body) })
      #expect(bodies["Your purchase was added"]?.contains("receipt POS-7 and added it to your account") == true)
      #expect(bodies["We could not add your purchase"]?.contains("compare them with your receipt") == true)
      #expect(bodies["We could not add your purchase"]?.contains("from 09:31 on 2 March 2017") == true)
      #expect(bodies["Adding purchases is paused"]?.contains("until 09:31 on 2 March 2017") == true)
      let told = try room.notifications()
      #expect(Set(told.map(\.cause)) == ["C-1", "C-2", "C-3"] && told.allSatisfy { $0.programId == "journey" })
    }
  }

  @Test func sameNewsIsToldOnceHoweverOftenItIsAskedFor() throws {
    try withMailroom { room in
      try room.join()
      for number in 0..<5 {
        room.answer("C-1", .accepted)
        room.answer("D-\(number)", .refused(.alreadyClaimed))
        room.answer("L-\(number)", .refused(.claimsLocked), lockedUntil: "2017-03-02T09:30:00Z")
        room.answer("O-\(number)", .refused(.tooManyOpenClaims))
        room.answer("enrolment:pos:P-\(number)", .accepted, cause: .enrolment)
      }
      try room.run()
      #expect(
        try room.outcomes().sorted() == [
          "claim-accepted email sent 1", "claim-refused email sent 1", "claims-locked email sent 1",
          "purchases-found email sent 1",
        ])
      try room.crash(losingDisk: true)
      room.answer("C-1", .accepted)
      room.answer("D-9", .refused(.alreadyClaimed))
      try room.run()
      #expect(room.post.sent.count == 4)
      // Another lock is news, and so is each wrong claim.
      room.answer("L-9", .refused(.claimsLocked), lockedUntil: "2017-03-09T09:30:00Z")
      room.answer("W-1", .refused(.receiptNotFound))
      room.answer("W-2", .refused(.receiptNotFound))
      try room.run()
      #expect(room.post.sent.count == 7)
    }
  }

  @Test func consentAndLanguageAreTheMembersAndOthersAreNotWrittenTo() throws {
    try withMailroom { room in
      try room.join("M-1", email: false, sms: true, locale: "vi")
      try room.join("M-2", email: false, sms: false)
      room.answer("C-1", .accepted, member: "M-1")
      room.answer("C-2", .accepted, member: "M-2")
      room.answer("C-3", .refused(.unknownMember), member: "M-9")
      room.answer("C-4", .accepted, program: nil)
      try room.run()
      room.pass(seconds: 5)
      try room.run()
      #expect(
        try Set(room.outcomes()) == [
          "claim-accepted sms sent 1", "claim-accepted email suppressed no-consent 0",
          "claim-refused email suppressed no-profile 0",
        ])
      #expect(
        room.post.texts.map(\.text)
          == ["Journey Rewards: giao dich tren hoa don POS-7 da duoc ghi vao tai khoan cua ban."])
    }
  }

  @Test func answersOfAnErasedMemberArePassedOverAndBrokenOnesAreDeadLetters() throws {
    try withMailroom { room in
      try room.join()
      room.erase()
      try room.run()
      room.answer("C-1", .accepted)
      room.driver.publish(Topic.claims.name, key: "M-1", value: "{")
      room.driver.publish(Topic.claims.name, key: "M-1", value: nil)
      try room.run()
      #expect(try room.outcomes().isEmpty && room.messageRows() == 0)
      #expect(
        room.driver.outputs("notifier.dead-letters").compactMap { $0.headers["dl_error"] } == [
          "not-json", "empty-value",
        ])
    }
  }

  // MARK: Words

  private func wording(_ claim: News.Claim, _ language: Language) throws -> Wording {
    language.write(
      MessageFacts(
        news: .claim(claim), programName: "Quà Tặng Sen", memberName: "Lan",
        calendar: try #require(ZoneCalendar(identifier: "Asia/Ho_Chi_Minh")), occurredAt: .epoch))
  }

  @Test func refusalReadsNaturallyInVietnamese() throws {
    let until = try #require(Instant(rfc3339: "2026-11-24T09:00:00Z"))
    let wording = try wording(.refused(receipt: "HD-12", .receiptNotFound, lockedUntil: until), .vietnamese)
    #expect(wording.subject == "Chưa thể ghi nhận giao dịch của bạn")
    #expect(
      wording.body == """
        Chào Lan,

        Chúng tôi chưa thể ghi giao dịch trên hóa đơn HD-12 vào tài khoản của bạn.

        Không có giao dịch nào khớp với số hóa đơn, tổng tiền và ngày này. Vui lòng đối chiếu với hóa đơn rồi thử lại.

        Do có nhiều yêu cầu không đúng, bạn có thể gửi yêu cầu mới từ 16:00 24/11/2026.

        Hẹn gặp lại bạn,
        Quà Tặng Sen

        """)
    #expect(
      SMSText(wording.sms, .plain).text
        == "Qua Tang Sen: chua the ghi nhan hoa don HD-12. Vui long kiem tra so, tong tien va ngay. "
        + "Co the thu lai tu 16:00 24/11/2026.")
  }

  /// Whoever claims a purchase writes the number, and the message goes to the member whom the claim names.
  @Test(arguments: [
    "click http://evil.example", "evil.example", "//evil", "0901234567\u{202E}", "you@evil.example", "a b", "", "£5",
    String(repeating: "1", count: 65),
  ])
  func whatIsNoNumberOfAReceiptIsNotRepeated(_ receipt: String) throws {
    for claim in [News.Claim.accepted(receipt: receipt), .refused(receipt: receipt, .alreadyClaimed, lockedUntil: nil)]
    {
      let english = try wording(claim, .english)
      #expect(english.body.contains("the purchase on your receipt") && english.sms.contains("your receipt "))
      let vietnamese = try wording(claim, .vietnamese)
      #expect(vietnamese.body.contains("hóa đơn của bạn") && vietnamese.sms.contains("hóa đơn của bạn"))
    }
    for number in ["POS7-000123", "HD-12", "2026/11/0001", "A_1#2:3", "1.234.567", String(repeating: "1", count: 64)] {
      #expect(try wording(.accepted(receipt: number), .english).body.contains("the purchase on receipt \(number) and"))
    }
  }

  @Test(arguments: Language.shipped)
  func everySMSIsOneGSMPartAndEveryRefusalHasItsWords(language: Language) throws {
    let until = try #require(Instant(rfc3339: "2026-11-24T09:00:00Z"))
    var claims: [News.Claim] = [
      .accepted(receipt: "POS7-000123"), .locked(until: until), .locked(until: nil), .foundByEnrolment,
    ]
    for refusal in ClaimStatus.Refusal.allCases {
      claims.append(.refused(receipt: "POS7-000123", refusal, lockedUntil: refusal == .receiptNotFound ? until : nil))
    }
    var bodies: Set<String> = []
    for claim in claims {
      let wording = try wording(claim, language)
      let sms = SMSText(wording.sms, .plain)
      #expect(sms.form == SMSForm(encoding: .gsm7, segments: 1))
      #expect(sms.text.count { $0 == "?" } == wording.sms.count { $0 == "?" }, "\(sms.text)")
      #expect(!wording.subject.isEmpty && !wording.body.contains("\n\n\n"))
      bodies.insert(wording.body)
    }
    // Those that the member cannot mend alone share their words.
    #expect(bodies.count == 4 + 4)
  }
}

/// The same to a real mail server and a real gateway.
@Suite(.timeLimit(.minutes(10)), .enabled(if: TestServer.python != nil, Comment(rawValue: TestServer.missingPython)))
struct RealClaimNewsTests {
  @Test func answersArriveByMailAndBySMS() throws {
    try TestServer.run("CurlTests/Servers/smtp_server.py") { mail in
      try TestServer.run("CurlTests/Servers/sms_gateway.py") { gateway in
        let flags = [
          "--smtp-url", "smtp://127.0.0.1:\(mail.port)", "--smtp-starttls", "none", "--mail-from", "points@example.com",
          "--sms-url", "http://127.0.0.1:\(gateway.port)/ok",
        ]
        let room = try Mailroom(flags) { try Channels($0.channels) }
        defer { room.close() }
        try room.join("M-1", locale: "vi")
        try room.join("M-2", email: false, sms: true)
        room.answer("C-1", .refused(.alreadyClaimed), member: "M-1")
        room.answer("C-2", .accepted, member: "M-2")
        try room.run()
        #expect(try Set(room.outcomes()) == ["claim-refused email sent 1", "claim-accepted sms sent 1"])
        let ids = Dictionary(uniqueKeysWithValues: try room.notifications().map { ($0.channel, $0.id) })
        let letter = try #require(try mail.next("message")["data"] as? String)
        #expect(letter.contains("Message-ID: <\(ids[.email] ?? "?")@example.com>") && letter.contains("POS-7"))
        let body = try #require(try gateway.next("request")["body"] as? String)
        #expect(body.contains(ids[.sms] ?? "?") && body.contains("the purchase on receipt POS-7 was added"))
      }
    }
  }
}
