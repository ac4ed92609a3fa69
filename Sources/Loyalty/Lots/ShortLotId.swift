/// Ids of lots in few bytes, for what an account remembers of many purchases.
extension Lot {
  /// No id of a lot is longer: what would be is named without the lot that it came from, see `Account.giveBack`.
  package static let idBytesMax = 2_048
  /// What ``shortId(_:)`` takes at most.
  package static let shortIdBytesMax = 33

  /// The id itself where it is as short as those of ordinary shops, else a mark and a digest of it. The mark and
  /// digest hold no colon, which every lot of a purchase does, so that the two cannot meet.
  package static func shortId(_ id: String) -> String {
    id.utf8.count <= shortIdBytesMax ? id : "#" + IdDigest(of: id).hexadecimal
  }
}
