import Contracts
import Foundation
import JSON
import RewardEngine
import ServiceKit
import StreamTesting
import Testing

/// Credentials of partners, a file each.
@Suite(.timeLimit(.minutes(10))) struct PartnerAccountsTests {
  private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("partners-\(UUID().uuidString)")
  private let clock = ManualClock(0)

  private func accounts() throws -> PartnerAccounts {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let clock = clock
    return PartnerAccounts(
      folder: folder.path, clock: { clock.nowMs }, log: Log("test", to: LogOutput(level: .error)))
  }

  private func write(_ text: String, _ name: String) throws {
    try Data(text.utf8).write(to: folder.appendingPathComponent(name))
  }

  private func document(_ id: String = "tea-house", version: Int = 1) throws -> PartnerDocument {
    let text =
      #"{"id":"\#(id)","version":\#(version),"names":{"en":"Tea"},"adapter":"json","url":"https://tea.example"}"#
    return try PartnerDocument(try JSONValue(parsing: text), isNew: false)
  }

  @Test func aFileThatComesLaterIsReadThen() throws {
    let accounts = try accounts()
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(try accounts.adapter(of: document()) == nil)
    try write(#"{"token":"t"}"#, "tea-house.json")
    // It is not looked at with every order.
    clock.nowMs = 9_000
    #expect(try accounts.adapter(of: document()) == nil)
    clock.nowMs = 10_000
    #expect(try accounts.adapter(of: document()) != nil)
    // What was read is kept, until the document is another.
    try write("{}", "tea-house.json")
    clock.nowMs = 100_000
    #expect(try accounts.adapter(of: document()) != nil)
    #expect(try accounts.adapter(of: document(version: 2)) == nil)
  }

  @Test(arguments: ["../tea-house", ".tea-house", "a/b"]) func anIdIsNoPath(_ id: String) throws {
    let accounts = try accounts()
    defer { try? FileManager.default.removeItem(at: folder) }
    try write(#"{"token":"t"}"#, ".tea-house.json")
    #expect(try accounts.adapter(of: document(id)) == nil)
  }
}
