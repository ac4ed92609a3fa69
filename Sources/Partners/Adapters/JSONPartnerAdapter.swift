import JSON
import Loyalty

/// A partner of one's own, or one that can be told what to expect: the contract is docs/partners.md.
struct JSONPartnerAdapter: PartnerAdapter {
  let url: String
  let account: PartnerAccount.Plain

  /// The contract has a reference that comes again answered as the first time, at once.
  let terms = PartnerTerms(repeatAfterMs: 0, callsMax: 600, windowMs: 60_000)

  let referencePrefix = ""

  private enum Meaning: String {
    case outOfStock = "out-of-stock"
    case refused
    case account
    case limit
    case later
    case unknownReference = "unknown-reference"
  }

  private enum State: String { case issued, pending, refused, cancelled }

  private static let fields = (state: "state", code: "code", vouchers: "vouchers", pages: "pages")

  func issue(_ call: IssueCall) -> PartnerRequest? {
    let order = call.order
    let body = JSONValue.object([
      .init("reference", .string(call.reference.text)), .init("product", .string(order.product)),
      .init("quantity", .number("\(order.quantity)")), .init("validUntil", .string(order.validUntil.text)),
    ])
    return PartnerRequest(
      true, url + "/orders",
      headers: headers + [("Content-Type", "application/json"), ("Idempotency-Key", call.reference.text)],
      body: Array(body.compact.utf8), isIdempotent: false)
  }

  func status(_ reference: PartnerReference) -> PartnerRequest {
    PartnerRequest(false, "\(url)/orders/\(reference.text.percentEncoded)", headers: headers)
  }

  func cataloguePage(_ page: Int) -> PartnerRequest {
    PartnerRequest(
      false, url + "/products" + QueryText.of([("page", "\(page)")]), headers: headers,
      answerBytesMax: PartnerRequest.pageBytes)
  }

  func statement(of day: LocalDate, page: Int) -> PartnerRequest? {
    PartnerRequest(
      false, url + "/statement" + QueryText.of([("day", day.text), ("page", "\(page)")]), headers: headers,
      answerBytesMax: PartnerRequest.pageBytes)
  }

  private var headers: [(name: String, value: String)] { [("Authorization", "Bearer " + account.token)] }

  func judge(_ answer: ReadAnswer, to call: IssueCall) -> IssueVerdict {
    if let code = Self.code(answer) {
      switch Self.meaning(answer) {
      case .outOfStock: return .outOfStock(code: code)
      case .refused: return .refused(code: code)
      case .account: return .account(code: code)
      case .limit: return .limit(code: code)
      case .later: return .later(code: code)
      case .unknownReference, nil: return .unknown(code: code)
      }
    }
    guard answer.isSuccess, answer.json != nil else { return answer.issueVerdictByStatus }
    return Self.issued(answer, call.order.quantity).map { .issued($0) } ?? .unknown(code: PartnerCode.unclear)
  }

  func judge(_ answer: ReadAnswer, aboutOrderOf quantity: Int) -> StatusVerdict {
    if let code = Self.code(answer) {
      switch Self.meaning(answer) {
      case .unknownReference: return .notKnown(code: code)
      case .outOfStock, .refused: return .refused(code: code)
      case .account: return .account(code: code)
      case .limit: return .limit(code: code)
      case .later, nil: return .unknown(code: code)
      }
    }
    guard answer.isSuccess, answer.json != nil else { return answer.statusVerdictByStatus }
    return Self.issued(answer, quantity).map { .issued($0) } ?? .unknown(code: PartnerCode.unclear)
  }

  /// A refusal names a code; a yes names none.
  private static func code(_ answer: ReadAnswer) -> String? {
    answer.json?.word(fields.code).map { PartnerCode.of("json", $0) ?? PartnerCode.unclear }
  }

  private static func meaning(_ answer: ReadAnswer) -> Meaning? {
    answer.json?.word(fields.code).flatMap { Meaning(rawValue: $0) }
  }

  private static func state(_ row: JSONValue) -> State? { row.word(fields.state).flatMap { State(rawValue: $0) } }

  private static func issued(_ answer: ReadAnswer, _ quantity: Int) -> [PartnerVoucher]? {
    guard let json = answer.json, let state = state(json), [.issued, .cancelled].contains(state) else { return nil }
    return (json[fields.vouchers]?.list ?? []).map { row in
      PartnerVoucher(
        code: row.word("code"), pin: row.word("pin"), serial: row.word("serial"), link: row.word("link"),
        validUntil: row.word("validUntil").flatMap { LocalDate(text: $0) }, isCancelled: state == .cancelled)
    }.whole(quantity)
  }

  func readCatalogue(_ answer: ReadAnswer) -> PartnerPage<PartnerProduct>? {
    guard answer.isSuccess, let json = answer.json, let rows = json["products"]?.elements else { return nil }
    let products = rows.compactMap { row -> PartnerProduct? in
      guard let product = row.word("product") else { return nil }
      let stock = row["inStock"]?.bool.map { $0 ? PartnerProduct.Stock.available : .out }
      return PartnerProduct(
        product: product, name: row.word("name") ?? product, price: row.whole("price"), stock: stock ?? .untold,
        stores: row.whole("stores").map { Int($0) })
    }
    return PartnerPage(elements: products, pages: Int(json.whole(Self.fields.pages) ?? 1))
  }

  func readStatement(_ answer: ReadAnswer) -> PartnerPage<StatementLine>? {
    guard answer.isSuccess, let json = answer.json, let rows = json["orders"]?.elements else { return nil }
    let lines = rows.compactMap { row -> StatementLine? in
      guard let reference = row.word("reference"), let count = row.whole(Self.fields.vouchers) else { return nil }
      return StatementLine(
        reference: reference, vouchers: Int(count), serials: row["serials"]?.elements?.compactMap(\.word),
        amount: row.whole("amount"), isCancelled: Self.state(row) == .cancelled)
    }
    return PartnerPage(elements: lines, pages: Int(json.whole(Self.fields.pages) ?? 1))
  }
}
