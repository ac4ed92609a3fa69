import Loyalty
import ServiceKit

/// What an operator decides about the tier evaluator.
package struct TierSettings: Sendable {
  /// How long a purchase is remembered: a return within it lowers the metric, and the same (source, id) within it
  /// counts once; milliseconds.
  package var purchaseMemoryMs: Int64
  /// Levels that one actor may set by hand in a day; nil: as many as they like.
  package var tierSetsDayMax: Int64?
  package var requiresSignedCommands = false

  private static let purchaseMemory = Setting.days(
    "purchase-memory-days", default: 400, in: 1...3_650,
    help: "How long a purchase is remembered, so that its returns lower what counts towards the tier.")

  static let declared: [any AnySetting] = [
    purchaseMemory, CommandSettings.tierSetsDayMax, CommandSettings.requireSigned,
  ]

  init(_ settings: Settings) {
    self.init(purchaseMemoryMs: settings[Self.purchaseMemory])
    tierSetsDayMax = settings[CommandSettings.tierSetsDayMax].map { Int64($0) }
    requiresSignedCommands = settings[CommandSettings.requireSigned]
  }

  package init(purchaseMemoryMs: Int64 = 400 * Instant.dayMs) {
    self.purchaseMemoryMs = purchaseMemoryMs
  }
}
