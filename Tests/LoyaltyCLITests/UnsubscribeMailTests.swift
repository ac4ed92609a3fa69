import LoyaltyCLI
import Testing

@Suite(.timeLimit(.minutes(10))) struct UnsubscribeMailTests {
  func mail(_ text: String, to recipient: String? = nil) -> UnsubscribeMail {
    UnsubscribeMail(recipient: recipient, Array(text.replacing("\n", with: "\r\n").utf8))
  }

  @Test func tokenStandsInTheSubject() {
    let mail = mail("From: lan@example.com\nSubject: unsubscribe abc_D-1\n\nSubject: not this\n")
    #expect(mail.candidates.contains("abc_D-1") && !mail.candidates.contains("not") && !mail.isAutomatic)
  }

  @Test func aLongSubjectMayBeFolded() {
    #expect(mail("Subject: unsubscribe\n  abcdef\nX: y\n\n").candidates.contains("abcdef"))
  }

  @Test func tokenStandsInTheAddress() {
    #expect(mail("To: \"Stop\" <stop+abc_D-1@example.com>\n\n").candidates == ["abc_D-1"])
    #expect(mail("Delivered-To: stop+abc@example.com\nSubject: x\n\n").candidates == ["abc", "x"])
    #expect(mail("Subject: x\n\n", to: "stop+abc@example.com").candidates == ["abc", "x"])
    #expect(mail("To: stop@example.com, a+b+c@example.com\n\n").candidates == ["b+c"])
  }

  @Test(arguments: ["Auto-Submitted: auto-replied", "Return-Path: <>", "AUTO-SUBMITTED: Auto-Generated"])
  func machinesAreNotHeard(_ header: String) { #expect(mail("\(header)\nSubject: unsubscribe a\n\n").isAutomatic) }

  @Test func peopleAre() { #expect(!mail("Auto-Submitted: no\nSubject: a\n\n").isAutomatic) }

  @Test func noMailIsTooOdd() {
    for text in ["", "\n", "no headers at all", ": \n", "Subject\n", " folded first\nSubject: a\n"] {
      #expect(mail(text).candidates.count <= 1)
    }
    #expect(UnsubscribeMail(recipient: nil, [0xFF, 0x00, 0x0A]).candidates.isEmpty)
    let many = mail("Subject: " + String(repeating: "a ", count: 10_000) + "\n\n")
    #expect(many.candidates.count == 200)
  }
}
