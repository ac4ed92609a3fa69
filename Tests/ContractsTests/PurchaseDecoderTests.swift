import Contracts
import JSON
import Loyalty
import Testing

@Suite(.timeLimit(.minutes(10))) struct PurchaseDecoderTests {
  @Test func purchaseIsReadExactly() throws {
    let transaction = try Sample.decode(Sample.purchase)
    #expect(transaction.id == "POS7-000123")
    #expect(transaction.source == "pos-hcm-07")
    #expect(transaction.memberId == "M-000123")
    #expect(transaction.occurredAt.rfc3339 == "2026-11-22T06:04:41Z")
    #expect(transaction.currency.code == "VND")
    #expect(transaction.kind == .purchase)
    #expect(
      transaction.lines == [
        PurchaseLine(
          sku: "A1", category: "coffee", quantity: ExactDecimal(2), amount: 95000, discount: 5000, tax: 9000)
      ])
    #expect(transaction.tax == 9000)
    #expect(transaction.total == 99000)
  }

  @Test func amountsInQuotesAndWithoutAreTheSame() throws {
    let text = Sample.purchase.replacing("\"VND\"", with: "\"USD\"").replacing("\"95000\"", with: "0.1")
      .replacing("\"5000\"", with: "1e-2")
    #expect(try Sample.decode(text).lines[0].amount == 10)
    #expect(try Sample.decode(text).lines[0].discount == 1)
  }

  @Test func orderOfFieldsDoesNotMatter() throws {
    let value = try JSONValue(parsing: Sample.purchase)
    let members = try #require(value.members)
    let backwards = JSONValue.object(members.reversed()).compact
    #expect(try Sample.decode(backwards) == Sample.decode(Sample.purchase))
  }

  @Test func zeroAmountAndZeroQuantityAreAccepted() throws {
    let text = Sample.purchase.replacing("\"quantity\":2,\"amount\":\"95000\"", with: "\"quantity\":0,\"amount\":\"0\"")
    #expect(try Sample.decode(text).lines[0].quantity == .zero)
  }

  @Test func missingTotalIsWorkedOut() throws {
    let text = Sample.purchase.replacing(",\"total\":\"99000\"", with: "")
    #expect(try Sample.decode(text).total == 99000)
    let discounted = text.replacing("\"discount\":\"0\"", with: "\"discount\":\"1000\"")
    #expect(try Sample.decode(discounted).total == 98000)
  }

  @Test func unknownFieldsAreReadPast() throws {
    let text = Sample.purchase(replacing: "\"lines\"", with: "\"till\":{\"n\":[1,{}]},\"lines\"")
    #expect(try Sample.decode(text) == Sample.decode(Sample.purchase))
  }

  @Test(arguments: [
    ("\"id\":\"POS7-000123\",", "", ContractViolation.Code.missingField, "$.id"),
    ("\"id\":\"POS7-000123\"", "\"id\":\"\"", .invalidId, "$.id"),
    ("\"id\":\"POS7-000123\"", "\"id\":\"a\\u001fb\"", .invalidId, "$.id"),
    ("\"id\":\"POS7-000123\"", "\"id\":\" a\"", .invalidId, "$.id"),
    ("\"id\":\"POS7-000123\"", "\"id\":\"a \"", .invalidId, "$.id"),
    ("\"id\":\"POS7-000123\"", "\"id\":\"\(String(repeating: "é", count: 129))\"", .invalidId, "$.id"),
    ("\"id\":\"POS7-000123\"", "\"id\":\"a\\u200bb\"", .invalidId, "$.id"),
    ("\"id\":\"POS7-000123\"", "\"id\":7", .wrongKind, "$.id"),
    ("\"id\":\"POS7-000123\"", "\"id\":\"1\",\"id\":\"2\"", .duplicateField, "$.id"),
    ("purchase.completed", "purchase.begun", .unsupportedType, "$.type"),
    ("\"type\":\"purchase.completed\",", "", .missingField, "$.type"),
    ("2026-11-22T13:04:41+07:00", "2026-11-22T13:04:41", .invalidInstant, "$.occurredAt"),
    ("2026-11-22T13:04:41+07:00", "2026-02-30T13:04:41Z", .invalidInstant, "$.occurredAt"),
    ("\"source\":\"pos-hcm-07\",", "", .missingField, "$.source"),
    ("\"VND\"", "\"VNX\"", .unknownCurrency, "$.currency"),
    ("\"VND\"", "\"vnd\"", .unknownCurrency, "$.currency"),
    ("\"currency\":\"VND\",", "", .missingField, "$.currency"),
    ("\"95000\"", "\"95000.5\"", .tooManyDecimals, "$.lines[0].amount"),
    ("\"95000\"", "\"95,000\"", .invalidAmount, "$.lines[0].amount"),
    ("\"95000\"", "\"\"", .invalidAmount, "$.lines[0].amount"),
    ("\"95000\"", "\"-95000\"", .negativeAmount, "$.lines[0].amount"),
    ("\"95000\"", "\"NaN\"", .invalidAmount, "$.lines[0].amount"),
    ("\"95000\"", "\"1000000000000001\"", .amountOutOfRange, "$.lines[0].amount"),
    ("\"95000\"", "\"99999999999999999999\"", .invalidAmount, "$.lines[0].amount"),
    ("\"95000\"", "true", .wrongKind, "$.lines[0].amount"),
    ("\"95000\"", "null", .missingField, "$.lines[0].amount"),
    ("\"95000\"", "\"95000.0\"", .tooManyDecimals, "$.lines[0].amount"),
    ("\"95000\"", "95.000", .tooManyDecimals, "$.lines[0].amount"),
    ("\"95000\"", "9.50e1", .tooManyDecimals, "$.lines[0].amount"),
    ("\"tax\":\"9000\",\"total\"", "\"tax\":\"9.000\",\"total\"", .tooManyDecimals, "$.tax"),
    ("\"amount\":\"95000\",", "", .missingField, "$.lines[0].amount"),
    ("\"sku\":\"A1\",", "", .missingField, "$.lines[0].sku"),
    ("\"5000\"", "\"-5000\"", .negativeAmount, "$.lines[0].discount"),
    ("\"discount\":\"0\"", "\"discount\":\"-1\"", .negativeAmount, "$.discount"),
    ("\"quantity\":2", "\"quantity\":-1", .negativeQuantity, "$.lines[0].quantity"),
    ("\"quantity\":2", "\"quantity\":\"two\"", .invalidQuantity, "$.lines[0].quantity"),
    ("{\"id\":\"M-000123\"}", "{\"card\":\"97!04\"}", .invalidCard, "$.member.card"),
    ("{\"id\":\"M-000123\"}", "{\"phone\":\"0555\"}", .invalidPhone, "$.member.phone"),
    ("{\"id\":\"M-000123\"}", "{\"email\":\"someone@example\"}", .invalidEmail, "$.member.email"),
    ("{\"id\":\"M-000123\"}", "{\"id\":\"M\",\"email\":\"someone@example.com\"}", .ambiguousMember, "$.member"),
    ("{\"id\":\"M-000123\"}", "{}", .missingField, "$.member.id"),
    ("\"member\":{\"id\":\"M-000123\"},", "", .missingField, "$.member"),
    ("\"member\":{\"id\":\"M-000123\"},", "\"memberId\":\"M-000123\",", .missingField, "$.member"),
    ("\"total\":\"99000\"}", "\"total\":\"99000\"} x", .notJSON, "$"),
    ("\"total\":\"99000\"}", "\"total\":\"99000\"", .notJSON, "$"),
    ("\"store\":\"HCM-07\"", "\"store\":\"a\\nb\"", .invalidText, "$.store"),
  ])
  func brokenPurchaseIsRefusedByFieldAndCode(
    old: String, new: String, code: ContractViolation.Code, path: String
  ) throws {
    let violation = try #require(Sample.violation(Sample.purchase(replacing: old, with: new)))
    #expect(violation.code == code)
    #expect(violation.path == path)
    for secret in ["97!04", "0555", "someone@example"] { #expect(!violation.message.contains(secret)) }
  }

  @Test func emptyLinesAreRefused() throws {
    let value = try JSONValue(parsing: Sample.purchase)
    let members = try #require(value.members).map { $0.key == "lines" ? .init("lines", .array([])) : $0 }
    #expect(Sample.violation(JSONValue.object(members).compact)?.code == .noLines)
  }

  @Test func tooManyLinesAreRefused() {
    let line = "{\"sku\":\"A\",\"amount\":\"1\"}"
    func text(_ count: Int) -> String {
      Sample.purchase(
        replacing: "\"lines\":[", with: "\"lines\":[" + String(repeating: line + ",", count: count - 1))
    }
    #expect(Sample.violation(text(Transaction.linesMax)) == nil)
    #expect(Sample.violation(text(Transaction.linesMax + 1))?.code == .tooManyLines)
  }

  @Test func tooManyPaymentsAreRefused() {
    func text(_ count: Int) -> String {
      let payments = Array(repeating: "{\"tender\":\"cash\",\"amount\":\"1\"}", count: count).joined(separator: ",")
      return Sample.purchase(replacing: "\"lines\":[", with: "\"payments\":[\(payments)],\"lines\":[")
    }
    #expect(Sample.violation(text(Transaction.paymentsMax)) == nil)
    #expect(Sample.violation(text(Transaction.paymentsMax + 1))?.code == .tooManyLines)
  }

  @Test func aSumOfLinesThatIsNoAmountAnyMoreIsRefused() {
    let line = "{\"sku\":\"A\",\"amount\":\"\(Money.largestMinorUnits)\"}"
    let violation = Sample.violation(
      Sample.purchase(replacing: "\"lines\":[", with: "\"lines\":[\(line),"))
    #expect(violation?.code == .amountOutOfRange && violation?.path == "$.lines")
  }

  @Test func bytesThatAreNotUTF8AreRefused() {
    var bytes = Array(Sample.purchase.utf8)
    bytes[bytes.firstIndex(of: UInt8(ascii: "H"))!] = 0xFF
    #expect(throws: ContractViolation.self) { try Sample.decode(bytes) }
    do { _ = try Sample.decode(bytes) } catch { #expect(error.code == .notUTF8) }
  }

  @Test(arguments: ["", " ", "null", "[]", "7", "\"text\"", "{"])
  func valuesThatAreNoObjectsAreRefused(text: String) {
    #expect(Sample.violation(text) != nil)
  }

  @Test func everyCutOffPurchaseIsRefused() {
    let bytes = Array(Sample.purchase.utf8)
    for length in 0..<bytes.count {
      #expect(throws: ContractViolation.self) { try Sample.decode(Array(bytes[..<length])) }
    }
  }

  /// Whatever a bit flip makes of a purchase, the decoder answers, and what it accepts survives a round trip.
  @Test func flippedBitsNeverCrashAndAcceptedOnesSurviveTheRoundTrip() throws {
    let bytes = Array(Sample.purchase.utf8)
    for index in bytes.indices {
      for bit in 0..<8 {
        var flipped = bytes
        flipped[index] ^= 1 << UInt8(bit)
        let transaction: Transaction
        do { transaction = try Sample.decode(flipped) } catch { continue }
        let again = try Sample.decode(Sample.encoded { transaction.encode(to: &$0) }, .accepted)
        #expect(again == transaction)
      }
    }
  }
}
