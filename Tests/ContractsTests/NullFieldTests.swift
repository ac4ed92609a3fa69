import Contracts
import JSON
import Loyalty
import Testing

/// A null says what a field says that is left out, in every event and document: for what people write.
@Suite(.timeLimit(.minutes(10))) struct NullFieldTests {
  /// What an event means, in letters that are the same where the meanings are (sets print in any order); a refusal by
  /// its code.
  private typealias Meaning = (JSONValue) -> String

  private static func meaning<Value>(
    _ decode: @escaping (UnsafeRawBufferPointer) throws(ContractViolation) -> Value
  ) -> Meaning {
    { event in
      do throws(ContractViolation) {
        let value = try Sample.withBytes(Array(event.compact.utf8)) { bytes throws(ContractViolation) in
          try decode(bytes)
        }
        return String("\(value)".sorted())
      } catch {
        return "refused: \(error.code.rawValue)"
      }
    }
  }

  private static var schemas: [(String, Meaning)] {
    [
      (
        "purchase",
        meaning { bytes throws(ContractViolation) in
          try TransactionDecoder(.commerce).receive(EventEnvelope(data: bytes))
        }
      ),
      ("transaction", meaning { bytes throws(ContractViolation) in try TransactionDecoder(.accepted).decode(bytes) }),
      ("command", meaning { bytes throws(ContractViolation) in try Command(decoding: bytes) }),
      ("activity", meaning { bytes throws(ContractViolation) in try Activity(decoding: EventEnvelope(data: bytes)) }),
      ("member", meaning { bytes throws(ContractViolation) in try MemberProfile(decoding: bytes) }),
      (
        "claim-request",
        meaning { bytes throws(ContractViolation) in try PurchaseClaim(decoding: EventEnvelope(data: bytes)) }
      ),
      (
        "message-request",
        meaning { bytes throws(ContractViolation) in try MessageRequest(decoding: EventEnvelope(data: bytes)) }
      ),
      ("message-control", meaning { bytes throws(ContractViolation) in try MessageControl(decoding: bytes) }),
      (
        "preference-request",
        meaning { bytes throws(ContractViolation) in try PreferenceRequest(decoding: EventEnvelope(data: bytes)) }
      ),
      ("privacy-request", meaning { bytes throws(ContractViolation) in try PrivacyRequest(decoding: bytes) }),
      ("ledger-entry", meaning { bytes throws(ContractViolation) in try LedgerEntry(decoding: bytes) }),
      ("account", meaning { bytes throws(ContractViolation) in try AccountStatement(decoding: bytes) }),
      (
        "program",
        { document in
          do throws(ProgramRefused) {
            let program = try ProgramDocument.decode(document)
            return String("\(program) \(program.calendar.identifier)".sorted())
          } catch {
            return "refused: \(error)"
          }
        }
      ),
    ]
  }

  @Test func nullIsAsAFieldLeftOut() throws {
    for (schema, meaning) in Self.schemas {
      let examples = try TopicFolder.examples(of: schema)
      #expect(!examples.isEmpty)
      for example in examples {
        for (path, without, null) in example.fields() where path != "$.member" || schema != "purchase" {
          let isSame = meaning(null) == meaning(without)
          #expect(isSame, "\(schema) \(path)")
        }
      }
    }
  }

  @Test func purchaseWhoseMemberIsNullIsNobodys() throws {
    let text = Sample.purchase(replacing: "{\"id\":\"M-000123\"}", with: "null")
    let received = try Sample.withBytes(Array(text.utf8)) { bytes throws(ContractViolation) in
      try TransactionDecoder(.commerce).receive(EventEnvelope(data: bytes))
    }
    #expect(received.member == .nobody)
    #expect(
      Sample.violation(Sample.purchase(replacing: "{\"id\":\"M-000123\"}", with: "{\"id\":null}"))?.path
        == "$.member.id")
  }

  @Test func attributesOfCloudEventsMayBeNull() throws {
    let text = #"{"specversion":"1.0","id":null,"time":null,"data":"# + Sample.purchase + "}"
    try text.utf8.withContiguousStorageIfAvailable { bytes in
      let envelope = try EventEnvelope(value: UnsafeRawBufferPointer(bytes)) { name in
        "\(name)" == "content-type" ? Self.structured : nil
      }
      #expect(try TransactionDecoder(.commerce).decode(envelope).id == "POS7-000123")
    }
  }

  nonisolated(unsafe) private static let structured = UnsafeRawBufferPointer(
    start: ("application/cloudevents+json" as StaticString).utf8Start, count: 28)
}

extension JSONValue {
  /// Each field at whatever depth: its path, the document without it, and the document with null in its place.
  fileprivate func fields(at path: String = "$") -> [(path: String, without: JSONValue, null: JSONValue)] {
    switch self {
    case .object(let members):
      return members.indices.flatMap { index -> [(path: String, without: JSONValue, null: JSONValue)] in
        let own = path + "." + members[index].key
        // Names of these are days, not fields.
        guard members[index].key != "amounts" else { return [] }
        func with(_ value: JSONValue?) -> JSONValue {
          var changed = members
          if let value { changed[index].value = value } else { changed.remove(at: index) }
          return .object(changed)
        }
        let below = members[index].value.fields(at: own).map { ($0.path, with($0.without), with($0.null)) }
        return [(own, with(nil), with(.null))] + below
      }
    case .array(let elements):
      return elements.indices.flatMap { index -> [(path: String, without: JSONValue, null: JSONValue)] in
        func with(_ value: JSONValue) -> JSONValue {
          var changed = elements
          changed[index] = value
          return .array(changed)
        }
        return elements[index].fields(at: "\(path)[\(index)]").map { ($0.path, with($0.without), with($0.null)) }
      }
    default: return []
    }
  }
}
