import ServiceDomain

/// Names a voucher by what it is issued for. Nobody else's has the same, whatever ids members send.
enum VoucherId {
  /// 32 hexadecimal digits.
  static func of(_ memberId: String, _ redemptionId: String, piece: Int64) -> String {
    // Ids hold no control characters.
    String(SHA256.hexadecimal(of: "\(memberId)\n\(redemptionId)\n\(piece)").prefix(32))
  }
}
