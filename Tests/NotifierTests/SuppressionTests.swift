import Contracts
import Loyalty
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
    #expect(Suppression.judge(member, channel: .sms, kind: .marketing) == .send(to: .phone("+84901234567")))
    #expect(Suppression.judge(member, channel: .email, kind: .marketing) == .suppress(reason: "no-consent"))
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
