import JSON
import Loyalty

/// What UrBox's answers mean: an envelope `{done, msg, status, data}` under HTTP 200, of refusals too.
extension UrBoxAdapter {
  private enum Meaning {
    case account, limit, outOfStock, order, notKnown
  }

  /// From the table of a client's (docs/partners.md). One that does not stand here, 408 among them ("the system makes
  /// no order now"), says nothing for certain.
  private static let meanings: [Int64: Meaning] = {
    let words: [(Meaning, [Int64])] = [
      (.account, [210, 211, 212, 213, 307, 308]),
      (.limit, [306, 309]),
      (.outOfStock, [220, 225, 407]),
      (.order, [221, 222, 223, 224, 226, 304, 404, 405, 406] + Array(601...610)),
      (.notKnown, [403, 409]),
    ]
    return Dictionary(uniqueKeysWithValues: words.flatMap { meaning, codes in codes.map { ($0, meaning) } })
  }()

  private static let done: Int64 = 1
  private static let success: Int64 = 200
  /// `pay`: 1, an order that came to nothing; 2, paid, and codes are there.
  private static let paid: Int64 = 2

  func judge(_ answer: ReadAnswer, to call: IssueCall) -> IssueVerdict {
    guard answer.isSuccess, let json = answer.json, let status = json.whole("status") else {
      return answer.issueVerdictByStatus
    }
    if status == Self.success, json.whole("done") == Self.done {
      let rows = json["data"]?["cart"]?["code_link_gift"]?.list ?? []
      let vouchers = rows.map(Self.voucher).whole(call.order.quantity)
      guard json["data"]?.whole("pay") == Self.paid, let vouchers else {
        return .unknown(code: PartnerCode.incomplete)
      }
      return .issued(vouchers)
    }
    let code = Self.code(status)
    switch Self.meanings[status] {
    case .account: return .account(code: code)
    case .limit: return .limit(code: code)
    case .outOfStock: return .outOfStock(code: code)
    case .order: return .refused(code: code)
    case .notKnown, nil: return .unknown(code: code)
    }
  }

  func judge(_ answer: ReadAnswer, aboutOrderOf quantity: Int) -> StatusVerdict {
    guard answer.isSuccess, let json = answer.json, let status = json.whole("status") else {
      return answer.statusVerdictByStatus
    }
    if status == Self.success, json.whole("done") == Self.done {
      let rows = json["data"]?["detail"]?.list ?? []
      let vouchers = rows.map(Self.voucher).whole(quantity)
      guard json["data"]?.whole("pay_status_code") == Self.paid, let vouchers else {
        return .unknown(code: PartnerCode.incomplete)
      }
      return .issued(vouchers)
    }
    let code = Self.code(status)
    switch Self.meanings[status] {
    case .notKnown: return .notKnown(code: code)
    case .account: return .account(code: code)
    case .limit: return .limit(code: code)
    case .outOfStock, .order, nil: return .unknown(code: code)
    }
  }

  private static func code(_ status: Int64) -> String { "urbox-\(status)" }

  private static func voucher(_ row: JSONValue) -> PartnerVoucher {
    PartnerVoucher(
      code: row.word("code"), pin: row.word("pin"), serial: row.word("serial"), link: row.word("link"),
      validUntil: row.word("expired").flatMap(day))
  }

  /// `31/12/2026` or `31-12-2026`.
  private static func day(_ text: String) -> LocalDate? {
    let parts = text.split { $0 == "/" || $0 == "-" }.compactMap { Int($0) }
    guard parts.count == 3 else { return nil }
    return LocalDate(year: parts[2], month: parts[1], day: parts[0])
  }

  func readCatalogue(_ answer: ReadAnswer) -> PartnerPage<PartnerProduct>? {
    guard let data = Self.data(answer), let rows = data["items"]?.elements else { return nil }
    let products = rows.compactMap { row -> PartnerProduct? in
      guard let id = row.word("id") else { return nil }
      let stock: PartnerProduct.Stock =
        switch row.whole("stock") {
        case 1: .available
        case 2: .out
        default: .untold
        }
      return PartnerProduct(
        product: id, name: row.word("title") ?? id, price: row.whole("price"), stock: stock,
        stores: row["office"]?.elements?.count)
    }
    return PartnerPage(elements: products, pages: Int(data.whole("totalPage") ?? 1))
  }

  func readStatement(_ answer: ReadAnswer) -> PartnerPage<StatementLine>? {
    guard let data = Self.data(answer), let rows = data.elements ?? data["data"]?.elements else { return nil }
    let lines = rows.compactMap { row -> StatementLine? in
      guard let reference = row.word("transaction_id"), row.whole("pay_status_code") == Self.paid else { return nil }
      let details = row["detail"]?.list ?? []
      let serials = details.compactMap { $0.word("serial") }
      let amounts = details.compactMap { $0.whole("price") }
      return StatementLine(
        reference: reference, vouchers: details.count, serials: serials.count == details.count ? serials : nil,
        amount: amounts.count == details.count ? amounts.reduce(0, +) : nil)
    }
    return PartnerPage(elements: lines, pages: Int(data.whole("totalPage") ?? 1))
  }

  private static func data(_ answer: ReadAnswer) -> JSONValue? {
    guard answer.isSuccess, answer.json?.whole("done") == done, answer.json?.whole("status") == success else {
      return nil
    }
    return answer.json?["data"]
  }
}
