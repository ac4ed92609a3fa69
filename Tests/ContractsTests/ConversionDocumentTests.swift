import Contracts
import Loyalty
import TestValues
import Testing

@Suite(.timeLimit(.minutes(10))) struct ConversionDocumentTests {
  private static func read(_ convert: String, id: String = "coffee", more: String = "") throws -> ConversionRule? {
    let text =
      #"{"id":"\#(id)","version":1,"effectiveFrom":"2025-01-01T00:00:00Z","name":"Coffee","currencies":["VND"],"#
      + #""timeZone":"Asia/Ho_Chi_Minh","earning":[]\#(more),"convert":\#(convert)}"#
    return try ProgramDocument.decode(Array(text.utf8), isNew: true).conversion
  }

  private static func problem(_ convert: String, id: String = "coffee", more: String = "") -> String {
    do {
      let rule = try read(convert, id: id, more: more)
      return "taken: \(String(describing: rule))"
    } catch {
      return "\(error)"
    }
  }

  @Test func everyFieldIsRead() throws {
    let rule = try Self.read(
      """
      {"every":700,"reward":"latte","allocateAfterDays":14,"perTransaction":2,"until":"2027-01-01T00:00:00+07:00",
       "atEnd":"delete"}
      """)
    #expect(
      rule
        == ConversionRule(
          every: 700, reward: "latte", allocateAfterDays: 14, perTransaction: 2, until: time("2026-12-31T17:00:00Z"),
          atEnd: .delete))
    #expect(
      try Self.read(#"{"every":700,"reward":"latte"}"#)
        == ConversionRule(every: 700, reward: "latte", perTransaction: ConversionRule.rewardsMax))
    #expect(try Self.read("null") == nil)
  }

  @Test(arguments: [
    (#"{"reward":"latte"}"#, "$.convert.every is missing"),
    (#"{"every":0,"reward":"latte"}"#, "$.convert.every must be a whole number from 1"),
    (#"{"every":700}"#, "$.convert.reward is missing"),
    (
      #"{"every":700,"reward":"latte","perTransaction":1001}"#,
      "$.convert.perTransaction must be a whole number from 1 to 1000"
    ),
    (
      #"{"every":700,"reward":"latte","allocateAfterDays":-1}"#,
      "$.convert.allocateAfterDays must be a whole number from 0"
    ),
    (#"{"every":700,"reward":"latte","atEnd":"issue"}"#, "$.convert.atEnd says what an end does, and there is none"),
    (#"{"every":700,"reward":"latte","until":"soon"}"#, "$.convert.until must be an RFC 3339 instant"),
    (#"{"every":700,"reward":"latte","each":1}"#, "$.convert.each is not a field of a programme document"),
    ("[]", "$.convert must be an object"),
  ]) func whatIsWrongIsNamed(convert: String, problem: String) {
    #expect(Self.problem(convert).contains(problem))
  }

  @Test func pointsThatArePendingCannotPay() {
    let convert = #"{"every":700,"reward":"latte","allocateAfterDays":13}"#
    #expect(
      Self.problem(convert, more: #","pending":{"days":14}"#)
        .contains("$.convert.allocateAfterDays must be 14 or more, as pending.days"))
    #expect(Self.problem(convert, more: #","pending":{"days":13}"#).hasPrefix("taken"))
  }

  @Test func theProgrammesIdIsPartOfTheIdsThatItMakes() {
    let convert = #"{"every":700,"reward":"latte"}"#
    #expect(
      Self.problem(convert, id: String(repeating: "c", count: 61))
        .contains("$.convert needs a programme's id of 60 bytes at most, not 61"))
    #expect(Self.problem(convert, id: String(repeating: "c", count: 60)).hasPrefix("taken"))
  }
}
