import Contracts
import Foundation
import Messages
import Notifier
import Testing

/// Which template a message goes by, from the log to the sender.
@Suite(.timeLimit(.minutes(10))) struct PublishedTemplateTests {
  private func publish(
    _ room: Mailroom, _ subject: String, version: Int, program: String? = nil, languages: [String] = ["en"],
    id: String = "points-earned", key: String? = nil
  ) {
    let texts = #"{"subject":"\#(subject) {{points}}","text":"t","html":"<p>h</p>","sms":"\#(subject)"}"#
    let written = languages.map { "\"\($0)\":\(texts)" }.joined(separator: ",")
    let of = program.map { "\"programId\":\"\($0)\"," } ?? ""
    room.driver.publish(
      Topic.templates.name, key: key ?? [id, program, "\(version)"].compactMap { $0 }.joined(separator: ":"),
      value: #"{"id":"\#(id)",\#(of)"version":\#(version),"languages":{\#(written)}}"#)
  }

  /// `subject templateVersion` of what was sent.
  private func told(_ room: Mailroom) throws -> [String] {
    let versions = try room.notifications().map { $0.templateVersion.map { "\($0)" } ?? "shipped" }
    return zip(room.post.mails.map(\.subject), versions).map { "\($0) \($1)" }
  }

  @Test func theProgrammesOwnGoesBeforeThatOfAllAndThatBeforeTheShipped() throws {
    let room = try Mailroom()
    defer { room.close() }
    try room.join()
    room.earn(5, cause: "P-1")
    try room.run()
    publish(room, "all", version: 2)
    publish(room, "other", version: 9, program: "other")
    room.earn(6, cause: "P-2")
    try room.run()
    publish(room, "own", version: 1, program: "journey")
    room.earn(7, cause: "P-3")
    try room.run()
    room.driver.publish(
      Topic.templates.name, key: "points-earned:journey:2",
      value: #"{"id":"points-earned","programId":"journey","version":2,"withdrawn":true}"#)
    room.earn(8, cause: "P-4")
    try room.run()
    #expect(try told(room) == ["You earned 5 points shipped", "all 6 2", "own 7 1", "all 8 2"])
    #expect(room.post.mails.allSatisfy { $0.html?.hasPrefix("<!DOCTYPE html>") == true })
  }

  @Test func theHighestVersionCountsWheneverItWasPublished() throws {
    let room = try Mailroom()
    defer { room.close() }
    try room.join()
    publish(room, "third", version: 3)
    publish(room, "second", version: 2)
    room.earn(5)
    try room.run()
    #expect(try told(room) == ["third 5 3"])
  }

  /// One that was published while a message waits is what it goes by; one that is tried again says the same.
  @Test func whatWasAttemptedSaysTheSameAgainAndWhatWasNotGoesByTheNewOne() throws {
    let room = try Mailroom(Mailroom.channels + ["--sender-threads", "1", "--send-slots-max", "1"])
    defer { room.close() }
    try room.join()
    publish(room, "first", version: 1)
    room.post.answer(.retryLater(SendReason("smtp-451")))
    room.earn(5, cause: "P-1")
    try room.run()
    #expect(room.post.mails.map(\.subject) == ["first 5"])
    publish(room, "second", version: 2)
    // The member reads another language by now, which the second version alone has.
    publish(room, "third", version: 3, languages: ["vi", "en"])
    try room.join(locale: "vi", at: "2017-02-01")
    room.earn(6, cause: "P-2")
    room.pass(seconds: 3_600)
    try room.run()
    #expect(Set(room.post.mails.map(\.subject)) == ["first 5", "third 6"])
    #expect(room.post.mails.map(\.subject).filter { $0 == "first 5" }.count == 2)
    let versions = Dictionary(uniqueKeysWithValues: try room.notifications().map { ($0.cause, $0.templateVersion) })
    #expect(versions == ["pos:P-1": 1, "pos:P-2": 3])
  }

  @Test func whatWasAttemptedByAShippedTemplateSaysTheSameAfterARestart() throws {
    let room = try Mailroom()
    defer { room.close() }
    try room.join()
    room.post.answer(.retryLater(SendReason("smtp-451")))
    room.earn(5)
    try room.run()
    publish(room, "new", version: 1)
    try room.crash(losingDisk: true)
    room.pass(seconds: 3_600)
    try room.run()
    #expect(room.post.mails.map(\.subject) == ["You earned 5 points", "You earned 5 points"])
    #expect(try room.notifications().map(\.templateVersion) == [nil])
  }

  @Test func aLanguageThatIsMissingFallsBackWithinTheTemplate() throws {
    let room = try Mailroom()
    defer { room.close() }
    publish(room, "ja", version: 1, languages: ["ja", "ru"])
    try room.join("M-1", locale: "ru")
    try room.join("M-2", locale: "vi")
    room.earn(1_234, cause: "P-1", member: "M-1")
    room.earn(1_234, cause: "P-2", member: "M-2")
    try room.run()
    #expect(Set(room.post.mails.map(\.subject)) == ["ja 1\u{A0}234", "ja 1,234"])
    #expect(try Set(room.notifications().map(\.locale)) == ["ru", "ja"])
  }

  @Test func whatIsNoTemplateCountsForNothing() throws {
    let room = try Mailroom()
    defer { room.close() }
    try room.join()
    publish(room, "{{nothing}}", version: 7)
    publish(room, "stray", version: 8, key: "points-earned:9")
    room.driver.publish(Topic.templates.name, key: "x", value: "{no json")
    room.earn(5)
    try room.run()
    #expect(try told(room) == ["You earned 5 points shipped"])
  }

  @Test func aBrandNamesTheSenderAndTheWayOutStandsBelow() throws {
    let room = try Mailroom(Mailroom.channels + ["--unsubscribe-url", "https://example.com/stop"])
    defer { room.close() }
    try room.join()
    room.driver.publish(
      Topic.templates.name, key: "brand:journey:1",
      value: ##"{"id":"brand","programId":"journey","version":1,"brand":{"senderName":"Sen","accentColor":"#8a4b2a"}}"##
    )
    room.earn(5)
    try room.run()
    let mail = try #require(room.post.mails.first)
    #expect(mail.from == Mailbox("Sen <points@example.com>"))
    #expect(mail.body.hasSuffix("Journey Rewards\n\n--\nUnsubscribe: https://example.com/stop\n"))
    #expect(mail.html?.contains("#8a4b2a") == true && mail.html?.contains("href=\"https://example.com/stop\"") == true)
  }

  @Test func everyTemplateIsShippedAndHasItsFields() {
    #expect(Set(Template.allCases.map(\.rawValue)) == Set(TemplateKind.all.map(\.id)))
    for template in Template.allCases { #expect(ShippedTemplates.template(template.rawValue) != nil) }
  }
}
