import Loyalty
import ServiceKit

extension Settings {
  /// An instant given as text.
  func instant(_ setting: Setting<String>) throws -> Instant {
    guard let instant = Instant(rfc3339: self[setting]) else { throw noInstant(setting) }
    return instant
  }

  /// The same where it may be left out.
  func instant(_ setting: Setting<String?>) throws -> Instant? {
    guard let text = self[setting] else { return nil }
    guard let instant = Instant(rfc3339: text) else { throw noInstant(setting) }
    return instant
  }

  private func noInstant<Value>(_ setting: Setting<Value>) -> ConfigurationError {
    ConfigurationError([
      problem(setting, "needs an RFC 3339 date and time with an offset, such as 2017-07-08T00:00:00-04:00")
    ])
  }
}
