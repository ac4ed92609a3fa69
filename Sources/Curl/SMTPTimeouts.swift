/// How long an SMTP server may take over each step. RFC 5321 §4.5.3.2 says what a client should have at the least; the
/// defaults are these.
package struct SMTPTimeouts: Sendable {
  /// Greeting, EHLO, STARTTLS, each step of the log-in, MAIL and RCPT. "Initial 220 Message: 5 Minutes", "MAIL Command:
  /// 5 Minutes", "RCPT Command: 5 Minutes".
  package let replyMs: Int
  /// "DATA Initiation: 2 Minutes".
  package let dataMs: Int
  /// "Data Block: 3 Minutes", in which some bytes at least must go out.
  package let blockMs: Int
  /// "DATA Termination: 10 Minutes". "When the receiver gets the final period terminating the message data, it
  /// typically performs processing to deliver the message to a user mailbox. A spurious timeout at this point would be
  /// very wasteful".
  package let finalMs: Int

  /// No other step is given more than `replyMs`.
  package init(replyMs: Int = 300_000, finalMs: Int = 600_000) {
    self.replyMs = replyMs
    dataMs = min(120_000, replyMs)
    blockMs = min(180_000, replyMs)
    self.finalMs = finalMs
  }
}
