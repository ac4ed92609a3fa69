import Contracts
import Foundation
import Loyalty
import MessageFeedback
import Messages
import Notifier
import StreamRuntime
import StreamTesting
import TestValues
import Testing

/// What the tests of reports and of the suppression list share.
enum FeedbackRoom {
  static let secretText = "a secret of an installation"
  static let secret = FeedbackSecret(secretText)
  static let flags =
    Mailroom.channels + Mailroom.gateway + [
      "--feedback-secret", secretText, "--return-path", "bounces@example.com", "--soft-bounces-max", "2",
    ]

  static func with(_ more: [String] = [], partitionCount: Int = 1, _ body: (Mailroom) throws -> Void) throws {
    let room = try Mailroom(flags + more, partitionCount: partitionCount)
    defer { room.close() }
    try room.join()
    try body(room)
  }
}

extension Mailroom {
  /// What is reported of a message, by the token that its return path has.
  func report(
    _ kind: Feedback.Kind, _ bounce: Feedback.Bounce? = nil, of mail: MailMessage? = nil, code: String? = nil
  ) throws {
    let mail = try mail ?? #require(post.mails.last)
    let token = try #require(mail.feedback?.token)
    let read = try #require(FeedbackToken(token, under: FeedbackRoom.secret))
    let feedback = Feedback(
      kind, notificationId: read.notificationId, partition: read.partition, bounce: bounce, code: code, source: "dsn",
      providerMessageId: "at-the-provider", occurredAt: time(Self.now))
    driver.publish(
      Topic.feedback.name, partition: read.partition, key: read.notificationId,
      value: json { feedback.encode(to: &$0) })
    try run()
  }

  func suppress(
    _ contact: String, _ reason: ContactSuppression.Reason = .byHand, isSuppressed: Bool = true,
    under secret: FeedbackSecret = FeedbackRoom.secret
  ) throws {
    let contact = try #require(Contact(contact))
    let suppression = ContactSuppression(
      secretId: secret.id, digest: secret.digest(of: contact), channel: contact.channel, reason: reason,
      isSuppressed: isSuppressed, actor: "ann", occurredAt: time(Self.now))
    driver.publish(
      Topic.suppressions.name, partition: 0, key: suppression.key, value: json { suppression.encode(to: &$0) })
    try run()
  }

  /// `reason` of each contact that is on the list.
  func suppressed() throws -> [String] {
    try driver.values(of: Topic.suppressions.name) { try ContactSuppression(decoding: $0) }.map(\.reason.rawValue)
  }

  func reports(_ kind: String) -> Int? {
    let start = "stampede_feedback_total{service=\"notifier\",kind=\"\(kind)\"} "
    let line = driver.metrics.exposition().split(separator: "\n").first { $0.hasPrefix(start) }
    return line.flatMap { Int($0.dropFirst(start.count)) }
  }
}
