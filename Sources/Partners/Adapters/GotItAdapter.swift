import JSON
import Loyalty
import Signing

/// Got It's Biz API 4.0, by its documents (Dayone-Joint-Stock-Company/apidocs-stg at e84a2de): what it is asked.
///
/// Products are `1541/2991`, a product and one of its prices (a voucher link, `vouchers/v`), or `amount/100000`, an
/// amount of dong that its holder divides (`vouchers/e`).
struct GotItAdapter: PartnerAdapter {
  let url: String
  let account: PartnerAccount.GotIt

  /// "If the transaction fails, after 5 minutes, you can use this transactionRefID to request again." "Limit max 3000
  /// request" in five minutes.
  let terms = PartnerTerms(repeatAfterMs: 300_000, callsMax: 3_000, windowMs: 300_000)

  var referencePrefix: String { account.prefix + "_" }

  private static let vouchers = "/api/v4.0/vouchers"
  private static let catalogueRows = 50

  func issue(_ call: IssueCall) -> PartnerRequest? {
    guard let product = GotItProduct(call.order.product) else { return nil }
    var fields: [JSONValue.Member] = []
    let path: String
    let reference = call.reference.text
    let orderName = name(of: call.order)
    let expiry = call.order.validUntil.text
    switch product {
    case .price(let id, let priceId):
      path = "/v"
      fields = [
        .init("productId", .number("\(id)")), .init("productPriceId", .number("\(priceId)")),
        .init("quantity", .number("\(call.order.quantity)")),
      ]
    case .amount(let dong):
      // One link holds the amount; there is no quantity.
      guard call.order.quantity == 1 else { return nil }
      path = "/e"
      fields = [.init("amount", .number("\(dong)")), .init("use_otp", .number("0"))]
    }
    let signed = path == "/v" ? [orderName, expiry, reference] : [reference]
    fields += [
      .init("orderName", .string(orderName)), .init("expiryDate", .string(expiry)),
      .init("transactionRefId", .string(reference)), .init("signature", .string(signature(signed))),
    ]
    return request(true, Self.vouchers + path, fields, isIdempotent: false)
  }

  /// The signature belongs "into body params", of a GET too.
  func status(_ reference: PartnerReference) -> PartnerRequest {
    request(
      false, "\(Self.vouchers)/multiple/status/\(reference.text.percentEncoded)?isExcludeStoreListInfo=true",
      [.init("signature", .string(signature([reference.text])))])
  }

  func cataloguePage(_ page: Int) -> PartnerRequest {
    let query = QueryText.of([
      ("page", "\(page)"), ("pageSize", "\(Self.catalogueRows)"), ("isExcludeStoreListInfo", "true"),
    ])
    return PartnerRequest(
      false, "\(url)/api/v4.0/products\(query)", headers: headers, answerBytesMax: PartnerRequest.pageBytes)
  }

  /// Its documents know none: orders are asked for one by one.
  func statement(of day: LocalDate, page: Int) -> PartnerRequest? { nil }

  private func request(
    _ isPost: Bool, _ path: String, _ fields: [JSONValue.Member], isIdempotent: Bool = true
  ) -> PartnerRequest {
    PartnerRequest(
      isPost, url + path, headers: headers, body: Array(JSONValue.object(fields).compact.utf8),
      isIdempotent: isIdempotent)
  }

  private var headers: [(name: String, value: String)] {
    [
      ("Content-Type", "application/json"), ("X-GI-Authorization", account.apiKey), ("Accept-Language", "vi"),
    ]
  }

  /// "SHA256 with RSA", base64, over the API key and what the call says, with bars between.
  private func signature(_ parts: [String]) -> String {
    .base64(account.key.signature(of: Array(([account.apiKey] + parts).joined(separator: "|").utf8)))
  }

  private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

  /// "Customers specified name + [Month] + [Year]": the order's own month, so that a repeat says the same.
  private func name(of order: PartnerOrder) -> String {
    let (year, month, _) = order.day.civil
    return "\(account.orderName) - \(Self.months[month - 1]) \(year)"
  }
}

/// A product as rewards name it.
enum GotItProduct: Equatable {
  case price(product: Int64, price: Int64)
  /// "A multiple of 1000".
  case amount(dong: Int64)

  private static let amountStep: Int64 = 1_000

  init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let second = Int64(parts[1]), second > 0 else { return nil }
    if parts[0] == "amount" {
      guard second % Self.amountStep == 0 else { return nil }
      self = .amount(dong: second)
    } else {
      guard let first = Int64(parts[0]), first > 0 else { return nil }
      self = .price(product: first, price: second)
    }
  }
}
