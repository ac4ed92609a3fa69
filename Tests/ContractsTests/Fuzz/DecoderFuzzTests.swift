import Contracts
import Foundation
import JSON
import Loyalty
import TestValues
import Testing

/// The decoder against a million kinds of dirt: `make fuzz` runs STAMPEDE_FUZZ_INPUTS of them under the address
/// sanitizer, the tests a slice. STAMPEDE_SEED repeats a run.
@Suite(.timeLimit(.minutes(60))) struct DecoderFuzzTests {
  private static func number(_ name: String, or fallback: Int) -> Int {
    ProcessInfo.processInfo.environment[name].flatMap { Int($0) } ?? fallback
  }

  private let inputs = number("STAMPEDE_FUZZ_INPUTS", or: 20_000)
  private let seed = UInt64(truncatingIfNeeded: number("STAMPEDE_SEED", or: 20_261_122))

  @Test func dirtIsRefusedByNameAndWhatIsTakenIsUnderstood() throws {
    var grammar = PurchaseGrammar(random: SplitMix(seed: seed))
    let commerce = TransactionDecoder(.commerce)
    let accepted = TransactionDecoder(.accepted)
    var taken = 0
    var codes: Set<ContractViolation.Code> = []
    for index in 0..<inputs {
      let event = grammar.event()
      let isAsAgreed = grammar.random.happens(oneIn: 10)
      let bytes = isAsAgreed ? Array(event.compact.utf8) : grammar.broken(event)
      switch Self.receive(bytes, commerce) {
      case .success(let received):
        taken += 1
        for part in received.returned + [received.transaction] {
          #expect(try Self.rewritten(part, accepted), "input \(index) of seed \(seed)")
        }
      case .failure(let violation):
        #expect(!isAsAgreed, "input \(index) of seed \(seed): \(violation)")
        codes.insert(violation.code)
        try check(violation, bytes, index)
      }
    }
    #expect(taken > inputs / 20)
    #expect(codes.count >= 15, "\(codes)")
  }

  private static func receive(
    _ bytes: [UInt8], _ decoder: TransactionDecoder
  ) -> Result<ReceivedTransaction, ContractViolation> {
    bytes.withUnsafeBytes { buffer in
      do throws(ContractViolation) {
        return .success(try decoder.receive(EventEnvelope(data: buffer)))
      } catch {
        return .failure(error)
      }
    }
  }

  /// What was taken is written down and read back as the same.
  private static func rewritten(_ transaction: Transaction, _ decoder: TransactionDecoder) throws -> Bool {
    var transaction = transaction
    if transaction.memberId.isEmpty { transaction.memberId = "M" }
    let text = Sample.encoded { transaction.encode(to: &$0) }
    return try text.withUnsafeBytes { try decoder.decode($0) } == transaction
  }

  /// A refusal names a place, and neither it nor the rejection repeats a contact that stands where contacts stand.
  private func check(_ violation: ContractViolation, _ bytes: [UInt8], _ index: Int) throws {
    #expect(violation.path.hasPrefix("$"), "input \(index) of seed \(seed): \(violation)")
    #expect(!"\(violation)".contains(PurchaseGrammar.secret), "input \(index) of seed \(seed)")
    let rejection = bytes.withUnsafeBytes { buffer in
      let rejection = Rejection(
        violation: violation, place: .init(topic: "commerce.purchases", partition: 0, offset: Int64(index)),
        original: buffer, occurredAt: .epoch)
      return Sample.encoded { rejection.encode(to: &$0) }
    }
    #expect(throws: Never.self, "input \(index) of seed \(seed)") { try JSONValue(parsing: rejection) }
  }
}
