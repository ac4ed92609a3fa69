import Contracts
import JSON
import Loyalty
import StreamRuntime
import StreamTesting
import TransactionIngest

/// A running ingest on an in-memory log. Close it at the end.
final class IngestFixture {
  let driver: TopologyDriver

  init(
    _ settings: IngestSettings = IngestSettings(), partitionCount: Int = 1, clock: ClockMode = .stream,
    wallNowMs: Int64 = 0
  ) throws {
    driver = try TopologyDriver(
      IngestTopology.make(settings), partitionCount: partitionCount, clock: clock,
      wallNowMs: wallNowMs)
  }

  /// A purchase of one line, with some of its text replaced.
  static func purchase(
    id: String = "P-1", source: String = "pos", at: String = "2026-11-22T13:04:41+07:00", amount: String = "95000",
    member: String = "{\"id\":\"M-1\"}"
  ) -> String {
    """
    {"type":"purchase.completed","id":"\(id)","occurredAt":"\(at)","source":"\(source)","member":\(member),\
    "currency":"VND","lines":[{"sku":"A1","category":"coffee","quantity":2,"amount":"\(amount)","discount":"5000"}]}
    """
  }

  func send(_ value: String?, key: String? = "k", headers: [String: String] = [:]) {
    driver.publish("commerce.purchases", key: key, value: value, headers: headers)
  }

  func transactions() throws -> [Transaction] {
    try driver.outputs("loyalty.transactions").map { output in
      try Array((output.value ?? "").utf8).withUnsafeBytes { bytes in
        try TransactionDecoder(.accepted).decode(bytes)
      }
    }
  }

  func rejections() throws -> [JSONValue] {
    try driver.outputs("commerce.rejections").map { try JSONValue(parsing: $0.value ?? "") }
  }

  func codes() throws -> [String] { try rejections().compactMap { $0["code"]?.string } }
}
