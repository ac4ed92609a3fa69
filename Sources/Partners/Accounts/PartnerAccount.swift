import JSON
import Loyalty
import Signing

/// How one partner is reached, and as whom: the address of its document, and the rest from a file that only the worker
/// reads.
package struct PartnerAccount: Sendable, CustomStringConvertible {
  package let url: String
  package let kind: Kind

  package enum Kind: Sendable {
    case gotIt(GotIt)
    case urBox(UrBox)
    case json(Plain)
  }

  /// The adapters, by the names that documents have for them.
  package enum AdapterName: String, CaseIterable, Sendable {
    case gotIt = "gotit"
    case urBox = "urbox"
    case json = "json"
  }

  package struct GotIt: Sendable {
    let apiKey: String
    /// Six digits or more, that Got It gives; references begin with it.
    let prefix: String
    let key: RSAPrivateKey
    /// Got It's own: what it did not sign is not believed. nil: signatures are not looked at.
    let answersKey: VerifyingKey?
    /// What vouchers are given out under; the month of the order is put behind it.
    let orderName: String
    /// Codes and links come encrypted for our key.
    let isSealed: Bool
  }

  package struct UrBox: Sendable {
    let appId: String
    let appSecret: String
    let campaign: String
    /// Whom UrBox takes for the member: always the same, so that it learns of none, and one list holds all orders.
    let siteUser: String
    /// The company's own, for UrBox will have one.
    let phone: String
    let key: RSAPrivateKey
  }

  package struct Plain: Sendable {
    let token: String
  }

  /// Never its secrets.
  package var description: String { "a partner's account" }
}

/// What is wrong with a file of credentials, everything at once. It holds no value of the file's.
package struct PartnerAccountRefused: Error, Equatable, CustomStringConvertible {
  package let problems: [String]

  package init(problems: [String]) { self.problems = problems }

  package var description: String { problems.joined(separator: "; ") }
}
