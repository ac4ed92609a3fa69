import Contracts
import JSON
import Loyalty

/// Events as texts, and what comes of decoding them.
enum Sample {
  static let purchase = """
    {"type":"purchase.completed","id":"POS7-000123","occurredAt":"2026-11-22T13:04:41+07:00","source":"pos-hcm-07",\
    "member":{"id":"M-000123"},"currency":"VND","store":"HCM-07","channel":"store",\
    "lines":[{"sku":"A1","category":"coffee","quantity":2,"amount":"95000","discount":"5000","tax":"9000"}],\
    "discount":"0","shipping":"0","tax":"9000","total":"99000"}
    """

  static func decode(_ text: String, _ form: TransactionForm = .commerce) throws(ContractViolation) -> Transaction {
    try decode(Array(text.utf8), form)
  }

  static func decode(_ bytes: [UInt8], _ form: TransactionForm = .commerce) throws(ContractViolation) -> Transaction {
    try withBytes(bytes) { bytes throws(ContractViolation) in try TransactionDecoder(form).decode(bytes) }
  }

  static func withBytes<Value>(
    _ bytes: [UInt8], _ body: (UnsafeRawBufferPointer) throws(ContractViolation) -> Value
  ) throws(ContractViolation) -> Value {
    let result = bytes.withUnsafeBytes { buffer -> Result<Value, ContractViolation> in
      do throws(ContractViolation) { return .success(try body(buffer)) } catch { return .failure(error) }
    }
    return try result.get()
  }

  static func violation(_ text: String) -> ContractViolation? {
    do throws(ContractViolation) {
      _ = try decode(text)
      return nil
    } catch {
      return error
    }
  }

  static func encoded(_ body: (inout JSONWriter) -> Void) -> [UInt8] {
    var writer = JSONWriter()
    body(&writer)
    return writer.bytes
  }

  /// The sample purchase with one piece of text replaced, which must be there.
  static func purchase(replacing old: String, with new: String) -> String {
    precondition(purchase.contains(old), "the sample does not hold \(old)")
    return purchase.replacing(old, with: new, maxReplacements: 1)
  }
}
