import Contracts
import Loyalty

/// Keys of the store `purchases`: member, programme, purchase id, source. The source stands last because a return names
/// the purchase id alone.
enum PurchaseKey {
  static func of(_ purchase: PurchaseRecord, _ memberId: String, _ programId: String) -> String {
    of(purchaseId: purchase.purchaseId, source: purchase.source, memberId, programId)
  }

  static func of(purchaseId: String, source: String, _ memberId: String, _ programId: String) -> String {
    RecordKey.joined(memberId, programId, purchaseId, source)
  }

  /// nil for the lot of a command.
  static func of(lotId: String, _ memberId: String, _ programId: String) -> String? {
    guard let (source, purchaseId) = Lot.purchase(of: lotId) else { return nil }
    return of(purchaseId: purchaseId, source: source, memberId, programId)
  }

  /// Of the purchases of that id, whatever their source.
  static func prefix(purchaseId: String, _ memberId: String, _ programId: String) -> String {
    RecordKey.joined(memberId, programId, purchaseId, "")
  }

  /// Of all purchases of a member in a programme.
  static func prefix(_ memberId: String, _ programId: String) -> String {
    RecordKey.joined(memberId, programId, "")
  }
}
