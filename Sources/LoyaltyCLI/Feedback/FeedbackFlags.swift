import Foundation
import Loyalty
import MessageFeedback
import ServiceKit

/// What `loyalty feedback` and `loyalty suppressions` share.
enum FeedbackFlags {
  static let secret = Setting.secret(
    "feedback-secret", help: "The notifier's --feedback-secret."
  ).optional

  static func givenSecret(_ context: CommandContext) throws -> FeedbackSecret {
    guard let text = context.settings[secret]?.reveal() else {
      throw ConfigurationError([
        context.settings.problem(
          secret, "is missing: the one that the notifier is given, best by --feedback-secret-file")
      ])
    }
    guard text.count >= FeedbackSecret.lengthMin else {
      throw ConfigurationError([
        context.settings.problem(secret, "needs at least \(FeedbackSecret.lengthMin) characters, as the notifier's has")
      ])
    }
    return FeedbackSecret(text)
  }

  static var now: Instant { Instant(milliseconds: LogOutput.wallClockMs()) }

  /// All of standard input, or of an open file, up to `bytesMax`. The rest is read and forgotten, for a mail server may
  /// not like it when nobody takes what it writes.
  static func bytes(of descriptor: Int32, bytesMax: Int) throws -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw CommandFailure("the input cannot be read: \(String(cString: strerror(errno)))") }
      if count == 0 { return bytes }
      bytes += buffer[..<min(count, bytesMax - bytes.count)]
    }
  }
}
