import Contracts
import Loyalty
import Testing

@Suite(.timeLimit(.minutes(10))) struct MessagePolicyDocumentTests {
  func read(_ messages: String) throws -> MessagePolicy {
    let text = ProgramDocumentTests.journey.replacing(
      #""returns":{"#, with: #""messages":\#(messages),"returns":{"#)
    return try ProgramDocument.decode(Array(text.utf8)).messages
  }

  @Test func programmeThatSaysNothingLeavesAllToTheNotifier() throws {
    #expect(try read("{}") == MessagePolicy())
    #expect(try read("null") == MessagePolicy())
    #expect(try read(#"{"service":null,"marketing":{"sms":null,"label":null}}"#) == MessagePolicy())
  }

  @Test func everyFieldIsRead() throws {
    let policy = try read(
      """
      {"security":{"validHours":2},
       "service":{"validHours":720,"email":{"perDay":1},"sms":{"quiet":{"from":"21:00","to":"08:30"},"perDay":1000}},
       "marketing":{"validHours":1,"email":{"quiet":{"from":"00:00","to":"23:59"}},"label":"none"},
       "templates":{"tier-reached":{"class":"marketing"},"points-earned":{"class":"service","digest":"daily","at":"19:15"}}}
      """)
    #expect(policy.security.validHours == 2)
    #expect(
      policy.service
        == .init(
          validHours: 720, email: .init(perDay: 1),
          sms: .init(quiet: QuietHours(from: 21 * 60, to: 8 * 60 + 30), perDay: 1_000)))
    #expect(policy.marketing == .init(validHours: 1, email: .init(quiet: QuietHours(from: 0, to: 1_439))))
    #expect(policy.label == .none)
    #expect(
      policy.templates == [
        "tier-reached": .init(isMarketing: true), "points-earned": .init(digestAt: 19 * 60 + 15),
      ])
    #expect(
      try read(#"{"templates":{"points-earned":{"digest":"daily"}}}"#).templates
        == ["points-earned": .init(digestAt: 18 * 60)])
  }

  @Test func channelsHaveTheProgrammesOrder() throws {
    #expect(try read("{}").order == [.email, .sms, .push])
    #expect(try read(#"{"channels":["push"]}"#).order == [.push, .email, .sms])
    #expect(try read(#"{"channels":["sms","push","email"]}"#).order == [.sms, .push, .email])
    let quiet = try read(
      #"{"service":{"push":{"perDay":2}},"marketing":{"push":{"quiet":{"from":"20:00","to":"09:00"}}}}"#)
    #expect(quiet.service.push.perDay == 2 && quiet.marketing.push.quiet == QuietHours(from: 20 * 60, to: 9 * 60))
  }

  @Test func whatIsAskedForIsRead() throws {
    #expect(try read(#"{"tell":["tier-lost","welcome","welcome"]}"#).told == ["tier-lost", "welcome"])
    #expect(try read(#"{"tell":[]}"#).told == [] && read(#"{"tell":null}"#).told == [])
    #expect(
      try read(#"{"templates":{"welcome":{"class":"marketing"}}}"#)
        .templates == ["welcome": .init(isMarketing: true)])
    #expect(
      try read(#"{"templates":{"points-expiring":{"daysAhead":14,"gatherDays":0},"tier-ending":{"daysAhead":90}}}"#)
        .templates == ["points-expiring": .init(daysAhead: 14, gatherDays: 0), "tier-ending": .init(daysAhead: 90)])
  }

  @Test(arguments: [
    (#"{"urgent":{}}"#, "$.messages.urgent is not a field"),
    (#"{"channels":["push","push"]}"#, "$.messages.channels[1] names push again; each channel has one place"),
    (#"{"security":{"sms":{}}}"#, "$.messages.security.sms is not a field"),
    (#"{"service":{"label":"none"}}"#, "$.messages.service.label is not a field"),
    (#"{"service":{"validHours":0}}"#, "$.messages.service.validHours must be a whole number from 1 to 720"),
    (#"{"service":{"validHours":721}}"#, "$.messages.service.validHours must be a whole number from 1 to 720"),
    (#"{"marketing":{"sms":{"perDay":0}}}"#, "$.messages.marketing.sms.perDay must be a whole number from 1 to 1000"),
    (#"{"service":{"sms":{"quiet":{"from":"21:00"}}}}"#, "$.messages.service.sms.quiet.to is missing"),
    (
      #"{"service":{"sms":{"quiet":{"from":"24:00","to":"08:00"}}}}"#,
      "$.messages.service.sms.quiet.from must be a time of day"
    ),
    (
      #"{"service":{"sms":{"quiet":{"from":"21:00","to":"8:00"}}}}"#,
      "$.messages.service.sms.quiet.to must be a time of day"
    ),
    (
      #"{"templates":{"points-redeemed":{"class":"marketing"}}}"#, "$.messages.templates.points-redeemed is not a field"
    ),
    (
      #"{"templates":{"tier-reached":{"class":"security"}}}"#,
      "$.messages.templates.tier-reached.class must be one of service, marketing"
    ),
    (#"{"templates":{"tier-reached":{"digest":"daily"}}}"#, "$.messages.templates.tier-reached.digest is not a field"),
    (
      #"{"templates":{"points-expiring":{"daysAhead":91}}}"#,
      "$.messages.templates.points-expiring.daysAhead must be a whole number from 1 to 90"
    ),
    (
      #"{"templates":{"points-expiring":{"gatherDays":32}}}"#,
      "$.messages.templates.points-expiring.gatherDays must be a whole number from 0 to 31"
    ),
    (
      #"{"templates":{"tier-ending":{"gatherDays":7}}}"#, "$.messages.templates.tier-ending.gatherDays is not a field"
    ),
    (#"{"templates":{"welcome":{"daysAhead":7}}}"#, "$.messages.templates.welcome.daysAhead is not a field"),
    (#"{"tell":"welcome"}"#, "$.messages.tell must be a list"),
    (#"{"tell":["points-earned"]}"#, "$.messages.tell[0] must be one of"),
    (#"{"templates":{"points-earned":{"at":"18:00"}}}"#, "$.messages.templates.points-earned.at says when"),
  ])
  func faultsAreNamedByTheirPlace(_ messages: String, _ problem: String) {
    do {
      _ = try read(messages)
      #expect(Bool(false), "\(messages) was taken")
    } catch {
      #expect("\(error)".contains(problem), "\(error)")
    }
  }

  @Test func profileTellsItsZone() throws {
    func profile(_ zone: String) throws -> MemberProfile {
      let text = #"{"type":"member.profile","id":"M-1","occurredAt":"2017-01-01T00:00:00Z","timeZone":\#(zone)}"#
      return try Array(text.utf8).withUnsafeBytes { try MemberProfile(decoding: $0) }
    }
    #expect(try profile(#""Asia/Ho_Chi_Minh""#).timeZone == "Asia/Ho_Chi_Minh")
    #expect(try profile("null").timeZone == nil)
    #expect(throws: ContractViolation.self) { try profile(#""Asia/Atlantis""#) }
  }
}
