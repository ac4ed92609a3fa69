import Contracts
import Foundation
import JSON
import Loyalty
import TestValues
import Testing

/// What ingest takes, the services behind it take: else it ends as a dead letter there, of which the shop hears
/// nothing. STAMPEDE_SEED repeats a run, STAMPEDE_FUZZ_INPUTS makes it longer.
@Suite(.timeLimit(.minutes(10))) struct AcceptedFormTests {
  private static func number(_ name: String, or fallback: Int) -> Int {
    ProcessInfo.processInfo.environment[name].flatMap { Int($0) } ?? fallback
  }

  private let inputs = number("STAMPEDE_FUZZ_INPUTS", or: 20_000)
  private let seed = UInt64(truncatingIfNeeded: number("STAMPEDE_SEED", or: 20_261_130))

  @Test func whatIngestTakesIsTakenWrittenDown() throws {
    var grammar = PurchaseGrammar(random: SplitMix(seed: seed), reachesBounds: true)
    var taken = 0
    var refused: [ContractViolation.Code: Int] = [:]
    for index in 0..<inputs {
      let event = grammar.event()
      let bytes = grammar.random.happens(oneIn: 3) ? grammar.broken(event) : Array(event.compact.utf8)
      do throws(ContractViolation) {
        let received = try Sample.withBytes(bytes) { bytes throws(ContractViolation) in
          try TransactionDecoder(.commerce).receive(EventEnvelope(data: bytes))
        }
        taken += 1
        for part in received.returned + [received.transaction] {
          #expect(accepted(part) == part.named, "input \(index) of seed \(seed): \(event.compact)")
        }
      } catch {
        refused[error.code, default: 0] += 1
      }
    }
    #expect(taken > inputs / 10, "\(refused)")
    #expect((refused[.amountOutOfRange] ?? 0) > inputs / 50, "\(refused)")
  }

  /// Read again as it is written down; nil where it is refused then.
  private func accepted(_ transaction: Transaction) -> Transaction? {
    let text = Sample.encoded { transaction.named.encode(to: &$0) }
    return try? Sample.decode(text, .accepted)
  }

  private static let bound = "9999999999999.00"

  @Test(
    arguments: [
      #""shipping":"\#(bound)""#, #""tax":"\#(bound)""#, #""discount":"\#(bound)","tax":"-\#(bound)""#,
    ])
  func purchaseThatComesToMoreThanAnAmountMayBeIsRefused(parts: String) {
    let text = purchase(parts)
    #expect(Sample.violation(text)?.code == .amountOutOfRange)
    #expect(Sample.violation(text)?.path == "$.lines")
    // Its own total is what counts, and each amount is within bounds.
    #expect(Sample.violation(text.replacing("\"lines\"", with: "\"total\":\"5.00\",\"lines\"")) == nil)
  }

  private func purchase(_ parts: String) -> String {
    let line = #"{"sku":"A","amount":"\#(parts.contains("-") ? "0" : "9000000000000.00")"}"#
    return #"""
      {"type":"purchase.completed","id":"P-1","occurredAt":"2026-11-22T06:00:00Z","source":"s","member":{"id":"M"},\#
      "currency":"USD",\#(parts),"lines":[\#(line)]}
      """#
  }

  private func returned(_ rest: String) -> String {
    #"""
    {"type":"purchase.returned","id":"R-1","occurredAt":"2026-11-22T06:00:00Z","source":"s","member":{"id":"M"},\#
    "purchaseId":"P-1",\#(rest)}
    """#
  }

  @Test func returnWhoseTaxSumsToMoreThanAnAmountMayBeIsRefused() {
    let line = #"{"sku":"A","amount":"1.00","tax":"\#(Self.bound)"}"#
    #expect(Sample.violation(returned(#""currency":"USD","lines":[\#(line),\#(line)]"#))?.code == .amountOutOfRange)
    #expect(
      Sample.violation(returned(#""currency":"USD","lines":[\#(line.replacing(Self.bound, with: "1.00"))]"#)) == nil)
  }

  /// Their tax is written down as an amount of the return, which is in some currency.
  @Test(arguments: ["tax", "discount", "amount"])
  func returnWhoseLinesNameAnAmountNamesItsCurrency(field: String) {
    let text = returned(#""lines":[{"sku":"A","\#(field)":"1.00"}]"#)
    #expect(Sample.violation(text)?.code == .missingField)
    #expect(Sample.violation(text)?.path == "$.currency")
    #expect(Sample.violation(returned(#""lines":[{"sku":"A"}]"#)) == nil)
  }
}

extension Transaction {
  /// With a member, as ingest passes it on.
  fileprivate var named: Transaction {
    var named = self
    if named.memberId.isEmpty { named.memberId = "M" }
    return named
  }
}
