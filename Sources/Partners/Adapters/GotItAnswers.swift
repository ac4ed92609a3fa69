import JSON
import Loyalty
import Signing

/// What Got It's answers mean: an envelope `{status, statusCode, error, message, data}`, signed in a header.
extension GotItAdapter {
  /// Named by a client of theirs; the documents say "in the header".
  private static let signatureHeader = "gt-signature"

  private enum Meaning {
    case account, limit, outOfStock, order, exists, notKnown
  }

  /// Codes of biz/biz-api-errorcodes. One that does not stand here, 9999 among them, says nothing for certain.
  private static let meanings: [Substring: Meaning] = {
    let words: [(Meaning, String)] = [
      (.account, "0001 0002 0013 3000 3001 3003 5012 6000"),
      (.limit, "3002 3004"),
      (.outOfStock, "5003"),
      (.exists, "2008"),
      (.notKnown, "2007"),
      (
        .order,
        """
        1010 1011 1012 1014 1015 1016 2001 2002 2005 2006 2011 2012 2013 2014 4000 4001 4002 4003 4004 4005 4006 5001 5002
        5004 5005 5006 5007 5008 5009 5010 5011
        """
      ),
    ]
    return Dictionary(
      uniqueKeysWithValues: words.flatMap { meaning, codes in
        codes.split { $0.isWhitespace }.map { ($0, meaning) }
      })
  }()

  func judge(_ answer: ReadAnswer, to call: IssueCall) -> IssueVerdict {
    guard isBelieved(answer) else { return .unknown(code: PartnerCode.unsigned) }
    guard let error = Self.error(answer) else {
      guard answer.status == 200, answer.json != nil else { return answer.issueVerdictByStatus }
      return read(answer, call.order.quantity) {
        .issued($0)
      } or: {
        .unknown(code: $0)
      }
    }
    let code = PartnerCode.of("gotit", error) ?? PartnerCode.unclear
    switch Self.meanings[error[...]] {
    case .account: return .account(code: code)
    case .limit: return .limit(code: code)
    case .outOfStock: return .outOfStock(code: code)
    // Of an order this says that its reference is none: nothing is under it.
    case .order, .notKnown: return .refused(code: code)
    case .exists: return .exists(code: code)
    case nil: return answer.isSuccess ? .unknown(code: code) : answer.issueVerdictByStatus
    }
  }

  func judge(_ answer: ReadAnswer, aboutOrderOf quantity: Int) -> StatusVerdict {
    guard isBelieved(answer) else { return .unknown(code: PartnerCode.unsigned) }
    guard let error = Self.error(answer) else {
      guard answer.status == 200, answer.json != nil else { return answer.statusVerdictByStatus }
      return read(answer, quantity) {
        .issued($0)
      } or: {
        .unknown(code: $0)
      }
    }
    let code = PartnerCode.of("gotit", error) ?? PartnerCode.unclear
    switch Self.meanings[error[...]] {
    case .notKnown: return .notKnown(code: code)
    case .account: return .account(code: code)
    case .limit: return .limit(code: code)
    case .outOfStock, .order, .exists, nil: return .unknown(code: code)
    }
  }

  private func isBelieved(_ answer: ReadAnswer) -> Bool {
    guard let key = account.answersKey else { return true }
    guard let signature = answer.headers[Self.signatureHeader]?.base64Bytes else { return false }
    return key.isValid(signature, of: answer.body)
  }

  /// nil: the envelope names none.
  private static func error(_ answer: ReadAnswer) -> String? { answer.json?.word("error") }

  private func read<Verdict>(
    _ answer: ReadAnswer, _ quantity: Int, _ issued: ([PartnerVoucher]) -> Verdict, or doubt: (String) -> Verdict
  ) -> Verdict {
    // The documents show a list of one, a client of theirs reads the object itself.
    let rows = (answer.json?["data"]?.list ?? []).flatMap { $0["vouchers"]?.list ?? [] }
    var vouchers: [PartnerVoucher] = []
    for row in rows {
      guard let voucher = voucher(row) else { return doubt(PartnerCode.unreadable) }
      vouchers.append(voucher)
    }
    return vouchers.whole(quantity).map(issued) ?? doubt(PartnerCode.incomplete)
  }

  /// Status 9: "Voucher đã bị hủy (Got It hủy)".
  private static let cancelled: Int64 = 9

  /// nil: it is sealed, and not for our key.
  private func voucher(_ row: JSONValue) -> PartnerVoucher? {
    var opened: [String?] = []
    for names in [["voucherCode"], ["voucherLink", "voucher_link"]] {
      guard let text = names.lazy.compactMap({ row.word($0) }).first else {
        opened.append(nil)
        continue
      }
      guard let clear = account.isSealed ? unsealed(text) : text else { return nil }
      opened.append(clear)
    }
    let expiry = row.word("expiryDate") ?? row.word("expired_date")
    return PartnerVoucher(
      code: opened[0], serial: row.word("voucherSerial") ?? row.word("voucher_serial"), link: opened[1],
      validUntil: expiry.flatMap { LocalDate(text: $0) }, isCancelled: row.whole("stateCode") == Self.cancelled)
  }

  private func unsealed(_ text: String) -> String? {
    guard let bytes = text.base64Bytes, let clear = account.key.decrypted(bytes), !clear.isEmpty else { return nil }
    return String(validating: clear, as: UTF8.self)
  }

  func readCatalogue(_ answer: ReadAnswer) -> PartnerPage<PartnerProduct>? {
    guard answer.isSuccess, Self.error(answer) == nil, let page = answer.json?["data"]?.list.first,
      let rows = page["productList"]?.elements
    else { return nil }
    let products = rows.flatMap { row in
      (row["prices"]?.list ?? []).compactMap { price -> PartnerProduct? in
        guard let id = row.word("productId"), let priceId = price.word("priceId") else { return nil }
        // What Got It lists can be had; it tells of no stock before an order.
        return PartnerProduct(
          product: "\(id)/\(priceId)", name: row.word("productNm") ?? id, price: price.whole("priceValue"),
          stock: .untold, stores: row.whole("totalStore").map { Int($0) })
      }
    }
    return PartnerPage(elements: products, pages: Int(page["pagination"]?.whole("totalPage") ?? 1))
  }

  func readStatement(_ answer: ReadAnswer) -> PartnerPage<StatementLine>? { nil }
}
