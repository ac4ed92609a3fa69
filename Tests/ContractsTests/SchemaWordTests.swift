import Contracts
import JSON
import Loyalty
import Testing

/// Lists of words that stand in a schema and in the code are the same.
@Suite(.timeLimit(.minutes(10))) struct SchemaWordTests {
  @Test func everyTypeOfLedgerEntriesIsInTheSchema() throws {
    #expect(try Self.words("type", of: "ledger-entry") == Set(EntryType.allCases.map(\.rawValue)))
  }

  @Test func everyCommandIsInTheSchema() throws {
    #expect(try Self.words("type", of: "command") == Set(Command.Name.allCases.map(\.rawValue)))
  }

  @Test func everyLedgerAccountIsInTheSchema() throws {
    let common = try JSONValue(parsing: try TopicFolder.files(in: "schemas")["common.schema"] ?? [])
    let listed = common["$defs"]?["ledgerAccount"]?["enum"]?.elements?.compactMap(\.string) ?? []
    #expect(Set(listed) == Set(LedgerAccount.allCases.map(\.rawValue)))
  }

  private static func words(_ field: String, of schema: String) throws -> Set<String> {
    let schema = try JSONValue(parsing: try TopicFolder.files(in: "schemas")["\(schema).schema"] ?? [])
    return Set(schema["properties"]?[field]?["enum"]?.elements?.compactMap(\.string) ?? [])
  }
}
