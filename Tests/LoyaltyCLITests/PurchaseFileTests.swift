import Contracts
import Foundation
import JSON
import Loyalty
import LoyaltyCLI
import Testing

@Suite(.timeLimit(.minutes(10))) struct PurchaseFileTests {
  @Test func rowsOfOneReceiptAreTheLinesOfOnePurchase() throws {
    let path = try CSVSample.file(
      "day.csv",
      "\u{FEFF}Receipt;Time;Phone;Item;Qty;Amount;Total;Clerk\r\n"
        + "R-1;2026-11-22 13:04;0901 234 567;A1;2;1.234,50;1.244,5;An\r\n"
        + "R-1;2026-11-22 13:04;0901 234 567;\"B;\"\"2\";1;10;1.244,5;An\r\n"
        + "R-2;2026-11-22T13:05:00Z;;A1;1;7;7;\r\n")
    let found = try CSVSample.read(path)
    #expect(found.taken.map(\.row) == [2, 4])
    let check = try PurchaseCheck(programs: [], nowMs: 1_800_000_000_000)
    let purchases = try found.taken.map { taken in
      try Array(taken.event.utf8).withUnsafeBytes { try check.receive($0, isCloudEvent: false).transaction }
    }
    #expect(purchases.map(\.id) == ["R-1", "R-2"])
    #expect(purchases[0].lines.map(\.sku) == ["A1", "B;\"2"])
    #expect(purchases[0].lines.map(\.amount) == [123_450, 1_000])
    #expect(purchases[0].total == 124_450)
    #expect(purchases[0].occurredAt == Instant(rfc3339: "2026-11-22T13:04:00+07:00"))
    #expect(found.taken[0].event.contains("\"member\":{\"phone\":\"0901 234 567\"}"))
    #expect(found.taken[1].event.contains("\"member\":null"))
  }

  @Test func fieldMayGoOnInTheNextLine() throws {
    let found = try CSVSample.rows(row("R-1", item: "\"A B\"", clerk: "\"x\ny\""), row("R-2", item: "C"))
    #expect(found.taken.map(\.row) == [2, 4] && found.reports.isEmpty)
  }

  private func row(_ id: String, item: String = "A", clerk: String = "") -> String {
    CSVSample.row(id, item: item, clerk: clerk)
  }

  /// Rows 2 to 301, one of which is not as the others: those whose purchases are taken, and what is said of the rest.
  private func day(_ odd: [Int: String]) throws -> CSVSample.Reading {
    let rows = (2...301).map { odd[$0] ?? row("R-\($0)") }
    return try CSVSample.read(CSVSample.file("day.csv", CSVSample.header + rows.joined()))
  }

  private func all(but numbers: Int...) -> [Int] { (2...301).filter { !numbers.contains($0) } }

  @Test(arguments: [10, 250, 301]) func unclosedQuoteCostsItsRowAlone(number: Int) throws {
    let found = try day([number: row("R-\(number)", item: "\"stray")])
    #expect(found.taken.map(\.row) == all(but: number))
    #expect(found.refusals == ["\(number) broken-quotes"])
  }

  @Test func strayQuoteThatMeetsAnotherSwallowsNoRows() throws {
    let quoted = try day([10: row("R-10", item: "\"stray"), 60: row("R-60", item: "\"tea\"")])
    #expect(quoted.taken.map(\.row) == all(but: 10))
    #expect(quoted.refusals == ["10 broken-quotes"])
    let two = try day([10: row("R-10", item: "\"stray"), 60: row("R-60", clerk: "\"An")])
    #expect(two.refusals == ["10 broken-quotes", "60 broken-quotes"])
    let otherColumn = try day([10: row("R-10", item: "\"stray"), 60: row("R-60", clerk: "x\"")])
    #expect(otherColumn.refusals == ["10 broken-quotes"])
    #expect(otherColumn.taken.map(\.row) == all(but: 10))
  }

  @Test func longUnclosedQuoteIsReadInOneGo() throws {
    let line = String(repeating: "x", count: 1_000)
    let text =
      CSVSample.header + row("R-1", item: "\"stray") + String(repeating: line + "\n", count: 5_000) + row("R-2")
    let found = try CSVSample.read(CSVSample.file("day.csv", text))
    #expect(found.refusals.first == "2 broken-quotes")
    #expect(found.ids == ["R-2"])
  }

  @Test func unclosedQuoteInTheHeaderIsAFailure() throws {
    #expect(throws: CommandFailure.self) { try CSVSample.read(CSVSample.file("d.csv", "\"Receipt;Time\nR;t\n")) }
  }

  @Test func columnWithoutAMeaningTellsEqualLinesApart() throws {
    let found = try CSVSample.rows(row("R-1", clerk: "1"), row("R-1", clerk: "2"))
    #expect(found.taken.map(\.row) == [2])
    #expect(found.taken[0].event.components(separatedBy: "\"sku\"").count == 3)
  }

  @Test func rowsOfTwoTillsAreTwoPurchases() throws {
    let mapping = """
      {"offset":"Z","columns":{"id":"Id","source":"Till","member.id":"Member","line.sku":"Sku"},
       "constants":{"type":"purchase.completed","currency":"USD","occurredAt":"2026-11-22T00:00:00Z","line.amount":"1"}}
      """
    let text = "Id,Till,Member,Sku\n1,a,M-1,A\n1,b,M-1,A\n1,b,M-1,B\n2,b,M-2,A\n2,b,M-1,A\n"
    let found = try CSVSample.read(CSVSample.file("day.csv", text), mapping: mapping)
    #expect(found.taken.map(\.row) == [2, 3])
    #expect(found.taken[1].event.contains("\"source\":\"b\""))
    #expect(found.refusals == ["5 scattered-rows", "6 scattered-rows"], "of two members it can be one's alone")
  }

  @Test func refusedRowNamesItsColumnAndTheRowOfItsLine() throws {
    let found = try CSVSample.rows(
      CSVSample.row("R-1", amount: "1,5", phone: "12"), CSVSample.row("R-2", amount: "1,5"),
      CSVSample.row("R-2", amount: "x"), CSVSample.row("R-3", time: "noon"), CSVSample.row("R-4"),
      CSVSample.row("R-4", amount: "12.50"), CSVSample.row("R-5", amount: ""))
    #expect(
      found.reports.map { "\($0.row) \($0.column ?? "-") \($0.id ?? "-") \($0.code) \($0.path)" } == [
        "2 Phone R-1 invalid-phone $.member.phone", "4 Amount R-2 invalid-amount $.lines[1].amount",
        "5 Time R-3 invalid-instant $.occurredAt", "7 Amount R-4 unclear-number $.lines[1].amount",
        "8 Amount R-5 missing-field $.lines[0].amount",
      ])
    let reports = found.reports
    #expect(
      reports[0].json["column"]?.string == "Phone" && reports[0].text.hasPrefix("row 2, column Phone: invalid-ph"))
    #expect(reports[1].json["withheldRows"] == .array([.number("3"), .number("4")]))
    let json = try CSVSample.read(
      CSVSample.file("day.ndjson", "{\"id\":\"P-1\",\"currency\":\"?\"}\n"), mapping: nil
    ).reports
    #expect(json.first?.id == "P-1" && json.first?.column == nil && json.first?.row == 1)
  }

  @Test(arguments: ["\"dateOrder\":\"dym\"", "\"offset\":\"7\"", "\"decimalComma\":1", "\"totalWithin\":\"-1\""])
  func brokenMappingIsRefused(field: String) throws {
    let zone = field.contains("offset") ? "" : ",\"offset\":\"Z\""
    #expect(throws: (any Error).self) { try CSVSample.mapping("{\"columns\":{\"id\":\"a\"}\(zone),\(field)}") }
  }

  @Test func fileInUTF16IsRefusedAsAWhole() throws {
    let bytes: [UInt8] = [0xFF, 0xFE, UInt8(ascii: "{"), 0, UInt8(ascii: "}"), 0, UInt8(ascii: "\n"), 0]
    let path = try CSVSample.file("day.ndjson", Data(bytes))
    let failure = #expect(throws: CommandFailure.self) { try CSVSample.read(path, mapping: nil) }
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
    let path = try CSVSample.file("day.ndjson", "\u{FEFF}{\"id\":1}\n\n{\"id\":2}")
    let file = try PurchaseFile(path, mapping: nil)
    defer { file.close() }
    var found: [String] = []
    try file.forEach { row, content in
      if case .event(let event) = content { found.append("\(row) \(String(decoding: event, as: UTF8.self))") }
      return true
    }
    #expect(found == ["1 {\"id\":1}", "3 {\"id\":2}"])
  }

  @Test func csvWithoutItsMappingOrAColumnIsRefused() throws {
    #expect(throws: CommandFailure.self) { try CSVSample.read(CSVSample.file("day.csv", "a,b\n"), mapping: nil) }
    #expect(throws: CommandFailure.self) { try CSVSample.read(CSVSample.file("DAY.CSV", "a;b\n1;2\n")) }
    let unknown = "{\"offset\":\"Z\",\"columns\":{\"id\":\"a\",\"line.colour\":\"b\"}}"
    #expect(throws: (any Error).self) { try CSVSample.mapping(unknown) }
    #expect(throws: (any Error).self) { try CSVSample.mapping("{\"offset\":\"Z\",\"columns\":{}}") }
  }

  @Test func purchaseIsToldAsItIsUnderstood() throws {
    let check = try PurchaseCheck(programs: [], nowMs: 1_800_000_000_000)
    let text = """
      {"type":"purchase.completed","id":"P-1","source":"s","occurredAt":"2026-11-22T13:00:00+07:00",
       "member":{"phone":"0901234567"},"currency":"USD","shipping":"5","lines":[{"sku":"A","quantity":2,"amount":"1234567.5","discount":"0.05"}]}
      """
    let words = try Array(text.utf8).withUnsafeBytes {
      PurchaseWords.describe(try check.receive($0, isCloudEvent: false))
    }
    #expect(
      words == """
          purchase P-1 of s, 2026-11-22T06:00:00Z, member by phone
          2 × A, 1,234,567.50 USD less 0.05 USD
          shipping 5.00 USD
          total 1,234,572.45 USD
        """)
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
        _ = try Array(text.utf8).withUnsafeBytes { try check.receive($0, isCloudEvent: false) }
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
