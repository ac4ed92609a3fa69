import Contracts
import Testing

/// The one form of a `traceparent` that is passed on.
@Suite(.timeLimit(.minutes(10))) struct TraceParentTests {
  private static let example = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

  @Test(arguments: [
    example, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00",
    "00-00000000000000000000000000000001-0000000000000001-ff",
    "00-ffffffffffffffff0000000000000000-ffffffffffffffff-00",
  ]) func isReadAndWrittenAsItWas(text: String) throws {
    let traceparent = try #require(TraceParent(text))
    #expect(traceparent.text == text)
    #expect(TraceParent(traceparent.text) == traceparent)
  }

  @Test(arguments: [
    "", "00", "00-ab", String(example.dropLast()), example + "-01", example + " ", " " + example.dropLast(),
    example.uppercased(), example.replacing("4bf", with: "4bg"), example.replacing("-01", with: "-0G"),
    "01" + example.dropFirst(2), "ff" + example.dropFirst(2), example.replacing("-", with: "_"),
    "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
    "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
    String(repeating: "0", count: 55), String(repeating: "0", count: 1_048_300), "00-é" + example.dropFirst(5),
  ]) func anythingElseIsNone(text: String) { #expect(TraceParent(text) == nil) }

  @Test(
    arguments: [
      ("\"\(example)\"", example), ("null", nil), ("7", ""), ("{\"a\":[1]}", ""), ("\"00\"", ""),
    ] as [(String, String?)]) func aStructuredCloudEventMayNameIt(json: String, read: String?) throws
  {
    let value = Array("{\"specversion\":\"1.0\",\"traceparent\":\(json),\"data\":{}}".utf8)
    let kind = Array("application/cloudevents+json".utf8)
    let envelope = try kind.withUnsafeBytes { kind in
      try value.withUnsafeBytes { value in
        try EventEnvelope(value: value) { "\($0)" == "content-type" ? kind : nil }.attributes
      }
    }
    #expect(envelope?.traceparent == read)
  }
}
