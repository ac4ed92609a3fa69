import Curl
import ServiceKit

/// What an operator decides about partners who deliver rewards.
package struct PartnerSettings: Sendable {
  /// One file per partner, `<its id>.json`.
  package var folder: String
  package var callsMax: Int
  package var timeoutMs: Int
  /// Breaks off what a stop finds under way.
  package let cancellation = TransferCancellation()

  private static let folder = Setting.path(
    "partner-credentials-folder",
    help: "Where the credentials of partners lie, one file each: <its id>.json, as docs/partners.md describes them. "
      + "Left out: rewards that partners deliver are refused."
  ).optional
  private static let calls = Setting.integer(
    "partner-calls", default: 8, in: 1...64,
    help: "Calls to partners at a time, of one instance; one partner has three quarters of them at most.")
  private static let timeout = Setting.milliseconds(
    "partner-timeout-ms", default: 60_000, in: 100...600_000,
    help: "How long a partner's answer is waited for; then nobody knows, and it is asked.")

  static let declared: [any AnySetting] = [folder, calls, timeout]

  /// nil: no partner delivers anything.
  init?(_ settings: Settings) {
    guard let folder = settings[Self.folder] else { return nil }
    self.init(folder: folder, callsMax: settings[Self.calls], timeoutMs: settings[Self.timeout])
  }

  package init(folder: String, callsMax: Int, timeoutMs: Int) {
    self.folder = folder
    self.callsMax = callsMax
    self.timeoutMs = timeoutMs
  }

  package var transfer: TransferOptions {
    TransferOptions(timeoutMs: timeoutMs, cancellation: cancellation)
  }
}
