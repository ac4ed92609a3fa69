import Contracts
import Loyalty
import Messages
import Notifier
import Testing

@Suite(.timeLimit(.minutes(10))) struct SuppressionTests {
  func profile(
    email: String? = "lan@example.com", phone: String? = "+84901234567", consent: Consent,
    status: MemberProfile.Status = .active
  ) -> MemberProfile {
    MemberProfile(id: "M-1", email: email, phone: phone, consent: consent, status: status, occurredAt: .epoch)
  }

  @Test func consentIsAskedPerChannelAndKind() {
    let member = profile(consent: Consent(email: [.service], sms: [.marketing]))
    #expect(Suppression.judge(member, channel: .email) == .send(to: .email(Mailbox(address: "lan@example.com")!)))
    #expect(Suppression.judge(member, channel: .sms) == .suppress(reason: "no-consent"))
    #expect(Suppression.judge(member, channel: .sms, of: .marketing) == .send(to: .phone("+84901234567")))
    #expect(Suppression.judge(member, channel: .email, of: .marketing) == .suppress(reason: "no-consent"))
  }

  @Test func marketingWaitsForTheSecondYes() {
    let asked = Consent(email: [.service, .marketing], sms: [.marketing], unconfirmed: [.email])
    let member = profile(consent: asked)
    #expect(Suppression.judge(member, channel: .email, of: .marketing) == .suppress(reason: "not-confirmed"))
    #expect(Suppression.judge(member, channel: .email) == .send(to: .email(Mailbox(address: "lan@example.com")!)))
    #expect(Suppression.route(member, of: .marketing) { _ in true }.channel == .sms)
    let onlyAsked = profile(consent: Consent(email: [.marketing], unconfirmed: [.email]))
    let route = Suppression.route(onlyAsked, of: .marketing) { _ in true }
    #expect(route.channel == .email && route.verdict == .suppress(reason: "not-confirmed"))
  }

  /// Whoever could switch it off would do so before taking points. A contact is all that it takes.
  @Test func securityTakesNoConsentAndGoesToThoseWhoHaveLeft() {
    let nobody = profile(consent: Consent())
    let gone = profile(consent: Consent(email: [.service, .marketing]), status: .closed)
    for member in [nobody, gone] {
      let route = Suppression.route(member, of: .security) { _ in true }
      #expect(route.channel == .email && route.verdict == .send(to: .email(Mailbox(address: "lan@example.com")!)))
      #expect(Suppression.judge(member, channel: .sms, of: .security) == .send(to: .phone("+84901234567")))
    }
    #expect(Suppression.judge(gone, channel: .email, of: .marketing) == .suppress(reason: "member-closed"))
    let nowhere = profile(email: nil, phone: nil, consent: Consent())
    #expect(Suppression.judge(nowhere, channel: .email, of: .security) == .suppress(reason: "no-address"))
    #expect(Suppression.judge(nil, channel: .email, of: .security) == .suppress(reason: "no-profile"))
  }

  private let all = Consent(email: [.service], sms: [.service])

  @Test func addressesAreAsTheyGoOverTheWire() {
    #expect(
      Suppression.judge(profile(email: "bo@exämple.com", consent: all), channel: .email)
        == .send(to: .email(Mailbox(address: "bo@xn--exmple-cua.com")!)))
    #expect(
      Suppression.judge(profile(email: "b\u{202E}o@example.com", consent: all), channel: .email)
        == .suppress(reason: "address-unusable"))
  }

  /// Mobile numbers of Viet Nam, today's and those of eleven digits that became others in 2018; and of elsewhere.
  @Test(arguments: [
    ("+84901234567", "+84901234567"), ("+84321234567", "+84321234567"), ("+84521234567", "+84521234567"),
    ("+84701234567", "+84701234567"), ("+84871234567", "+84871234567"), ("+84991234567", "+84991234567"),
    ("+841629999999", "+84329999999"), ("+4915123456789", "+4915123456789"), ("+12025550123", "+12025550123"),
  ])
  func numbersThatTakeSMSAreWrittenTo(_ phone: String, _ number: String) {
    #expect(
      Suppression.judge(profile(phone: phone, consent: all), channel: .sms) == .send(to: .phone(number)))
  }

  @Test(arguments: [
    // Landlines of Hanoi and Ho Chi Minh City; prefixes that no network has.
    ("+842438123456", "phone-not-mobile"), ("+842838123456", "phone-not-mobile"), ("+84801234567", "phone-not-mobile"),
    ("+84951234567", "phone-not-mobile"), ("+84311234567", "phone-not-mobile"), ("+84711234567", "phone-not-mobile"),
    // A digit too few, one too many, a number of a service.
    ("+8490123456", "phone-unusable"), ("+849012345678", "phone-unusable"), ("+841900123456", "phone-unusable"),
    ("+84123456", "phone-unusable"), ("+1234567890123456", "phone-unusable"), ("+123456", "phone-unusable"),
  ])
  func numbersThatCannotTakeSMSAreNot(_ phone: String, _ reason: String) {
    #expect(Suppression.judge(profile(phone: phone, consent: all), channel: .sms) == .suppress(reason: reason))
  }

  @Test func withoutProfileAddressOrAccountNothingIsSent() {
    let all = Consent(email: [.service], sms: [.service])
    #expect(Suppression.judge(nil, channel: .email) == .suppress(reason: "no-profile"))
    #expect(Suppression.judge(profile(email: nil, consent: all), channel: .email) == .suppress(reason: "no-address"))
    #expect(Suppression.judge(profile(phone: nil, consent: all), channel: .sms) == .suppress(reason: "no-address"))
    #expect(
      Suppression.judge(profile(email: "a@b\r\nc", consent: all), channel: .email)
        == .suppress(reason: "address-unusable"))
    #expect(
      Suppression.judge(profile(consent: all, status: .closed), channel: .sms) == .suppress(reason: "member-closed"))
    guard case .send = Suppression.judge(profile(consent: all, status: .frozen), channel: .sms) else {
      return #expect(Bool(false), "a frozen member is not told")
    }
  }
}
