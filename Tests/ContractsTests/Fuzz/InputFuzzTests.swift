import Contracts
import Foundation
import JSON
import Loyalty
import TestValues
import Testing

/// The decoders of the other inputs against what becomes of their schemas' examples. `make fuzz` and STAMPEDE_SEED as
/// for purchases.
@Suite(.timeLimit(.minutes(60))) struct InputFuzzTests {
  private static func number(_ name: String, or fallback: Int) -> Int {
    ProcessInfo.processInfo.environment[name].flatMap { Int($0) } ?? fallback
  }

  private let inputs = number("STAMPEDE_FUZZ_INPUTS", or: 20_000) / inputTypes.count
  private let seed = UInt64(truncatingIfNeeded: number("STAMPEDE_SEED", or: 20_261_122))

  /// Writes down what it understood.
  private typealias Recode = @Sendable (UnsafeRawBufferPointer) throws(ContractViolation) -> [UInt8]

  private static let inputTypes: [(schema: String, recode: Recode)] = [
    (
      "activity",
      { bytes throws(ContractViolation) in
        let activity = try Activity(decoding: EventEnvelope(data: bytes))
        return Sample.encoded { activity.encode(to: &$0) }
      }
    ),
    (
      "command",
      { bytes throws(ContractViolation) in
        let command = try Command(decoding: bytes)
        return Sample.encoded { command.encode(to: &$0) }
      }
    ),
    (
      "claim-request",
      { bytes throws(ContractViolation) in
        let claim = try PurchaseClaim(decoding: EventEnvelope(data: bytes))
        return Sample.encoded { claim.encode(to: &$0) }
      }
    ),
    (
      "message-request",
      { bytes throws(ContractViolation) in
        let request = try MessageRequest(decoding: EventEnvelope(data: bytes))
        return Sample.encoded { request.encode(to: &$0) }
      }
    ),
    (
      "preference-request",
      { bytes throws(ContractViolation) in
        let request = try PreferenceRequest(decoding: EventEnvelope(data: bytes))
        return Sample.encoded { request.encode(to: &$0) }
      }
    ),
    (
      "privacy-request",
      { bytes throws(ContractViolation) in
        let request = try PrivacyRequest(decoding: bytes)
        return Sample.encoded { request.encode(to: &$0) }
      }
    ),
    (
      "feedback",
      { bytes throws(ContractViolation) in
        let feedback = try Feedback(decoding: EventEnvelope(data: bytes))
        return Sample.encoded { feedback.encode(to: &$0) }
      }
    ),
    (
      "member",
      { bytes throws(ContractViolation) in
        let profile = try MemberProfile(decoding: bytes)
        return Sample.encoded { profile.encode(to: &$0) }
      }
    ),
  ]

  @Test(arguments: inputTypes.indices)
  func dirtIsRefusedByNameAndWhatIsTakenIsWrittenDownAsItWasUnderstood(index: Int) throws {
    let (schema, recode) = Self.inputTypes[index]
    let examples = try TopicFolder.examples(of: schema)
    var grammar = PurchaseGrammar(random: SplitMix(seed: seed &+ UInt64(index)))
    var taken = 0
    var codes: Set<ContractViolation.Code> = []
    for number in 0..<inputs {
      let example = grammar.random.pick(examples)
      let bytes = grammar.random.happens(oneIn: 10) ? Array(example.compact.utf8) : grammar.broken(example)
      do throws(ContractViolation) {
        let once = try Sample.withBytes(bytes, recode)
        let twice = try Sample.withBytes(once, recode)
        #expect(once == twice, "\(schema), input \(number) of seed \(seed)")
        taken += 1
      } catch {
        codes.insert(error.code)
        #expect(error.path.hasPrefix("$"), "\(schema), input \(number) of seed \(seed): \(error)")
      }
    }
    #expect(taken > inputs / 20)
    #expect(codes.count >= 8, "\(schema): \(codes)")
  }
}
