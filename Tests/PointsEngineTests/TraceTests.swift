import Contracts
import Loyalty
import StreamTesting
import TestValues
import Testing

/// Where a command's trace comes from, and what of it reaches the ledger.
@Suite(.timeLimit(.minutes(10))) struct TraceTests {
  private static let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
  private static let other = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
  private static let command =
    "{\"type\":\"points.adjust\",\"id\":\"C-1\",\"occurredAt\":\"2017-01-02T12:00:00Z\",\"memberId\":\"M-1\",\"programId\":\"journey\","
    + "\"points\":50,\"actor\":\"ann\",\"reason\":\"sorry\"}"

  /// The `traceparent` of the entry that the command makes, and how many were dropped.
  private func traced(_ value: String, _ headers: [String: String]) throws -> (passedOn: String?, dropped: Bool) {
    let engine = try Engine()
    defer { engine.driver.close() }
    engine.driver.publish(Topic.commands.name, key: "M-1", value: value, headers: headers)
    try engine.run()
    let entry = try #require(engine.driver.outputs(Topic.ledger.name).first)
    let told = engine.driver.metrics.exposition()
    return (
      entry.headers["traceparent"],
      told.contains("stampede_traceparents_dropped_total{service=\"points-engine\"} 1")
    )
  }

  @Test(
    arguments: [
      (["traceparent": trace], trace), (["ce_traceparent": trace], trace),
      (["traceparent": trace, "ce_traceparent": other], trace), ([:], nil),
    ] as [([String: String], String?)]) func aHeaderIsPassedOn(headers: [String: String], passedOn: String?) throws
  {
    let found = try traced(Self.command, headers)
    #expect(found.passedOn == passedOn && !found.dropped)
  }

  @Test func theAttributeOfAStructuredCloudEventIsPassedOn() throws {
    func event(_ traceparent: String) -> String {
      "{\"specversion\":\"1.0\",\"id\":\"C-1\",\"type\":\"points.adjust\",\"source\":\"desk\",\"time\":\"2017-01-02T12:00:00Z\","
        + "\"traceparent\":\"\(traceparent)\",\"data\":\(Self.command)}"
    }
    let structured = ["content-type": "application/cloudevents+json; charset=utf-8"]
    let found = try traced(event(Self.trace), structured)
    #expect(found.passedOn == Self.trace && !found.dropped)
    let dropped = try traced(event("of another form"), structured)
    #expect(dropped.passedOn == nil && dropped.dropped)
  }

  @Test(arguments: ["", "00-ab", trace.uppercased(), trace + "-01", String(repeating: "0", count: 1_048_300)])
  func whatIsNoneIsDroppedAndCounted(text: String) throws {
    let found = try traced(Self.command, ["traceparent": text])
    #expect(found.passedOn == nil && found.dropped)
  }
}
