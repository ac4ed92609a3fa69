import Contracts
import Rewards
import Signing

/// Makes a pool's own codes. The same voucher has the same code, however often it is asked for.
struct CodeMint {
  private let key: VoucherKey

  init(_ key: VoucherKey) { self.key = key }

  /// - Parameter counter: one more for each code before it that belongs to another voucher.
  /// - Returns: nil where too many did.
  func code(_ pattern: CodePattern, ofPool pool: String, for voucher: String, counter: Int64) -> RewardMessage
    .IssuedCode?
  {
    guard counter < Int64(CodeDerivation.counterMax) else { return nil }
    let derivation = CodeDerivation(pool: pool, pattern: pattern, digest: key.digest(ofPool: pool))
    let code = derivation.code(for: voucher, counter: Int(counter))
    return RewardMessage.IssuedCode(
      digest: CodeDigest(of: code, digest: key.digest), sealed: key.seal(code),
      codeEnd: CodeDigest.lastCharacters(of: code), counter: counter)
  }
}
