import Loyalty
import ServiceKit

/// What an operator decides about the worker.
package struct PrivacySettings: Sendable {
  /// A request that is open for longer is overdue; milliseconds.
  package var overdueAfterMs: Int64

  private static let overdueAfter = Setting.hours(
    "overdue-after-hours", default: 24, in: 1...8_760,
    help: "A request open for longer is logged, and its tasks go once more to those who have not reported.")

  static let declared: [any AnySetting] = [overdueAfter]

  init(_ settings: Settings) {
    self.init(overdueAfterMs: settings[Self.overdueAfter])
  }

  package init(overdueAfterMs: Int64 = Instant.dayMs) {
    self.overdueAfterMs = overdueAfterMs
  }
}
