import Foundation
import LoyaltyCLI
import Testing

/// How files are encoded, and how they write numbers and times.
@Suite(.timeLimit(.minutes(10))) struct FileTextTests {
  private func failure(_ bytes: [UInt8], _ name: String = "day.csv") throws -> String {
    let path = try CSVSample.file(name, Data(bytes))
    let failure = #expect(throws: CommandFailure.self) { try CSVSample.read(path) }
    #expect(failure?.isOfInput == true)
    return failure?.description ?? ""
  }

  private func latin(_ text: String) -> [UInt8] { text.unicodeScalars.map { UInt8($0.value) } }

  @Test func fileThatIsNotUTF8IsRefusedWithItsByteAndLikelyEncoding() throws {
    let rows = CSVSample.header + CSVSample.row("R-1") + CSVSample.row("R-2", item: "caf\u{E9}")
    let text = try failure(latin(rows))
    #expect(text.contains("line 3: byte 26 (0xE9) is not UTF-8"), "\(text)")
    #expect(text.contains("looks like Windows-1252 or ISO 8859-1: save it as UTF-8"))
    #expect(try failure(latin(CSVSample.header + CSVSample.row("R-1", item: "\u{80}5"))).contains("like Windows-1252:"))
    let wide = (CSVSample.header + CSVSample.row("R-1")).utf8.flatMap { byte -> [UInt8] in [byte, 0] }
    #expect(try failure(wide).contains("UTF-16"))
  }

  @Test func nothingOfAFileThatIsNotUTF8IsTaken() throws {
    let path = try CSVSample.file(
      "day.csv", Data(latin(CSVSample.header + CSVSample.row("R-1") + CSVSample.row("R-2", item: "\u{E9}"))))
    let file = try PurchaseFile(path, mapping: try CSVSample.mapping(CSVSample.mapping))
    defer { file.close() }
    var lent = 0
    #expect(throws: CommandFailure.self) {
      try file.forEach { _, _ in
        lent += 1
        return true
      }
    }
    #expect(lent == 0)
  }

  @Test func lineOfJSONThatIsNotUTF8IsRefusedAloneWithItsLikelyEncoding() throws {
    let event = """
      {"type":"purchase.completed","id":"P-1","occurredAt":"2026-01-01T00:00:00Z","source":"s","member":{"id":"M-1"},\
      "currency":"USD","lines":[{"sku":"A","category":"tea","amount":"1"}]}

      """
    let path = try CSVSample.file(
      "day.ndjson", Data(latin(event.replacing("tea", with: "caf\u{E9}") + event.replacing("P-1", with: "P-2"))))
    let found = try CSVSample.read(path, mapping: nil)
    #expect(found.refusals == ["1 not-utf8"] && found.ids == ["P-2"])
    #expect(found.reports[0].message.hasSuffix("It looks like Windows-1252 or ISO 8859-1."))
  }

  @Test(arguments: ["day.ndjson", "day.csv", "day.jsonl.gz"]) func emptyFileIsRefused(name: String) throws {
    for text in ["", "\n \n", "\u{FEFF}"] {
      #expect(try failure(Array(text.utf8), name).hasSuffix("is empty"))
    }
  }

  @Test func headerAloneIsADayWithoutPurchases() throws {
    let found = try CSVSample.read(CSVSample.file("day.csv", CSVSample.header))
    #expect(found.taken.isEmpty && found.reports.isEmpty)
  }

  @Test(arguments: [
    ("1.234,50", "1234.50"), ("1 234 567,5", "1234567.5"), ("1\u{202F}234,5", "1234.5"), ("12,5", "12.5"),
    ("1234", "1234"), ("-1.234", "-1234"), ("12.50", nil), ("1.23,4", nil), ("1,2,3", nil), ("1,234.5", nil),
    ("1.2345", nil), ("1234.567", nil), ("-1234.567", nil), (".500", nil), ("1.234 567", nil),
  ])
  func pointThatSeparatesNoThousandsIsNotPassedOver(text: String, decimal: String?) throws {
    let mapping = CSVSample.mapping.replacing("\"id\":\"Receipt\"", with: "\"id\":\"Receipt\",\"tax\":\"Clerk\"")
    let found = try CSVSample.rows(CSVSample.row("R-1", clerk: text), mapping: mapping)
    if let decimal {
      #expect(found.taken.first?.event.contains("\"tax\":\"\(decimal)\"") == true || decimal.hasSuffix("567.5"))
    } else {
      #expect(found.refusals == ["2 unclear-number"] && found.reports[0].column == "Clerk", "\(found.reports)")
    }
  }

  @Test func zerosBehindThePointAreDecimalsToo() throws {
    let mapping = CSVSample.mapping.replacing("USD", with: "VND").replacing("\"decimalComma\":true,", with: "")
    let found = try CSVSample.rows(
      CSVSample.row("R-1", amount: "45.000"), CSVSample.row("R-2", amount: "45"), mapping: mapping)
    #expect(found.refusals == ["2 too-many-decimals"] && found.reports[0].column == "Amount")
    #expect(found.ids == ["R-2"])
  }

  @Test(arguments: [
    ("ymd", "2026-11-22 13:04", "2026-11-22T13:04:00+07:00"), ("ymd", "2026-11-22T13:04:05Z", "2026-11-22T13:04:05Z"),
    ("ymd", "2026/1/2 13:04", "2026-01-02T13:04:00+07:00"),
    ("dmy", "22/11/2026 9:04", "2026-11-22T09:04:00+07:00"), ("dmy", "2.1.2026 13:04:05", "2026-01-02T13:04:05+07:00"),
    ("mdy", "11-22-2026 13:04 +01:00", "2026-11-22T13:04:00+01:00"),
  ])
  func timesAreReadInTheOrderThatTheMappingSays(order: String, text: String, instant: String) throws {
    let mapping = CSVSample.mapping.replacing("{\"delimiter\"", with: "{\"dateOrder\":\"\(order)\",\"delimiter\"")
    let found = try CSVSample.rows(CSVSample.row("R-1", time: text), mapping: mapping)
    #expect(found.taken.first?.event.contains("\"occurredAt\":\"\(instant)\"") == true, "\(found)")
  }

  @Test(arguments: [
    ("dmy", "11/22/2026 13:04", "2026-22-11, read in the order dmy"), ("dmy", "noon", "such as 22/11/2026 13:04"),
    ("mdy", "22/11/2026 13:04", "2026-22-11, read in the order mdy"), ("ymd", "22-11-2026 13:04", "the order ymd"),
    ("dmy", "22/11/2026 25:00", "such as 22/11/2026 13:04"), ("dmy", "22/11/2026", "such as 22/11/2026 13:04"),
  ])
  func timeThatDoesNotExistIsToldInTheOrderInForce(order: String, text: String, words: String) throws {
    let mapping = CSVSample.mapping.replacing("{\"delimiter\"", with: "{\"dateOrder\":\"\(order)\",\"delimiter\"")
    let found = try CSVSample.rows(CSVSample.row("R-1", time: text), mapping: mapping)
    #expect(found.refusals == ["2 invalid-instant"])
    #expect(found.reports.first?.message.contains(words) == true, "\(found.reports)")
  }

  @Test(arguments: [
    ("2026-07-01 12:00", "2026-07-01T10:00:00Z"), ("2026-12-01 12:00", "2026-12-01T11:00:00Z"),
    ("2026-10-25 02:30", "2026-10-25T00:30:00Z"), ("2026-12-01 12:00:00-05:00", "2026-12-01T12:00:00-05:00"),
    ("2026-03-29 02:30", nil),
  ])
  func timeZoneKnowsItsSummerTime(text: String, instant: String?) throws {
    let mapping = CSVSample.mapping.replacing("\"offset\":\"+07:00\"", with: "\"timeZone\":\"Europe/Berlin\"")
    let found = try CSVSample.rows(CSVSample.row("R-1", time: text), mapping: mapping)
    if let instant {
      #expect(found.taken.first?.event.contains("\"occurredAt\":\"\(instant)\"") == true, "\(found)")
    } else {
      #expect(found.reports.first?.message.contains("clocks in Europe/Berlin skip") == true)
    }
  }

  @Test func mappingWithoutOffsetOrTimeZoneIsRefused() throws {
    let columns = "\"columns\":{\"id\":\"a\"}"
    for part in [
      "", ",\"offset\":null", ",\"offset\":\"Z\",\"timeZone\":\"Europe/Berlin\"", ",\"timeZone\":\"Berlin\"",
    ] {
      #expect(throws: (any Error).self, "\(part)") { try CSVSample.mapping("{\(columns)\(part)}") }
    }
    for part in [",\"offset\":\"Z\"", ",\"timeZone\":\"Europe/Berlin\""] {
      _ = try CSVSample.mapping("{\(columns)\(part)}")
    }
    let path = try CSVSample.file("mapping.json", "{\(columns)}")
    let failure = #expect(throws: CommandFailure.self) { try ColumnMapping(file: path) }
    #expect(failure?.description.contains("$.timeZone: is missing") == true)
  }
}
