import Contracts
import Foundation
import Messages
import Notifier
import ServiceKit
import Testing

/// Messages that go by Zalo before they go by SMS.
@Suite(.timeLimit(.minutes(10))) struct ZNSTests {
  private static let refused = SendOutcome.failed(SendReason("zalo-zns-118"))

  /// A mailroom whose operator has a template for points earned, in Vietnamese.
  private func withZalo(_ flags: [String] = [], _ body: (Mailroom) throws -> Void) throws {
    let files = try ZNSFiles()
    let room = try Mailroom(Mailroom.gateway + files.flags + flags)
    defer { room.close() }
    try room.join(email: false, sms: true, locale: "vi")
    try body(room)
  }

  private func zns(_ room: Mailroom) -> [ZNSMessage] {
    room.post.sent.compactMap { if case .zns(let message) = $0 { message } else { nil } }
  }

  @Test func aMessageWithATemplateGoesByZaloAlone() throws {
    try withZalo { room in
      room.earn(1_234)
      try room.run()
      let message = try #require(zns(room).first)
      #expect(room.post.sent.count == 1 && message.to == "+84901234567" && message.template.templateId == "t-1")
      #expect(message.template.parameters.map { "\($0.name)=\($0.value)" } == ["name=Lan", "points=1.234"])
      let told = try #require(try room.notifications().first)
      #expect(try room.outcomes() == ["points-earned sms sent 1"])
      #expect(
        told.provider == "zalo-zns" && told.sms == nil && told.locale == "vi" && told.id == message.notificationId)
      #expect(room.messageRows() == 1)
    }
  }

  @Test func whatZaloRefusesForGoodGoesBySMSUnderTheSameId() throws {
    try withZalo { room in
      room.post.answer(Self.refused, .sentAs("SM1"))
      room.earn(10)
      try room.run(until: { room.post.texts.count == 1 && room.pool.isSettled })
      #expect(try room.outcomes() == ["points-earned sms passed-on zalo-zns-118 1", "points-earned sms sent 2"])
      let told = try room.notifications()
      #expect(Set(told.map(\.id)) == [room.post.texts[0].notificationId] && zns(room).count == 1)
      #expect(told.map(\.provider) == ["zalo-zns", "json"] && told.map(\.providerMessageId) == [nil, "SM1"])
      #expect(Set(told.map(\.eventId)).count == 2)
    }
  }

  /// Once passed on it stays with SMS, whatever becomes of it there.
  @Test func aMessageThatWasPassedOnIsTriedBySMSAlone() throws {
    try withZalo { room in
      let busy = SendOutcome.retryLater(SendReason("gateway-503"))
      room.post.answer(Self.refused, busy, busy, .failed(SendReason("gateway-400")))
      room.earn(10)
      for _ in 0..<3 {
        try room.run()
        room.pass(seconds: 3_600)
      }
      try room.run(until: { room.post.texts.count == 3 && room.pool.isSettled })
      #expect(zns(room).count == 1)
      #expect(
        try room.outcomes() == ["points-earned sms passed-on zalo-zns-118 1", "points-earned sms failed gateway-400 4"])
    }
  }

  @Test func whereNobodyKnowsNoSMSFollows() throws {
    try withZalo { room in
      room.post.answer(.unknown(SendReason("gateway-no-answer")))
      room.earn(10)
      try room.run()
      #expect(try room.outcomes() == ["points-earned sms maybe-sent gateway-no-answer 1"])
      #expect(room.post.texts.isEmpty && zns(room).count == 1)
    }
    try withZalo(["--prefer-double"]) { room in
      room.post.answer(.unknown(SendReason("gateway-no-answer")))
      room.earn(10)
      try room.run()
      room.pass(seconds: 60)
      try room.run(until: { zns(room).count == 2 && room.pool.isSettled })
      #expect(try room.outcomes() == ["points-earned sms sent 2"] && room.post.texts.isEmpty)
    }
  }

  @Test func aKillOverZaloBringsNoSMS() throws {
    try withZalo { room in
      room.post.hold()
      room.earn(10)
      try room.run(until: { room.post.sent.count == 1 })
      try room.crash()
      room.post.go.signal()
      room.pass(seconds: 31)
      try room.run(until: { (try? room.notifications().count) == 1 })
      #expect(try room.outcomes() == ["points-earned sms maybe-sent worker-interrupted 1"] && room.post.texts.isEmpty)
    }
  }

  @Test func aRetryStaysWithZalo() throws {
    try withZalo { room in
      room.post.answer(.retryLater(SendReason("zalo-zns-133")))
      room.earn(10)
      try room.run()
      room.pass(seconds: 60)
      try room.run(until: { zns(room).count == 2 && room.pool.isSettled })
      #expect(try room.outcomes() == ["points-earned sms sent 2"] && room.post.texts.isEmpty)
    }
  }

  /// Zalo's quota holds Zalo: its messages wait and are not lost, and SMS goes on.
  @Test func aQuotaOfZalosHoldsNoSMS() throws {
    try withZalo { room in
      let endMs = room.driver.wall.nowMs + 7_200_000
      room.post.answer(.quotaReached(SendReason("zalo-zns-144"), untilMs: endMs))
      room.earn(10)
      try room.run()
      #expect(room.figure("stampede_channel_held", "zns") == 1 && room.figure("stampede_channel_held", "sms") == 0)
      // Another message, another language, and a name that the template wants.
      room.answer("C-1", .accepted)
      try room.join("M-2", email: false, sms: true, locale: "en", phone: "+84901234568")
      room.earn(10, cause: "P-2", member: "M-2")
      try room.join("M-3", email: false, sms: true, locale: "vi", name: "", phone: "+84901234569")
      room.earn(10, cause: "P-3", member: "M-3")
      try room.run(until: { room.post.texts.count == 3 && room.pool[.sms].isSettled })
      #expect(room.waiting("zns") == 1 && room.waiting("sms") == 0)
      room.pass(seconds: 7_300)
      try room.run(until: { zns(room).count == 2 && room.pool.isSettled })
      #expect(try room.outcomes().last == "points-earned sms sent 1" && room.post.texts.count == 3)
    }
  }

  @Test func withoutATemplateForItAMessageIsAnSMS() throws {
    try withZalo { room in
      // Another language, another message, and security news, which does not wait for Zalo.
      try room.join("M-2", email: false, sms: true, locale: "en")
      room.earn(10, cause: "P-2", member: "M-2")
      room.answer("C-1", .accepted)
      room.redeem(5)
      try room.run(until: { room.post.texts.count == 3 && room.pool.isSettled })
      #expect(zns(room).isEmpty && room.waiting("zns") == 0)
    }
  }

  @Test func aParameterWithNothingToSayMakesItAnSMS() throws {
    try withZalo { room in
      try room.join("M-3", email: false, sms: true, locale: "vi", name: "")
      room.earn(10, cause: "P-3", member: "M-3")
      try room.run(until: { room.post.texts.count == 1 && room.pool.isSettled })
      #expect(zns(room).isEmpty)
      #expect(try room.outcomes() == ["points-earned sms sent 1"])
    }
  }

  /// Zalo may have had it: an SMS could be the second message.
  @Test func whatWasTriedByZaloBecomesNoSMSForWantOfATemplate() throws {
    try withZalo(["--prefer-double"]) { room in
      room.post.answer(.unknown(SendReason("gateway-no-answer")))
      room.earn(10)
      try room.run()
      try room.join(email: false, sms: true, locale: "vi", name: "", at: "2017-02-01")
      room.pass(seconds: 60)
      try room.run(until: { (try? room.notifications().count) == 1 })
      #expect(try room.outcomes() == ["points-earned sms failed zns-no-template 1"] && room.post.texts.isEmpty)
    }
  }

  @Test func whoIsToldByMailIsNotToldByZalo() throws {
    let files = try ZNSFiles()
    let room = try Mailroom(Mailroom.channels + Mailroom.gateway + files.flags)
    defer { room.close() }
    try room.join(email: true, sms: true, locale: "vi")
    room.earn(10)
    try room.run()
    #expect(room.post.mails.count == 1 && room.post.sent.count == 1)
  }

  // MARK: What an operator says

  private func problems(_ words: [String]) -> [String] {
    let command = CommandDeclaration("notifier", summary: "", settings: NotifierSettings.all)
    do {
      guard case .run(_, let settings) = try command.parse(words, environment: [:], version: "0") else { return ["?"] }
      _ = try NotifierSettings(settings)
      return []
    } catch {
      return error.problems.map { "\($0.place) \($0.remedy)" }
    }
  }

  @Test func settingsThatDoNotFitAreNamed() throws {
    let files = try ZNSFiles()
    let sms = ["--sms-url", "https://gateway.example/sms"]
    #expect(problems(sms + files.flags) == [])
    #expect(problems(["--without-channels"] + files.flags).contains { $0.hasPrefix("--zns-templates needs --sms") })
    #expect(problems(sms + ["--zns-token-file", files.token]).contains { $0.hasPrefix("--zns-token-file is said") })
    #expect(
      problems(sms + ["--zns-templates", files.templates]) == ["--zns-token-file is missing beside --zns-templates"])
    #expect(problems(sms + files.flags + ["--zns-provider", "esms"]).contains { $0.contains("takes a text") })
    #expect(problems(sms + ["--sms-provider", "zalo-zns"]).contains { $0.contains("takes templates") })
    #expect(problems(sms + files.flags + ["--zns-url", "http://h"]).contains { $0.contains("without TLS") })
    #expect(problems(sms + files.flags + ["--zns-url", "http://h", "--login-without-tls"]) == [])
    try files.write("{}", to: files.templates)
    #expect(problems(sms + files.flags) == ["--zns-templates $.templates is missing"])
  }
}

/// What an operator of ZNS has: templates and an access token.
final class ZNSFiles {
  private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("zns-\(UUID().uuidString)")
  var templates: String { folder.appendingPathComponent("templates.json").path }
  var token: String { folder.appendingPathComponent("token").path }
  var flags: [String] { ["--zns-templates", templates, "--zns-token-file", token] }

  init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try write(
      #"""
      {"templates":[
        {"message":"points-earned","language":"vi","templateId":"t-1",
         "parameters":{"name":"{{memberName}}","points":"{{points}}"}},
        {"message":"points-redeemed","language":"vi","templateId":"t-2","parameters":{"points":"{{points}}"}}]}
      """#, to: templates)
    try write("token-1\n", to: token)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  func write(_ text: String, to path: String) throws { try Data(text.utf8).write(to: URL(fileURLWithPath: path)) }
}
