import Loyalty
import ServiceKit

/// What an operator decides about the points engine.
package struct PointsSettings: Sendable {
  /// How long a purchase can be returned, after it occurred; milliseconds. It is remembered as long as the member holds
  /// points of it as well.
  package var purchaseMemoryMs: Int64
  /// How long a command's id is known, after it occurred, so that the same again moves nothing; milliseconds.
  package var commandMemoryMs: Int64

  private static let purchaseMemory = Setting.days(
    "purchase-memory-days", default: 400, in: 1...3_650,
    help: "How long a purchase can be returned; then, and when the member holds no point of it, it is forgotten.")
  private static let commandMemory = Setting.days(
    "command-memory-days", default: 400, in: 1...3_650,
    help: "How long a command's id is known: the same again moves nothing, and a redemption can be cancelled.")

  static let declared: [any AnySetting] = [purchaseMemory, commandMemory]

  init(_ settings: Settings) {
    self.init(purchaseMemoryMs: settings[Self.purchaseMemory], commandMemoryMs: settings[Self.commandMemory])
  }

  package init(purchaseMemoryMs: Int64 = 400 * Instant.dayMs, commandMemoryMs: Int64 = 400 * Instant.dayMs) {
    self.purchaseMemoryMs = purchaseMemoryMs
    self.commandMemoryMs = commandMemoryMs
  }
}
