import Contracts
import Loyalty
import ServiceDomain
import ServiceKit
import StreamRuntime

/// What an operator decides about ingest.
package struct IngestSettings: Sendable {
  /// How long a purchase is remembered, so that the same (source, id) is not passed on twice; milliseconds.
  package var memoryMs: Int64 = 90 * Instant.dayMs
  /// On wall time: how far ahead of the machine's clock a purchase may claim to have occurred; milliseconds.
  package var futureToleranceMs: Int64 = Instant.dayMs
  /// How long a purchase that found no member is kept; milliseconds.
  package var unmatchedMs: Int64 = 90 * Instant.dayMs
  /// Under which contacts are digested; empty where the operator gave none.
  package var lookupSecret = ""
  /// Whether the secret may differ from the one under which the index was made.
  package var acceptsNewSecret = false
  package var claims = ClaimLimits()

  /// How often a member may be wrong.
  package struct ClaimLimits: Sendable {
    /// Wrong claims within `windowMs` after which the member's claims are locked for `lockMs`.
    package var wrongMax = 5
    package var windowMs: Int64 = Instant.dayMs
    package var lockMs: Int64 = Instant.dayMs
  }

  private static let memory = Setting.days(
    "memory-days", default: 90, in: 1...3_650,
    help: "How long a purchase is remembered; the same source and id within it is a duplicate.")
  private static let futureTolerance = Setting.milliseconds(
    "future-tolerance-ms", default: Int(Instant.dayMs), in: 0...Int(TaskClock.purchaseToleranceMsMax),
    help: "On wall time: a purchase that occurred further ahead than this is refused.")
  private static let unmatched = Setting.days(
    "unmatched-days", default: 90, in: 1...3_650,
    help: "How long a purchase that found no member is kept, to be claimed.")
  private static let lookupSecret = Setting.secret(
    "lookup-secret",
    help: "Cards, phones and e-mails are kept as digests under it; the same for all instances. Set one in production."
  ).optional
  private static let newLookupSecret = Setting.toggle(
    "new-lookup-secret", help: "The secret is a new one; loyalty.members must be read again from its beginning.")
  private static let wrongClaimsMax = Setting.integer(
    "wrong-claims-max", default: 5, in: 1...100, unit: "claims a member",
    help: "Wrong claims within --wrong-claims-window-hours after which a member's claims are locked.")
  private static let wrongClaimsWindow = Setting.hours(
    "wrong-claims-window-hours", default: 24, in: 1...8_760, help: "See --wrong-claims-max.")
  private static let claimLock = Setting.hours(
    "claim-lock-hours", default: 24, in: 1...8_760, help: "How long claims stay locked.")

  static let declared: [any AnySetting] = [
    memory, futureTolerance, unmatched, lookupSecret, newLookupSecret, wrongClaimsMax,
    wrongClaimsWindow, claimLock,
  ]

  init(_ settings: Settings) {
    memoryMs = settings[Self.memory]
    futureToleranceMs = Int64(settings[Self.futureTolerance])
    unmatchedMs = settings[Self.unmatched]
    lookupSecret = settings[Self.lookupSecret]?.reveal() ?? ""
    acceptsNewSecret = settings[Self.newLookupSecret]
    claims.wrongMax = settings[Self.wrongClaimsMax]
    claims.windowMs = settings[Self.wrongClaimsWindow]
    claims.lockMs = settings[Self.claimLock]
  }

  package init(memoryMs: Int64? = nil) {
    if let memoryMs { self.memoryMs = memoryMs }
  }
}
