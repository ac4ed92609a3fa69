/// What a partner's answer to an order means. `code` is the partner's, or a word for what came of the call
/// (``PartnerCode``); it may be told, counted and logged.
package enum IssueVerdict: Equatable, Sendable {
  case issued([PartnerVoucher])
  /// Nothing was issued, nor will be: it has none left.
  case outOfStock(code: String)
  /// Nothing was issued, nor will be for this order.
  case refused(code: String)
  /// Nothing was issued, and no order will be taken until somebody mends the account.
  case account(code: String)
  /// Nothing was issued, for there have been too many, or too much.
  case limit(code: String)
  /// Nothing was issued, this time.
  case later(code: String)
  /// An order of this reference is there: what became of it is to be asked.
  case exists(code: String)
  /// Nobody knows.
  case unknown(code: String)

  package var code: String {
    switch self {
    case .issued: PartnerCode.issued
    case .outOfStock(let code), .refused(let code), .account(let code), .limit(let code), .later(let code),
      .exists(let code), .unknown(let code):
      code
    }
  }

  /// For figures: calls by outcome.
  package var outcome: String {
    switch self {
    case .issued: "issued"
    case .outOfStock: "out-of-stock"
    case .refused: "refused"
    case .account: "account"
    case .limit: "limit"
    case .later: "later"
    case .exists: "exists"
    case .unknown: "unknown"
    }
  }
}

/// What a partner's answer to a question about a reference means.
package enum StatusVerdict: Equatable, Sendable {
  case issued([PartnerVoucher])
  /// The partner knows no order of this reference.
  case notKnown(code: String)
  /// It knows the order, and refused it.
  case refused(code: String)
  /// Nothing was learned; what stands in the way concerns every call.
  case account(code: String)
  case limit(code: String)
  /// Nothing was learned.
  case unknown(code: String)

  package var code: String {
    switch self {
    case .issued: PartnerCode.issued
    case .notKnown(let code), .refused(let code), .account(let code), .limit(let code), .unknown(let code): code
    }
  }

  package var outcome: String {
    switch self {
    case .issued: "issued"
    case .notKnown: "not-known"
    case .refused: "refused"
    case .account: "account"
    case .limit: "limit"
    case .unknown: "unknown"
    }
  }
}

/// The words for what came of a call beside the partners' own codes.
package enum PartnerCode {
  static let issued = "issued"
  static let notSent = "not-sent"
  static let noAnswer = "no-answer"
  /// The process ended, or lost the partition, while the call was out.
  static let interrupted = "interrupted"
  static let unsigned = "answer-unsigned"
  static let unreadable = "answer-unreadable"
  static let unclear = "answer-unclear"
  static let incomplete = "answer-incomplete"
  static let product = "product-not-valid"

  static func http(_ status: Int) -> String { "http-\(status)" }

  private static let lengthMax = 64

  /// A partner's word with its name before it; nil: it is none that may be told and logged.
  static func of(_ partner: String, _ word: String) -> String? {
    let isPlain = word.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
        true
      default: false
      }
    }
    return isPlain && !word.isEmpty && word.utf8.count <= lengthMax ? "\(partner)-\(word)" : nil
  }
}

/// Why a partner delivers nothing for an order, for good: points and stock go back.
package enum PartnerRefusal: Equatable, Sendable {
  case outOfStock(String)
  case partner(String)
  /// It took the voucher back.
  case cancelledThere
  /// Nothing was issued for as long as one waits; with the last code.
  case gaveUp(String)
  /// An operator found that nothing was issued.
  case settled(by: String)

  package var code: String {
    switch self {
    case .outOfStock: "out-of-stock"
    case .partner: "partner-refused"
    case .cancelledThere: "cancelled-there"
    case .gaveUp: "gave-up"
    case .settled: "settled"
    }
  }

  /// The partner's code, or who settled it.
  package var detail: String? {
    switch self {
    case .outOfStock(let code), .partner(let code), .gaveUp(let code), .settled(let code): code
    case .cancelledThere: nil
    }
  }
}
