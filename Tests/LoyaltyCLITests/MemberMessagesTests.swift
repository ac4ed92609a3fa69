import Contracts
import Foundation
import Inquiry
import JSON
import Loyalty
import LoyaltyCLI
import Testing

/// What `loyalty messages show MEMBER` prints.
@Suite(.timeLimit(.minutes(10))) struct MemberMessagesTests {
  private func outcome(_ reason: String) throws -> MessageOutcome {
    let text = """
      {"type":"notification.failed","id":"n-1","occurredAt":"2026-11-22T06:04:43Z","memberId":"M-1","programId":"p",
       "channel":"email","template":"points-earned","cause":"pos:P-1","outcome":"failed","reason":"\(reason)","attempts":2}
      """
    return try #require(Array(text.utf8).withUnsafeBytes { MessageOutcome($0) })
  }

  private func route(_ channel: Consent.Channel, _ reason: String? = nil, chosen: Bool = false) -> MessageAnswer.Route {
    MessageAnswer.Route(channel: channel, reason: reason, isChosen: chosen, isPaused: false, isHeld: false)
  }

  @Test func whyNothingWouldGoIsToldInWords() throws {
    let page = MemberMessages(
      memberId: "M-1", past: [try outcome("smtp-550-5.1.1")],
      now: MessageAnswer.Explanation(
        routes: [route(.email, "no-consent"), route(.sms, "phone-unusable")], pausedTemplates: [], waiting: []))
    #expect(
      page.text.contains(
        "2026-11-22T06:04:43Z  n-1      M-1     points-earned  email    failed       2  smtp-550-5.1.1"))
    #expect(page.text.contains("A message now:\n  would not be sent by any channel\n"))
    #expect(
      page.text.contains(
        "  email: no, no-consent: the member has not agreed to messages of this kind by this channel\n"))
    #expect(
      page.text.hasSuffix("  sms: no, phone-unusable: the number has too few digits or too many; correct the profile"))
  }

  @Test func whatWaitsAndWhatHoldsItUpIsTold() {
    var email = route(.email, chosen: true)
    email.isPaused = true
    email.isHeld = true
    email.switchedOff = [.tier, .offers]
    let waiting = MessageAnswer.Waiting(
      messageId: "n-2", channel: .email, template: "tier-reached", cause: "M-1:p:5", attempts: 3, dueAt: .epoch)
    let page = MemberMessages(
      memberId: "M-1", past: [],
      now: MessageAnswer.Explanation(routes: [email], pausedTemplates: ["claim-refused"], waiting: [waiting]))
    #expect(page.text.hasPrefix("M-1 has been told nothing\n\nWaiting:\n  NEXT TRY"))
    #expect(page.text.contains("  1970-01-01T00:00:00Z  n-2      tier-reached  email        3  M-1:p:5\n"))
    #expect(page.text.contains("  would go by email\n  email: yes; paused by an operator"))
    #expect(
      page.text.contains(
        "held, its server refuses or is not to be reached, messages wait; the member has switched off tier, offers\n"))
    #expect(page.text.hasSuffix("paused templates, whose messages wait: claim-refused"))
  }

  @Test func withoutAnAnswerNothingIsSaidOfNow() throws {
    let page = MemberMessages(memberId: "M-1", past: [try outcome("stale")], now: nil)
    #expect(page.text.contains("stale: it happened longer ago than --announce-within-days"))
    #expect(!page.text.contains("A message now"))
    #expect(page.json["channels"] == nil && page.json["messages"]?.elements?.count == 1)
  }

  @Test func everyReasonThatThePageTellsHasWords() throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("docs/messages.md")
    let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
    let rows = lines.drop { !$0.hasPrefix("| reason |") }.dropFirst(2).prefix { $0.hasPrefix("|") }
    for row in rows {
      for match in (row.split(separator: "|").first ?? "").matches(of: /`([a-z0-9-]+)`/) {
        #expect(OutcomeWords.ofReason[String(match.output.1)] != nil, "\(match.output.1)")
      }
    }
    #expect(rows.count > 5)
  }

  @Test func idsOfMessagesAreKnownByTheirForm() {
    #expect(MessageTarget.isMessageId("n-0123456789abcdef0123456789abcdef"))
    for other in ["n-0123456789abcdef0123456789abcde", "M-1", "n-0123456789ABCDEF0123456789ABCDEF", "n-"] {
      #expect(!MessageTarget.isMessageId(other), "\(other)")
    }
  }
}
