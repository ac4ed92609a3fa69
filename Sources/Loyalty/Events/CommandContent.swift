/// What a command asks for, told apart from another one by a number.
extension MemberCommand {
  /// The same for the same command sent again, which may come at another time, from another source or by another actor.
  /// FNV-1a over all that says what is to be done and why; member and programme are no part of it, for an id is looked
  /// up under them.
  package var contentDigest: UInt64 {
    var digest = FieldDigest()
    switch kind {
    case .redeem(let points, let reference): digest.add("redeem", "\(points.value)", reference)
    case .cancelRedemption(let redemptionId, let points):
      digest.add("cancel", redemptionId, points.map { "\($0.value)" })
    case .adjust(let points): digest.add("adjust", "\(points.value)")
    case .propose(let points): digest.add("propose", "\(points.value)")
    case .approve(let proposalId): digest.add("approve", proposalId)
    case .decline(let proposalId): digest.add("decline", proposalId)
    case .transfer(let points, let recipient): digest.add("transfer", "\(points.value)", recipient)
    case .freeze: digest.add("freeze")
    case .unfreeze: digest.add("unfreeze")
    case .close: digest.add("close")
    }
    digest.add(reason)
    return digest.value
  }
}

extension TierCommand {
  /// The same, of a level set by hand.
  package var contentDigest: UInt64 {
    var digest = FieldDigest()
    digest.add("tier", level, "\(until.milliseconds)", reason)
    return digest.value
  }
}

/// Fields one after another, each told apart from the next and from one that is missing.
private struct FieldDigest {
  private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

  mutating func add(_ fields: String?...) {
    for field in fields {
      add(field == nil ? 0 : 1)
      for byte in (field ?? "").utf8 { add(byte) }
      // Stands in no UTF-8 text.
      add(0xFF)
    }
  }

  private mutating func add(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }
}
