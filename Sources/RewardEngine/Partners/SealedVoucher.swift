import Contracts
import Partners
import Rewards
import Signing

/// A partner's voucher as codes are kept: sealed, and found by a digest.
extension VoucherKey {
  /// What is sealed is what its holder needs: code, PIN and link, with spaces between. No till finds it, for it is none
  /// that a till of ours takes; and codes of two partners that are alike are two.
  func issuedCode(_ voucher: PartnerVoucher, of partner: String) -> RewardMessage.IssuedCode {
    let text = [voucher.code, voucher.pin, voucher.link].compactMap { $0 }.joined(separator: " ")
    let name = voucher.code ?? voucher.link ?? ""
    return RewardMessage.IssuedCode(
      digest: CodeDigest(of: "\(partner)\n\(name)", digest: digest), sealed: seal(text),
      codeEnd: CodeDigest.lastCharacters(of: name))
  }
}
