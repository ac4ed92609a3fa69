import ServiceKit

/// What an operator decides about the worker.
package struct PrivacySettings: Sendable {
  /// A request that is open for longer is overdue; milliseconds.
  package var overdueAfterMs: Int64

  private static let overdueAfterHours = Setting.integer(
    "overdue-after-hours", default: 24, in: 1...8_760, unit: "hours",
    help: "A request open for longer is logged, and its tasks go once more to those who have not reported.")

  static let declared: [any AnySetting] = [overdueAfterHours]

  init(_ settings: Settings) {
    self.init(overdueAfterMs: Int64(settings[Self.overdueAfterHours]) * 3_600_000)
  }

  package init(overdueAfterMs: Int64 = 24 * 3_600_000) {
    self.overdueAfterMs = overdueAfterMs
  }
}
