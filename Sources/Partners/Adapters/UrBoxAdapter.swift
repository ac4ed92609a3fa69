import JSON
import Loyalty
import Signing

/// UrBox's API 2.0 and 4.0, by clients of theirs, for there is no public page (docs/partners.md names them). A product
/// is the id of a gift.
///
/// On a time-out UrBox has the same `transaction_id` sent again: "if it exists, the state of the transaction is
/// answered".
struct UrBoxAdapter: PartnerAdapter {
  let url: String
  let account: PartnerAccount.UrBox

  /// "Request timeout: 60s": so long an order may still be under way there. Nothing is said of a limit.
  let terms = PartnerTerms(repeatAfterMs: 60_000, callsMax: 600, windowMs: 60_000)

  let referencePrefix = ""

  private static let rows = 50
  private static let productLengthMax = 32

  func issue(_ call: IssueCall) -> PartnerRequest? {
    let product = call.order.product
    guard product.utf8.count <= Self.productLengthMax, product.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      !product.isEmpty
    else { return nil }
    let bought = JSONValue.array([
      .object([.init("priceId", .string(product)), .init("quantity", .string("\(call.order.quantity)"))])
    ])
    // What is signed, by key. The phone is not among it.
    let signed: [JSONValue.Member] = [
      .init("app_id", .string(account.appId)), .init("app_secret", .string(account.appSecret)),
      .init("campaign_code", .string(account.campaign)), .init("dataBuy", bought), .init("isSendSms", .number("0")),
      .init("site_user_id", .string(account.siteUser)), .init("transaction_id", .string(call.reference.text)),
    ]
    let signature = account.key.signature(of: Array(JSONValue.object(signed).compact.utf8))
    return PartnerRequest(
      true, url + "/2.0/cart/cartPayVoucher",
      headers: [("Content-Type", "application/json"), ("Signature", .base64(signature))],
      body: Array(JSONValue.object(signed + [.init("ttphone", .string(account.phone))]).compact.utf8),
      isIdempotent: false)
  }

  func status(_ reference: PartnerReference) -> PartnerRequest {
    PartnerRequest(false, get("/2.0/cart/getByTransaction", [("transaction_id", reference.text)]), headers: [])
  }

  func cataloguePage(_ page: Int) -> PartnerRequest {
    PartnerRequest(
      false,
      get(
        "/4.0/gift/lists",
        [("lang", "vi"), ("stock", "1"), ("per_page", "\(Self.rows)"), ("page_no", "\(page)")]),
      headers: [], answerBytesMax: PartnerRequest.pageBytes)
  }

  /// All orders are of one `site_user_id`, whose list of a day is the statement.
  func statement(of day: LocalDate, page: Int) -> PartnerRequest? {
    PartnerRequest(
      false,
      get(
        "/2.0/cart/getlist",
        [
          ("site_user_id", account.siteUser), ("campaign_code", account.campaign), ("startDate", day.text),
          ("endDate", day.text), ("per_page", "\(Self.rows)"), ("page_no", "\(page)"),
        ]),
      headers: [], answerBytesMax: PartnerRequest.pageBytes)
  }

  /// UrBox wants its secret in the query.
  private func get(_ path: String, _ query: [(String, String)]) -> String {
    url + path + QueryText.of([("app_id", account.appId), ("app_secret", account.appSecret)] + query)
  }
}
