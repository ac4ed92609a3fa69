import Loyalty
import ServiceKit

/// What an operator decides about the points engine.
package struct PointsSettings: Sendable {
  /// How long a purchase can be returned, after it occurred; milliseconds. It is remembered as long as the member holds
  /// points of it as well.
  package var purchaseMemoryMs: Int64
  /// How long a command's id is known, after it occurred, so that the same again moves nothing; milliseconds.
  package var commandMemoryMs: Int64
  package var limits = AdjustmentLimits()
  /// Levels that one actor may set by hand in a day; nil: as many as they like.
  package var tierSetsDayMax: Int64?
  package var requiresSignedCommands = false

  private static let purchaseMemory = Setting.days(
    "purchase-memory-days", default: 400, in: 1...3_650,
    help: "How long a purchase can be returned; then, and when the member holds no point of it, it is forgotten.")
  private static let commandMemory = Setting.days(
    "command-memory-days", default: 400, in: 1...3_650,
    help: "How long a command's id is known: the same again moves nothing, and a redemption can be cancelled.")

  private static let adjustPointsMax = Setting.integer(
    "adjust-points-max", in: 0...Int(Points.largestMovement.value), unit: "points",
    help: "An adjustment of more, up or down, waits for another person's approval; left out: none does."
  ).optional
  private static let adjustPointsDayMax = Setting.integer(
    "adjust-points-day-max", in: 0...Int(Points.largestMovement.value), unit: "points an actor and day",
    help: "What would bring an actor's adjustments of a day of UTC, up and down together, above it waits likewise."
  ).optional
  private static let proposal = Setting.days(
    "proposal-days", default: 7, in: 1...365, help: "How long an adjustment waits for its approval.")

  static let declared: [any AnySetting] = [
    purchaseMemory, commandMemory, adjustPointsMax, adjustPointsDayMax, proposal, CommandSettings.tierSetsDayMax,
    CommandSettings.requireSigned,
  ]

  init(_ settings: Settings) {
    self.init(purchaseMemoryMs: settings[Self.purchaseMemory], commandMemoryMs: settings[Self.commandMemory])
    limits.pointsMax = settings[Self.adjustPointsMax].map { Points(Int64($0)) }
    limits.pointsDayMax = settings[Self.adjustPointsDayMax].map { Points(Int64($0)) }
    limits.proposalMs = settings[Self.proposal]
    tierSetsDayMax = settings[CommandSettings.tierSetsDayMax].map { Int64($0) }
    requiresSignedCommands = settings[CommandSettings.requireSigned]
  }

  package init(purchaseMemoryMs: Int64 = 400 * Instant.dayMs, commandMemoryMs: Int64 = 400 * Instant.dayMs) {
    self.purchaseMemoryMs = purchaseMemoryMs
    self.commandMemoryMs = commandMemoryMs
  }
}
