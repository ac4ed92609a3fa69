import Curl
import Foundation
import JSON
import Loyalty
import Partners
import Signing
import Testing

/// Accounts with the keys of this folder, and orders.
enum TestPartners {
  static let keys = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Keys").path

  static func bytes(_ path: String) -> [UInt8]? { FileManager.default.contents(atPath: path).map { Array($0) } }

  static func key(_ name: String) throws -> [UInt8] { try #require(bytes("\(keys)/\(name)")) }

  static func golden(_ name: String) throws -> String {
    try #require(try JSONValue(parsing: key("golden.json"))[name]?.string)
  }

  static func account(
    _ name: PartnerAccount.AdapterName, url: String = "https://partner.example", keys: String = keys,
    checksAnswers: Bool = false, isSealed: Bool = false
  ) throws -> PartnerAccount {
    let credentials =
      switch name {
      case .gotIt:
        """
        {"apiKey":"gi-key","prefix":"000742","privateKeyFile":"\(keys)/client.pem","orderName":"Stampede"\
        \(checksAnswers ? #","answersKeyFile":"\#(keys)/partner.pub""# : "")\(isSealed ? #","sealed":true"# : "")}
        """
      case .urBox:
        """
        {"appId":"500001","appSecret":"ub-secret","campaign":"CAMP-1","siteUser":"stampede","phone":"0901234567",\
        "privateKeyFile":"\(keys)/client.pem"}
        """
      case .json: #"{"token":"json-token"}"#
      }
    return try PartnerAccount(name, url: url, credentials: Array(credentials.utf8), file: bytes)
  }

  static let products: [PartnerAccount.AdapterName: String] = [.gotIt: "1541/2991", .urBox: "2001", .json: "tea"]

  static func order(
    _ name: PartnerAccount.AdapterName = .gotIt, id: String = "R-1", product: String? = nil, quantity: Int = 1,
    at now: Instant = start
  ) -> PartnerOrder {
    PartnerOrder(
      id: id, partner: name.rawValue, product: product ?? products[name] ?? "", quantity: quantity, day: day,
      validUntil: validUntil, askedAt: now)
  }

  static let start = Instant(milliseconds: 1_796_000_000_000)
  static let day = LocalDate(text: "2026-12-01") ?? LocalDate(daysSinceEpoch: 0)
  static let validUntil = LocalDate(text: "2027-03-01") ?? LocalDate(daysSinceEpoch: 0)

  static func delivery(_ order: PartnerOrder, _ adapter: any PartnerAdapter) throws -> PartnerDelivery {
    try PartnerDelivery.start(order, with: adapter).get()
  }

  /// The first call of a new order.
  static func issueCall(_ order: PartnerOrder, _ adapter: any PartnerAdapter) throws -> IssueCall {
    var delivery = try delivery(order, adapter)
    return try issueCall(&delivery, adapter)
  }

  static func issueCall(_ delivery: inout PartnerDelivery, _ adapter: any PartnerAdapter) throws -> IssueCall {
    let step = delivery.next(at: start, mayCall: true, PartnerPatience(terms: adapter.terms))
    guard case .call(.issue(let call)) = step else { throw Unexpected(what: "\(step)") }
    return call
  }

  struct Unexpected: Error { let what: String }

  static func answer(_ body: String, status: Int = 200, headers: [String: String] = [:]) -> PartnerAnswer {
    .answered(status: status, headers: headers, body: Array(body.utf8))
  }

  static func send(_ request: PartnerRequest, by client: HTTPClient) throws -> PartnerAnswer {
    let outcome = try client.send(
      HTTPRequest(
        request.isPost ? .post : .get, request.url, headers: request.headers, body: request.body,
        isIdempotent: request.isIdempotent, answerBytesMax: request.answerBytesMax, keepsHeaders: true))
    switch outcome {
    case .answered(let response):
      return .answered(status: response.status, headers: response.headers, body: response.body)
    case .notSent, .cancelled: return .notSent
    case .unknown: return .lost
    }
  }
}

extension Instant {
  func adding(_ seconds: Int64) -> Instant { advanced(byMilliseconds: seconds * 1_000) }
}
