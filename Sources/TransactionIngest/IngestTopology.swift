import Contracts
import ServiceDomain
import StreamRuntime

/// What ingest reads, keeps and writes.
package enum IngestTopology {
  /// In the order of the topology's output topics.
  enum Output: Int, CaseIterable {
    case transactions, rejections, privacyReports, lookups, forwardings, claims

    var topic: Topic {
      switch self {
      case .transactions: .transactions
      case .rejections: .rejections
      case .privacyReports: .privacyReports
      case .lookups: .lookups
      case .forwardings: .forwardings
      case .claims: .claims
      }
    }
  }

  enum Stores {
    /// Which purchases were seen already.
    static let seen = "purchases"
    /// Whose a contact is, by its digest.
    static let contacts = "contacts"
    /// Purchases that found no member, by the digest of the contact they name.
    static let waiting = "waiting"
    /// The same purchases themselves, by receipt.
    static let receipts = "receipts"
    /// Which contacts a member has.
    static let profiles = "profiles"
    /// Members' claims.
    static let claimants = "claimants"
    /// Erasures that wait for other partitions.
    static let erasures = "erasures"
  }

  /// Rows kept decoded in memory, a partition, of those that are looked at again and again.
  private static let cacheRowsMax = 10_000

  package static func make(_ settings: IngestSettings) -> Topology {
    Topology(
      of: .transactionIngest,
      stores: [
        // Nearly every purchase is new.
        .init(name: Stores.seen, cacheRowsMax: 0),
        .init(name: Stores.contacts, cacheRowsMax: cacheRowsMax),
        .init(name: Stores.waiting, cacheRowsMax: 0),
        .init(name: Stores.receipts, cacheRowsMax: 0),
        .init(name: Stores.profiles, cacheRowsMax: cacheRowsMax),
        .init(name: Stores.claimants, cacheRowsMax: cacheRowsMax),
        .init(name: Stores.erasures, cacheRowsMax: 100),
        ErasedMembers.storeSpec,
      ],
      globals: [.programs], followed: [.forwardings], outputs: Output.allCases.map(\.topic),
      makeProcessor: { try IngestProcessor($0, settings) })
  }
}
