import Foundation
import LoyaltyCLI
import Testing

/// A purchase is published whole or not at all.
@Suite(.timeLimit(.minutes(10))) struct WithheldPurchaseTests {
  private func row(_ id: String, _ item: String = "A", amount: String = "1", total: String = "") -> String {
    CSVSample.row(id, item: item, amount: amount, total: total)
  }

  @Test func rowWithMoreCellsThanTheHeaderIsRefused() throws {
    let mapping = """
      {"offset":"Z","columns":{"id":"Id","occurredAt":"Time","line.sku":"Sku","line.amount":"Amount"},
       "constants":{"type":"purchase.completed","source":"s","currency":"VND"}}
      """
    let text = "Id,Time,Sku,Amount\nR-1,2026-11-22 13:04,coffee,95,000\nR-2,2026-11-22 13:04,tea,7000,,\n"
    let found = try CSVSample.read(CSVSample.file("day.csv", text), mapping: mapping)
    #expect(found.refusals == ["2 too-many-cells"])
    #expect(found.reports[0].id == "R-1" && found.reports[0].message.contains("5 cells, the header 4"))
    #expect(found.ids == ["R-2"], "empty cells at the end say nothing")
  }

  @Test func refusedRowWithholdsItsWholePurchaseWhereverItStands() throws {
    let broken = "R-1;2026-11-22 13:04;;\"stray;1;1;;\n"
    let wide = "R-1;2026-11-22 13:04;;B;1;1;;;;extra\n"
    for bad in [broken, wide, row("R-1", "B", amount: "12.50")] {
      for rows in [
        [bad, row("R-1"), row("R-1", "C")], [row("R-1"), bad, row("R-1", "C")], [row("R-1"), row("R-1", "C"), bad],
      ] {
        let found = try CSVSample.read(
          CSVSample.file("day.csv", CSVSample.header + row("R-0") + rows.joined() + row("R-2")))
        #expect(found.ids == ["R-0", "R-2"], "\(rows)")
        #expect(found.reports.count == 1 && found.reports[0].id == "R-1", "\(found.reports)")
        #expect(found.reports[0].withheld == 3...5)
        #expect(found.reports[0].text.contains("rows 3 to 5 are withheld together"))
      }
    }
  }

  @Test func rowThatMayBeALineOfTwoPurchasesWithholdsBoth() throws {
    let found = try CSVSample.rows(row("R-0"), row("R-1"), "\"stray;2026-11-22;;B;1;1;;\n", row("R-2"), row("R-3"))
    #expect(found.ids == ["R-0", "R-3"])
    #expect(found.refusals == ["3 broken-quotes", "4 broken-quotes", "5 broken-quotes"])
  }

  @Test func repeatedRowWithholdsThePurchase() throws {
    let found = try CSVSample.rows(row("R-1"), row("R-1"), row("R-1", "B"), row("R-2"))
    #expect(found.ids == ["R-2"])
    #expect(found.refusals == ["3 repeated-row"])
    #expect(found.reports[0].message.contains("row 2"))
  }

  @Test func errorsOfOnePurchaseAreCappedWithTheirNumber() throws {
    let found = try CSVSample.read(
      CSVSample.file("day.csv", CSVSample.header + String(repeating: row("R-1"), count: 60)))
    #expect(found.reports.count == 20)
    #expect(found.reports[19].message.hasSuffix(" 39 more are wrong in this purchase."))
    #expect(!found.reports[18].message.contains("more are wrong"))
  }

  @Test func totalThatContradictsTheLinesWithholdsThePurchase() throws {
    let found = try CSVSample.rows(
      row("R-1", amount: "10", total: "30"), row("R-1", "B", amount: "10", total: "30"),
      row("R-2", amount: "10", total: "10,00"))
    #expect(found.ids == ["R-2"])
    #expect(found.refusals == ["2 total-mismatch"])
    #expect(found.reports[0].column == "Total" && found.reports[0].message.contains("30, the lines"))
  }

  @Test func totalMayIncludeATaxThatIsToldAndARoundingThatIsAllowed() throws {
    let mapping = """
      {"offset":"Z","totalWithin":"0.05","columns":{"id":"Id","line.sku":"Sku","line.amount":"Amount","tax":"Tax","total":"Total"},
       "constants":{"type":"purchase.completed","source":"s","currency":"USD","occurredAt":"2026-11-22T00:00:00Z"}}
      """
    let rows = "R-1,A,10.00,2.00,12.00\nR-2,A,10.00,2.00,10.00\nR-3,A,10.02,,10.00\nR-4,A,10.07,,10.00\n"
    let found = try CSVSample.read(
      CSVSample.file("day.csv", "Id,Sku,Amount,Tax,Total\n" + rows), mapping: mapping)
    #expect(found.ids == ["R-1", "R-2", "R-3"])
    #expect(found.refusals == ["5 total-mismatch"])
  }

  @Test func rowsThatLieApartAndSayOtherThingsWithholdEachOther() throws {
    let found = try CSVSample.rows(row("R-1"), row("R-2"), row("R-1", "B"), row("R-3"), row("R-3", total: "1"))
    #expect(found.ids == ["R-2"])
    #expect(
      found.refusals == ["2 scattered-rows", "4 scattered-rows", "5 scattered-rows", "6 scattered-rows"])
    #expect(found.reports[0].message.contains("Row 4") && found.reports[1].message.contains("Row 2"))
  }

  @Test func purchaseThatIsExportedTwiceAlikeCountsOnceInIngestAndIsTaken() throws {
    #expect(try CSVSample.rows(row("R-1"), row("R-2"), row("R-1")).ids == ["R-1", "R-2", "R-1"])
  }

  @Test func headerThatStandsTwiceIsRefused() throws {
    let twice = "Receipt;Time;Phone;Item;Qty;Amount;Total;Amount\n" + row("R-1")
    let failure = #expect(throws: CommandFailure.self) { try CSVSample.read(CSVSample.file("day.csv", twice)) }
    #expect(failure?.description.contains("has 2 columns named Amount") == true)
    let found = try CSVSample.rows(row("R-1"), CSVSample.header, row("R-2"))
    #expect(found.ids == ["R-1", "R-2"])
    #expect(found.refusals == ["3 repeated-header"])
  }

  @Test func emptyRowsOfASpreadsheetSayNothing() throws {
    let found = try CSVSample.rows(row("R-1"), ";;;;;;;\n", row("R-1", "B"), "; ;;;;;;;;\n", row("R-2"))
    #expect(found.ids == ["R-1", "R-2"] && found.reports.isEmpty)
    #expect(found.taken[0].event.components(separatedBy: "\"sku\"").count == 3)
  }

  @Test func allErrorsOfAPurchaseAreToldAtOnceAndInTheWordsOfItsFile() throws {
    let bad = CSVSample.row("R-1", item: " ", amount: "12.50", total: "x", time: "31/02/2026 9:00", phone: "12")
    let mapping = CSVSample.mapping.replacing("{\"delimiter\"", with: "{\"dateOrder\":\"dmy\",\"delimiter\"")
    let found = try CSVSample.rows(bad, mapping: mapping)
    #expect(
      Set(found.reports.map { "\($0.column ?? "-") \($0.code)" }) == [
        "Time invalid-instant", "Amount unclear-number", "Total invalid-amount", "Phone invalid-phone",
        "Item missing-field",
      ])
    let time = try #require(found.reports.first { $0.column == "Time" })
    #expect(time.message.contains("2026-02-31") && time.message.contains("dmy (dateOrder)"))
    let phone = try #require(found.reports.first { $0.column == "Phone" })
    #expect(phone.message.hasPrefix("The column Phone must be"))
    #expect(found.reports.contains { $0.message.hasPrefix("The column Item is empty") })
  }

  @Test func missingColumnTellsThoseThatAreThere() throws {
    let failure = #expect(throws: CommandFailure.self) {
      try CSVSample.read(CSVSample.file("day.csv", "Receipt,Time,Phone\nR-1,t,\n"))
    }
    let text = failure?.description ?? ""
    #expect(
      text.contains("no column named Receipt") && text.contains("between delimiters ; it has these: Receipt,Time"))
  }
}
