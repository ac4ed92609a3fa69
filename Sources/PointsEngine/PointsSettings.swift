import ServiceKit

/// What an operator decides about the points engine.
package struct PointsSettings: Sendable {
  /// How long a purchase can be returned, after it occurred; milliseconds. It is remembered until its points have expired
  /// as well.
  package var purchaseMemoryMs: Int64

  private static let purchaseMemoryDays = Setting.integer(
    "purchase-memory-days", default: 400, in: 1...3_650, unit: "days",
    help: "How long a purchase can be returned; then, and when its points have expired, it is forgotten.")

  static let declared: [any AnySetting] = [purchaseMemoryDays]

  init(_ settings: Settings) {
    self.init(purchaseMemoryMs: Int64(settings[Self.purchaseMemoryDays]) * 86_400_000)
  }

  package init(purchaseMemoryMs: Int64 = 400 * 86_400_000) {
    self.purchaseMemoryMs = purchaseMemoryMs
  }
}
