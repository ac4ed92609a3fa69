import Contracts
import Foundation
import JSON
import Loyalty
import LoyaltyCLI
import Testing

@Suite(.timeLimit(.minutes(10))) struct PurchaseFileTests {
  private static let mapping = """
    {"delimiter":";","decimalComma":true,"offset":"+07:00",
     "columns":{"id":"Receipt","occurredAt":"Time","member.phone":"Phone","line.sku":"Item","line.quantity":"Qty",
                "line.amount":"Amount","total":"Total"},
     "constants":{"type":"purchase.completed","source":"pos-1","currency":"USD"}}
    """

  private func file(_ name: String, _ text: String) throws -> String {
    let folder = FileManager.default.temporaryDirectory.appending(path: "stampede-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let url = folder.appending(path: name)
    try Data(text.utf8).write(to: url)
    return url.path
  }

  private func events(_ path: String, mapping: String? = nil) throws -> [(row: Int, text: String)] {
    let file = try PurchaseFile(
      path, mapping: try mapping.map { try ColumnMapping(JSONNode(try JSONValue(parsing: $0))) })
    defer { file.close() }
    var events: [(Int, String)] = []
    try file.forEach { row, content in
      switch content {
      case .event(let event, _): events.append((row, String(decoding: event, as: UTF8.self)))
      case .refused(let refusal): events.append((row, refusal.code.rawValue))
      }
      return true
    }
    return events
  }

  @Test func rowsOfOneReceiptAreTheLinesOfOnePurchase() throws {
    let path = try file(
      "day.csv",
      "\u{FEFF}Receipt;Time;Phone;Item;Qty;Amount;Total;Clerk\r\n"
        + "R-1;2026-11-22 13:04;0901 234 567;A1;2;1.234,50;1.244,5;An\r\n"
        + "R-1;2026-11-22 13:04;0901 234 567;\"B;\"\"2\";1;10;1.244,5;An\r\n"
        + "R-2;2026-11-22T13:05:00Z;;A1;1;7;7;\r\n")
    let found = try events(path, mapping: Self.mapping)
    #expect(found.map(\.row) == [2, 4])
    let check = try PurchaseCheck(programs: [], nowMs: 1_800_000_000_000)
    let purchases = try found.map { event in
      try Array(event.text.utf8).withUnsafeBytes { try check.check($0, isCloudEvent: false) }
    }
    #expect(purchases.map(\.id) == ["R-1", "R-2"])
    #expect(purchases[0].lines.map(\.sku) == ["A1", "B;\"2"])
    #expect(purchases[0].lines.map(\.amount) == [123_450, 1_000])
    #expect(purchases[0].total == 124_450)
    #expect(purchases[0].occurredAt == Instant(rfc3339: "2026-11-22T13:04:00+07:00"))
    #expect(found[0].text.contains("\"member\":{\"phone\":\"0901 234 567\"}"))
    #expect(found[1].text.contains("\"member\":null"))
  }

  @Test func fieldMayGoOnInTheNextLine() throws {
    let path = try file("day.csv", "Receipt;Time;Phone;Item;Qty;Amount;Total\nR-1;t;;\"A\nB\";1;1;1\nR-2;t;;C;1;1;1\n")
    #expect(try events(path, mapping: Self.mapping).map(\.row) == [2, 4])
  }

  private static let header = "Receipt;Time;Phone;Item;Qty;Amount;Total;Clerk\n"

  private func row(_ id: String, item: String = "A", total: String = "1", phone: String = "", clerk: String = "")
    -> String
  {
    "\(id);t;\(phone);\(item);1;1;\(total);\(clerk)\n"
  }

  /// Rows 2 to 301, one of which is not as the others.
  private func day(_ odd: [Int: String]) throws -> [(row: Int, text: String)] {
    let rows = (2...301).map { odd[$0] ?? row("R-\($0)") }
    return try events(try file("day.csv", Self.header + rows.joined()), mapping: Self.mapping)
  }

  @Test(arguments: [10, 250, 301]) func unclosedQuoteCostsItsRowAlone(number: Int) throws {
    let found = try day([number: row("R-\(number)", item: "\"stray")])
    #expect(found.map(\.row) == Array(2...301))
    #expect(found.filter { $0.text == "broken-quotes" }.map(\.row) == [number])
  }

  @Test func strayQuoteThatMeetsAnotherSwallowsNoRows() throws {
    let quoted = try day([10: row("R-10", item: "\"stray"), 60: row("R-60", item: "\"tea\"")])
    #expect(quoted.map(\.row) == Array(2...301))
    #expect(quoted.filter { $0.text == "broken-quotes" }.map(\.row) == [10])
    let two = try day([10: row("R-10", item: "\"stray"), 60: row("R-60", clerk: "\"An")])
    #expect(two.filter { $0.text == "broken-quotes" }.map(\.row) == [10, 60])
    let otherColumn = try day([10: row("R-10", item: "\"stray"), 60: row("R-60", clerk: "x\"")])
    #expect(otherColumn.filter { $0.text == "broken-quotes" }.map(\.row) == [10])
    #expect(otherColumn.map(\.row) == Array(2...301))
  }

  @Test func longUnclosedQuoteIsReadInOneGo() throws {
    let line = String(repeating: "x", count: 1_000)
    let text = Self.header + row("R-1", item: "\"stray") + String(repeating: line + "\n", count: 5_000) + row("R-2")
    let found = try events(try file("day.csv", text), mapping: Self.mapping)
    #expect(found.count == 5_002)
    #expect(found.first?.text == "broken-quotes")
    #expect(found.last?.text.contains("R-2") == true)
  }

  @Test func unclosedQuoteInTheHeaderIsAFailure() throws {
    #expect(throws: CommandFailure.self) { try events(file("d.csv", "\"Receipt;Time\nR;t\n"), mapping: Self.mapping) }
  }

  @Test func repeatedRowIsRefusedAndCountsOnce() throws {
    let rows = row("R-1") + row("R-1") + row("R-1", item: "B") + row("R-1") + row("R-2")
    let found = try events(try file("day.csv", Self.header + rows), mapping: Self.mapping)
    #expect(found.map(\.row) == [2, 3, 5, 6])
    #expect(found[1].text == "repeated-row" && found[2].text == "repeated-row")
    #expect(found[0].text.components(separatedBy: "\"sku\"").count == 3)
  }

  @Test func columnWithoutAMeaningTellsEqualLinesApart() throws {
    let rows = row("R-1", clerk: "1") + row("R-1", clerk: "2")
    let found = try events(try file("day.csv", Self.header + rows), mapping: Self.mapping)
    #expect(found.map(\.row) == [2])
    #expect(found[0].text.components(separatedBy: "\"sku\"").count == 3)
  }

  @Test func rowsOfTwoTillsOrMembersAreTwoPurchases() throws {
    let mapping = """
      {"columns":{"id":"Id","source":"Till","member.id":"Member","total":"Total"},"constants":{"type":"purchase.completed"}}
      """
    let text = "Id,Till,Member,Total\n1,a,M-1,5\n1,b,M-1,5\n1,b,M-2,5\n1,b,M-2,6\n1,b,M-2,6\n"
    let found = try events(try file("day.csv", text), mapping: mapping)
    #expect(found.map(\.row) == [2, 3, 4, 5, 6])
    #expect(found.last?.text == "repeated-row")
    #expect(found[1].text.contains("\"source\":\"b\"") && found[2].text.contains("M-2"))
    #expect(found[3].text.contains("\"total\":\"6\""))
  }

  /// What `validate` and result files say of each row that is refused.
  private func reports(_ path: String, mapping: String?) throws -> [RowReport] {
    let file = try PurchaseFile(
      path, mapping: try mapping.map { try ColumnMapping(JSONNode(try JSONValue(parsing: $0))) })
    defer { file.close() }
    let check = try PurchaseCheck(programs: [], nowMs: 1_800_000_000_000)
    var reports: [RowReport] = []
    try file.forEach { row, content in
      switch content {
      case .refused(let refusal): reports.append(RowReport(refusal, row: row))
      case .event(let event, let origin):
        do throws(ContractViolation) {
          _ = try check.check(event, isCloudEvent: false)
        } catch {
          reports.append(RowReport(error, row: row, event: event, origin: origin))
        }
      }
      return true
    }
    return reports
  }

  @Test func refusedRowNamesItsColumnAndTheRowOfItsLine() throws {
    func row(_ id: String, time: String = "2026-11-22 13:04", phone: String = "", amount: String = "1,5") -> String {
      "\(id);\(time);\(phone);A;1;\(amount);;\n"
    }
    let text =
      Self.header + row("R-1", phone: "12") + row("R-2") + row("R-2", amount: "x") + row("R-3", time: "noon")
      + row("R-4") + row("R-4", amount: "12.50") + row("R-5", amount: "")
    let found = try reports(try file("day.csv", text), mapping: Self.mapping)
    #expect(
      found.map { "\($0.row) \($0.column ?? "-") \($0.id ?? "-") \($0.code) \($0.path)" } == [
        "2 Phone R-1 invalid-phone $.member.phone", "4 Amount R-2 invalid-amount $.lines[1].amount",
        "5 Time R-3 invalid-instant $.occurredAt", "7 Amount - unclear-number $",
        "8 Amount R-5 missing-field $.lines[0].amount",
      ])
    #expect(found[0].json["column"]?.string == "Phone" && found[0].text.hasPrefix("row 2, column Phone: invalid-phone"))
    let json = try reports(try file("day.ndjson", "{\"id\":\"P-1\",\"currency\":\"?\"}\n"), mapping: nil)
    #expect(json.first?.id == "P-1" && json.first?.column == nil && json.first?.row == 1)
  }

  @Test(arguments: [
    ("1.234,50", "1234.50"), ("1 234 567,5", "1234567.5"), ("12,5", "12.5"), ("1234", "1234"), ("-1.234", "-1234"),
    ("12.50", nil), ("1.23,4", nil), ("1,2,3", nil), ("1,234.5", nil), ("1.2345", nil),
  ])
  func pointThatSeparatesNoThousandsIsNotPassedOver(text: String, decimal: String?) throws {
    let content = Self.header + "R-1;2026-11-22 13:04;;A;1;\(text);;\n"
    let found = try events(try file("day.csv", content), mapping: Self.mapping)
    let expected = decimal.map { "\"amount\":\"\($0)\"" } ?? "unclear-number"
    #expect(found.count == 1 && found[0].text.contains(expected), "\(found)")
  }

  @Test(arguments: [
    ("ymd", "2026-11-22 13:04", "2026-11-22T13:04:00+07:00"), ("ymd", "2026-11-22T13:04:05Z", "2026-11-22T13:04:05Z"),
    ("dmy", "22/11/2026 9:04", "2026-11-22T09:04:00+07:00"), ("dmy", "2.1.2026 13:04:05", "2026-01-02T13:04:05+07:00"),
    ("mdy", "11-22-2026 13:04 +01:00", "2026-11-22T13:04:00+01:00"), ("dmy", "noon", "noon"),
  ])
  func timesAreReadInTheOrderThatTheMappingSays(order: String, text: String, instant: String) throws {
    let mapping = Self.mapping.replacing("{\"delimiter\"", with: "{\"dateOrder\":\"\(order)\",\"delimiter\"")
    let content = Self.header + "R-1;\(text);;A;1;1;;\n"
    let found = try events(try file("day.csv", content), mapping: mapping)
    #expect(found.first?.text.contains("\"occurredAt\":\"\(instant)\"") == true, "\(found)")
  }

  @Test(arguments: ["\"dateOrder\":\"dym\"", "\"offset\":\"7\"", "\"decimalComma\":1"])
  func brokenMappingIsRefused(field: String) {
    let text = "{\"columns\":{\"id\":\"a\"},\(field)}"
    #expect(throws: (any Error).self) { try ColumnMapping(JSONNode(try JSONValue(parsing: text))) }
  }

  @Test func fileInUTF16IsRefusedAsAWhole() throws {
    let path = try file("day.ndjson", "")
    let bytes: [UInt8] = [0xFF, 0xFE, UInt8(ascii: "{"), 0, UInt8(ascii: "}"), 0, UInt8(ascii: "\n"), 0]
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    let failure = #expect(throws: CommandFailure.self) { try events(path) }
    #expect(failure?.description.hasSuffix("is UTF-16; save it as UTF-8") == true && failure?.isOfInput == true)
  }

  @Test func eventThatCameBeforeInTheFileIsADuplicateOrAConflict() throws {
    let check = try PurchaseCheck(programs: [], nowMs: 1_800_000_000_000)
    let duplicates = FileDuplicates()
    func hasSeen(_ id: String, _ member: String = "{\"phone\":\"0901234567\"}", amount: String = "1") throws -> Bool {
      let text = """
        {"type":"purchase.completed","id":"\(id)","source":"s","occurredAt":"2026-11-22T00:00:00Z","member":\(member),\
        "currency":"VND","lines":[{"sku":"A","amount":"\(amount)"}]}
        """
      return try Array(text.utf8).withUnsafeBytes { try duplicates.hasSeen(check.receive($0, isCloudEvent: false)) }
    }
    #expect(try !hasSeen("P-1") && hasSeen("P-1") && hasSeen("P-1", "{\"phone\":\"+84 901 234 567\"}"))
    #expect(try !hasSeen("P-2", "{\"email\":\"a.b@x.vn\"}") && hasSeen("P-2", "{\"email\":\"A.B@x.vn\"}"))
    for changed in [{ try hasSeen("P-1", amount: "2") }, { try hasSeen("P-1", "null") }] {
      let violation = #expect(throws: ContractViolation.self) { try changed() }
      #expect(violation?.code == .conflictingDuplicate)
    }
    #expect(!duplicates.isFull)
  }

  @Test func jsonLinesAreHandedOverAsTheyStand() throws {
    let path = try file("day.ndjson", "\u{FEFF}{\"id\":1}\n\n{\"id\":2}")
    let found = try events(path)
    #expect(found.map(\.text) == ["{\"id\":1}", "{\"id\":2}"])
    #expect(found.map(\.row) == [1, 3])
  }

  @Test func csvWithoutItsMappingOrAColumnIsRefused() throws {
    #expect(throws: CommandFailure.self) { try events(file("day.csv", "a,b\n")) }
    #expect(throws: CommandFailure.self) { try events(file("day.csv", "a;b\n1;2\n"), mapping: Self.mapping) }
    let unknown = "{\"columns\":{\"id\":\"a\",\"line.colour\":\"b\"}}"
    #expect(throws: (any Error).self) { try ColumnMapping(JSONNode(try JSONValue(parsing: unknown))) }
    #expect(throws: (any Error).self) { try ColumnMapping(JSONNode(try JSONValue(parsing: "{\"columns\":{}}"))) }
  }

  @Test func checkSaysWhatIngestWouldSay() throws {
    let now = try #require(Instant(rfc3339: "2026-11-22T12:00:00Z"))
    let programme = """
      {"id":"p","version":1,"effectiveFrom":"2020-01-01T00:00:00Z","name":"p","status":"active","currencies":["VND"],
       "timeZone":"Asia/Ho_Chi_Minh","earning":[],"intake":{"lateDays":30}}
      """
    let check = try PurchaseCheck(programs: [Array(programme.utf8)], nowMs: now.milliseconds)
    func code(_ changes: [(String, String)]) throws -> String? {
      var text =
        "{\"type\":\"purchase.completed\",\"id\":\"P\",\"source\":\"s\",\"occurredAt\":\"2026-11-22T00:00:00Z\","
        + "\"member\":{\"card\":\"AB12\"},\"currency\":\"VND\",\"lines\":[{\"sku\":\"A\",\"amount\":\"1\"}]}"
      for (old, new) in changes { text = text.replacing(old, with: new) }
      do {
        _ = try Array(text.utf8).withUnsafeBytes { try check.check($0, isCloudEvent: false) }
        return nil
      } catch let violation as ContractViolation {
        return violation.code.rawValue
      }
    }
    #expect(try code([]) == nil)
    #expect(try code([("VND", "USD")]) == "currency-not-taken")
    #expect(try code([("2026-11-22T", "2026-10-01T")]) == "too-old")
    #expect(try code([("2026-11-22T", "2026-11-25T")]) == "in-the-future")
    #expect(try code([("AB12", "A")]) == "invalid-card")
    #expect(try code([("\"currency\"", "\"programId\":\"q\",\"currency\"")]) == "unknown-programme")
  }
}
