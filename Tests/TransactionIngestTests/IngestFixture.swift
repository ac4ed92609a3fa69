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

  /// A member's profile as of now.
  func enrol(
    _ id: String, phone: String? = nil, email: String? = nil, cards: [String] = [], status: String = "active",
    mergedInto: String? = nil, at: String = "2026-01-01T00:00:00Z"
  ) {
    var writer = JSONWriter()
    MemberProfile(
      id: id, email: email, phone: phone, status: .init(rawValue: status) ?? .active, cards: cards,
      mergedInto: mergedInto, occurredAt: Instant(rfc3339: at) ?? .epoch
    ).encode(to: &writer)
    driver.publish("loyalty.members", key: id, value: writer.string)
  }

  /// A claim of the purchase that ``purchase(id:source:at:amount:member:)`` makes, unless said otherwise.
  func claim(
    _ id: String, by member: String, receipt: String = "P-1", total: String = "90000", date: String = "2026-11-22",
    at: String = "2026-11-23T09:00:00Z"
  ) {
    driver.publish(
      "commerce.claims", key: member,
      value: """
        {"type":"purchase.claim","id":"\(id)","occurredAt":"\(at)","memberId":"\(member)","receipt":"\(receipt)",\
        "total":"\(total)","date":"\(date)"}
        """)
  }

  func publishProgramme(id: String = "p", currencies: String = "[\"VND\"]", intake: String = "{}") {
    driver.publish(
      "loyalty.programs", key: "\(id):1",
      value: """
        {"id":"\(id)","version":1,"effectiveFrom":"2020-01-01T00:00:00Z","name":"p","status":"active",\
        "currencies":\(currencies),"timeZone":"Asia/Ho_Chi_Minh","earning":[],"intake":\(intake)}
        """)
  }

  /// Each status as `claim member outcome`, in the order of the topic.
  func claimStatuses() throws -> [String] {
    try driver.outputs("loyalty.claims").map { output in
      let status = try Array((output.value ?? "").utf8).withUnsafeBytes { try ClaimStatus(decoding: $0) }
      guard case .refused(let refusal) = status.outcome else { return "\(status.id) \(status.memberId) accepted" }
      return "\(status.id) \(status.memberId) \(refusal.rawValue)"
    }
  }

  /// A restart under other settings.
  func restart(_ settings: IngestSettings) throws {
    try driver.restart(as: IngestTopology.make(settings))
    try driver.run()
  }

  func rejections() throws -> [JSONValue] {
    try driver.outputs("commerce.rejections").map { try JSONValue(parsing: $0.value ?? "") }
  }

  /// Keys of the rows that the store's changelog leaves.
  func liveRows(_ store: String) -> Set<String> {
    var live: [String: Bool] = [:]
    for record in driver.outputs("transaction-ingest.\(store).changelog") {
      live[record.key ?? ""] = record.value != nil
    }
    return Set(live.filter(\.value).keys)
  }

  /// How many messages of a type the partitions have said to each other.
  func lookups(_ type: String) throws -> Int {
    driver.outputs("loyalty.lookups").count { $0.value?.contains("\"type\":\"\(type)\"") ?? false }
  }

  func codes() throws -> [String] { try rejections().compactMap { $0["code"]?.string } }
}
