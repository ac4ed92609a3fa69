import Contracts
import Loyalty
import Testing

@Suite(.timeLimit(.minutes(10))) struct EventEnvelopeTests {
  private func decode(_ text: String, _ headers: [String: String] = [:]) throws -> Transaction {
    let buffers = headers.mapValues { text in
      let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: text.utf8.count, alignment: 1)
      buffer.copyBytes(from: text.utf8)
      return buffer
    }
    defer { for buffer in buffers.values { buffer.deallocate() } }
    return try Sample.withBytes(Array(text.utf8)) { value throws(ContractViolation) in
      let envelope = try EventEnvelope(value: value) { buffers["\($0)"].map { UnsafeRawBufferPointer($0) } }
      return try TransactionDecoder(.commerce).decode(envelope)
    }
  }

  private let bare = """
    {"member":{"id":"M-1"},"currency":"USD","lines":[{"sku":"A","amount":"1"}]}
    """

  @Test func binaryModeFillsWhatTheValueLeavesOut() throws {
    let transaction = try decode(
      bare,
      [
        "ce_specversion": "1.0", "ce_id": "E-1", "ce_type": "purchase.completed", "ce_source": "pos-1",
        "ce_time": "2026-01-02T03:04:05Z", "content-type": "application/json",
      ])
    #expect(transaction.id == "E-1")
    #expect(transaction.source == "pos-1")
    #expect(transaction.occurredAt.rfc3339 == "2026-01-02T03:04:05Z")
  }

  @Test func theValuesOwnFieldsCountFirst() throws {
    let transaction = try decode(
      Sample.purchase, ["ce_specversion": "1.0", "ce_id": "E-1", "ce_type": "x", "ce_source": "s", "ce_time": "t"])
    #expect(transaction.id == "POS7-000123")
  }

  @Test func structuredModeIsUnwrapped() throws {
    let text = """
      {"specversion":"1.0","id":"E-1","type":"purchase.completed","source":"pos-1","time":"2026-01-02T03:04:05Z",
       "datacontenttype":"application/json","data":\(bare)}
      """
    let transaction = try decode(text, ["content-type": "application/cloudevents+json; charset=UTF-8"])
    #expect(transaction.id == "E-1")
    #expect(transaction.lines.count == 1)
  }

  @Test func pathsInStructuredModeStartAtTheRecordsValue() {
    let text = "{\"specversion\":\"1.0\",\"data\":\(Sample.purchase(replacing: "\"VND\"", with: "\"???\""))}"
    let error = #expect(throws: ContractViolation.self) {
      try decode(text, ["content-type": "application/cloudevents+json"])
    }
    #expect(error?.path == "$.data.currency")
    #expect(error?.message.hasPrefix("$.data.currency ") == true)
  }

  @Test(arguments: [
    ["content-type": "application/cloudevents-batch+json"], ["content-type": "application/cloudevents+avro"],
    ["ce_specversion": "0.3"], ["content-type": "application/cloudevents+json"],
  ])
  func otherFormsAreRefused(headers: [String: String]) {
    let error = #expect(throws: ContractViolation.self) { try decode(Sample.purchase, headers) }
    #expect(error?.code == .unsupportedEnvelope)
  }

  @Test func wrongAttributeIsNamed() {
    let error = #expect(throws: ContractViolation.self) {
      try decode(
        bare,
        ["ce_specversion": "1.0", "ce_id": "E", "ce_type": "purchase.completed", "ce_source": "s", "ce_time": "?"])
    }
    #expect(error?.code == .invalidInstant)
    #expect(error?.path == "time")
  }
}
