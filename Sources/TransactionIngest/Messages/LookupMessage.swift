import Contracts
import Loyalty
import ServiceDomain

/// What the partitions of ingest say to each other: the value of `loyalty.lookups`.
///
/// A purchase arrives under any key, a profile under its member's, so that what joins them travels: to the partition of
/// a contact's digest (key: the digest), to that of a receipt (key: the receipt id), to that of a member (key: the
/// member id), or back to the partition where a purchase arrived.
enum LookupMessage: Equatable {
  // To a contact's partition.

  /// `isNew`: the member did not have the contact before.
  case contactAdded(ContactDigest, ContactRow.Owner, isNew: Bool)
  case contactRemoved(ContactDigest, memberId: String, for: ErasureInWait?)
  /// `otherwise`: where to look further if nobody has the first.
  case purchaseLookup(ContactDigest, ArrivedPurchase, otherwise: ContactDigest? = nil)

  // To a receipt's partition.

  case purchaseKept(ArrivedPurchase)
  /// Whether the purchase is this member's, who has its contact since `since`.
  case purchaseEnrolled(ReceiptPlace, memberId: String, since: Instant)
  case receiptClaimed(PurchaseClaim)
  case receiptErased(ReceiptPlace, for: ErasureInWait?)

  // To a member's partition.

  case claimJudged(JudgedClaim)

  // To the partition that waits.

  case purchaseRefused(ReceiptPlace, LateRefusal, Arrival)
  case rowErased(requestId: String)

  /// Where an answer is waited for; nil: nowhere.
  var waitingPartition: Int32? {
    switch self {
    case .contactRemoved(_, _, let erasure), .receiptErased(_, let erasure): erasure?.partition
    case .purchaseLookup(_, let purchase, _), .purchaseKept(let purchase): purchase.arrival.partition
    case .purchaseRefused(_, _, let arrival): arrival.partition
    case .contactAdded, .purchaseEnrolled, .receiptClaimed, .claimJudged, .rowErased: nil
    }
  }

  /// Stands for the member of a transaction on its way to be matched.
  static let unresolved = "-"
}

/// A purchase, return or cancellation whose member is not resolved yet, and where it arrived.
struct ArrivedPurchase: Equatable {
  /// Its `memberId` is ``LookupMessage/unresolved``.
  var transaction: Transaction
  var arrival: Arrival
}

/// A purchase as its shop names it.
struct ReceiptPlace: Equatable {
  var receipt: String
  var source: String
}

/// The erasure that waits for an answer, and in which partition.
struct ErasureInWait: Equatable {
  var requestId: String
  var partition: Int32
}

/// What the receipt's partition decided: about a claim, or about a purchase that an enrolment found.
struct JudgedClaim: Equatable {
  /// nil: nobody claimed; an enrolment found the purchase.
  var claimId: String?
  var memberId: String
  var receipt: String
  /// Of the purchase that was found, or the one the claim named.
  var source: String?
  /// nil: the purchase is the member's.
  var refusal: ClaimStatus.Refusal?
  var actor: String?
  /// In whose name the answer is given.
  var programId: String?
  var at: Instant
}
