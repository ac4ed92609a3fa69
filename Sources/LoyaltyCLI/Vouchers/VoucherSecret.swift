import Contracts
import Inquiry
import Rewards
import ServiceKit
import Signing

/// The key of vouchers, where the operator has it.
struct VoucherSecret {
  static let setting = Setting.secret(
    "voucher-secret", help: "The reward engine's --voucher-secret; without it codes are shown by their last four."
  ).optional

  private let key: VoucherKey?

  init(_ context: CommandContext) throws {
    guard let text = context.settings[Self.setting]?.reveal() else {
      key = nil
      return
    }
    guard let key = VoucherKey(secrets: text) else {
      throw ConfigurationError([
        context.settings.problem(
          Self.setting, "needs \(VoucherKey.secretLengthMin) characters or more, as the reward engine's has")
      ])
    }
    self.key = key
  }

  /// Throws where the operator does not have it.
  static func key(_ context: CommandContext) throws -> VoucherKey {
    guard let key = try VoucherSecret(context).key else {
      throw ConfigurationError([
        context.settings.problem(
          setting, "is missing: the one that the reward engine is given, best by --voucher-secret-file")
      ])
    }
    return key
  }

  /// The code itself for whoever has the key, else its end.
  func shown(_ sealed: String, end: String) -> String { key?.open(sealed) ?? "…\(end)" }

  /// Hyphens do not count. Without the key no code is known.
  func isCode(_ code: String, sealed: String, end: String) -> Bool {
    guard let key, CodeDigest.lastCharacters(of: code) == end, let opened = key.open(sealed) else { return false }
    return opened.filter { $0 != "-" } == code.filter { $0 != "-" }
  }
}

/// Codes as somebody typed them.
package enum TypedCodes {
  /// The code as it was given out: of the first pool whose pattern it fits; as it was typed where it fits none.
  package static func meant(_ typed: String, among patterns: [CodePattern]) -> String {
    for pattern in patterns {
      if let code = pattern.read(typed) { return code }
    }
    return typed
  }

  /// Of every version of every pool of own codes: what an old version gave out is still out.
  static func patterns(_ cluster: Cluster) throws -> [CodePattern] {
    try PublishedDocuments<VoucherPoolDocument>(cluster).catalog.documents.compactMap { pool in
      if case .own(let pattern, _) = pool.source { return pattern }
      return nil
    }
  }
}
