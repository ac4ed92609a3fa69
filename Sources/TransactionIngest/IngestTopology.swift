import Contracts
import ServiceDomain
import StreamRuntime

/// What ingest reads, keeps and writes.
package enum IngestTopology {
  /// Source and id → that the purchase was seen already.
  static let seen = StoreDefinition<String, SeenPurchase>("purchases")
  /// Whose a contact is, by its digest.
  static let contacts = StoreDefinition<ContactDigest, ContactRow>("contacts")
  /// Purchases that found no member, by the digest of the contact they name.
  static let waiting = StoreDefinition<String, WaitingRow>("waiting")
  /// The same purchases themselves, by receipt.
  static let receipts = StoreDefinition<String, ReceiptRow>("receipts")
  /// Which contacts a member has.
  static let profiles = StoreDefinition<String, MemberContactsRow>("profiles")
  /// Members' claims.
  static let claimants = StoreDefinition<String, ClaimantRow>("claimants")
  /// Erasures that wait for other partitions.
  static let erasures = StoreDefinition<String, PendingErasureRow>("erasures")

  /// Rows kept decoded in memory, a partition, of those that are looked at again and again.
  private static let cacheRowsMax = 10_000

  package static func make(_ settings: IngestSettings) -> Topology {
    Topology(
      of: .transactionIngest,
      stores: [
        // Nearly every purchase is new.
        seen.caching(0),
        contacts.caching(cacheRowsMax),
        waiting.caching(0),
        receipts.caching(0),
        profiles.caching(cacheRowsMax),
        claimants.caching(cacheRowsMax),
        erasures.caching(100),
        ErasedMembers.storeSpec,
      ],
      processor: { try IngestProcessor($0, $1, settings) })
  }
}
