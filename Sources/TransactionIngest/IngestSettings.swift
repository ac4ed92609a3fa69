import ServiceKit

/// What an operator decides about ingest.
package struct IngestSettings: Sendable {
  /// How long a purchase is remembered, so that the same (source, id) is not passed on twice; milliseconds.
  package var memoryMs: Int64
  /// On wall time: how far ahead of the machine's clock a purchase may claim to have occurred; milliseconds.
  package var futureToleranceMs: Int64

  private static let memoryDays = Setting.integer(
    "memory-days", default: 90, in: 1...3_650, unit: "days",
    help: "How long a purchase is remembered; the same source and id within it is a duplicate.")
  private static let futureTolerance = Setting.milliseconds(
    "future-tolerance-ms", default: 86_400_000, in: 0...31_622_400_000,
    help: "On wall time: a purchase that occurred further ahead than this is refused.")

  static let declared: [any AnySetting] = [memoryDays, futureTolerance]

  init(_ settings: Settings) {
    self.init(
      memoryMs: Int64(settings[Self.memoryDays]) * 86_400_000,
      futureToleranceMs: Int64(settings[Self.futureTolerance]))
  }

  package init(memoryMs: Int64 = 90 * 86_400_000, futureToleranceMs: Int64 = 86_400_000) {
    self.memoryMs = memoryMs
    self.futureToleranceMs = futureToleranceMs
  }
}
