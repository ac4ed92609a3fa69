import Contracts
import JSON
import StreamTesting
import TestValues
import Testing
import TransactionIngest

@Suite(.timeLimit(.minutes(10))) struct FloodTests {
  /// Every purchase ten times, interleaved; half of them by one member; one record in a hundred garbage; half of the
  /// members named by phone.
  @Test func nothingIsLostOrDoubledInAStormOfDuplicatesAndDirt() throws {
    let ingest = try IngestFixture(partitionCount: 4)
    defer { ingest.driver.close() }
    let members = (0..<20).map { "M-\($0)" }
    for (index, member) in members.enumerated() { ingest.enrol(member, phone: phone(index)) }
    try ingest.driver.run()
    var random = SplitMix(seed: 20_261_122)
    let purchases = (0..<400).map { number -> (id: String, member: Int) in
      ("P-\(number)", number % 2 == 0 ? 0 : 1 + Int(random.next() % 19))
    }
    var storm: [(key: String, value: String?)] = []
    for purchase in purchases {
      let named = random.next() % 2 == 0
      let member = named ? "{\"id\":\"M-\(purchase.member)\"}" : "{\"phone\":\"\(phone(purchase.member))\"}"
      let text = IngestFixture.purchase(id: purchase.id, member: member)
      for _ in 0..<10 { storm.append((purchase.id, text)) }
    }
    let garbage = storm.count / 100
    for number in 0..<garbage {
      let text = IngestFixture.purchase(id: "G-\(number)")
      storm.append(
        ("g", [nil, "", String(text.dropLast(9)), text.replacing("VND", with: "?"), "\u{FEFF}[]"][number % 5]))
    }
    storm.shuffle(using: &random)
    for record in storm { ingest.send(record.value, key: record.key) }
    try ingest.driver.run()
    let accepted = try ingest.transactions()
    #expect(accepted.count == purchases.count)
    #expect(
      Dictionary(uniqueKeysWithValues: accepted.map { ($0.id, $0.memberId) })
        == Dictionary(uniqueKeysWithValues: purchases.map { ($0.id, "M-\($0.member)") }))
    #expect(try ingest.codes().count == garbage)
    #expect(ingest.driver.metrics.exposition().contains("code=\"duplicate\"} \(9 * purchases.count)"))
  }

  private func phone(_ index: Int) -> String { "+8490123\(4500 + index)" }
}
