import Foundation
import Loyalty
import Rewards
import ServiceKit
import Signing

/// What an operator decides about the reward engine.
package struct RewardSettings: Sendable {
  package var key: VoucherKey
  /// Signs commands on points; nil: nobody does.
  package var signer: SigningKey?
  /// How long what has ended is remembered: redemptions, used vouchers, pieces that were given; milliseconds.
  package var memoryMs: Int64
  /// Wrong codes of one source, in one partition.
  package var guesses: GuessCount.Limit

  private static let secret = Setting.secret(
    "voucher-secret",
    help:
      "Makes, seals and finds the codes of vouchers: 32 characters or more. A new one goes before the old ones, with "
      + "white space between.")
  private static let memory = Setting.days(
    "redemption-memory-days", default: 400, in: 1...3_650,
    help: "How long redemptions and vouchers that have ended are remembered.")
  private static let wrongMax = Setting.integer(
    "wrong-codes-max", default: 20, in: 1...1_000_000,
    help: "So many wrong codes of one source within the window, and it is answered nothing until that is over.")
  private static let windowMinutes = Setting.integer(
    "wrong-codes-minutes", default: 15, in: 1...10_080, unit: "min",
    help: "The window in which wrong codes are counted.")

  private static let signingKey = Setting.path(
    "signing-key-file",
    help: "The key that signs its commands on points, where --require-signed-commands takes no others."
  ).optional

  static let declared: [any AnySetting] =
    [secret, memory, wrongMax, windowMinutes, signingKey] + PartnerSettings.declared

  /// Throws a `ConfigurationError` where the secret or the signing key is none.
  init(_ settings: Settings) throws(ConfigurationError) {
    guard let key = VoucherKey(secrets: settings[Self.secret].reveal()) else {
      throw ConfigurationError([
        settings.problem(Self.secret, "needs \(VoucherKey.secretLengthMin) characters or more")
      ])
    }
    self.init(
      key: key, memoryMs: settings[Self.memory], wrongMax: Int64(settings[Self.wrongMax]),
      windowMs: Int64(settings[Self.windowMinutes]) * 60_000)
    guard let path = settings[Self.signingKey] else { return }
    signer = (try? String(contentsOfFile: path, encoding: .utf8)).flatMap { SigningKey(pem: $0) }
    guard signer != nil else {
      throw ConfigurationError([
        settings.problem(
          Self.signingKey, "names no Ed25519 key in PEM that can be read, as `loyalty keys create` makes it")
      ])
    }
  }

  package init(
    key: VoucherKey, memoryMs: Int64 = 400 * Instant.dayMs, wrongMax: Int64 = 20, windowMs: Int64 = 15 * 60_000
  ) {
    self.key = key
    self.memoryMs = memoryMs
    guesses = GuessCount.Limit(wrongMax: wrongMax, windowMs: windowMs)
  }
}
