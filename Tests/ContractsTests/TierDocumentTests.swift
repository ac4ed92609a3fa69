import Contracts
import Loyalty
import Testing

/// Windows by quarters and of validity, activities, rates: read, and refused with place and remedy.
@Suite(.timeLimit(.minutes(10))) struct TierDocumentTests {
  private static let levels = #""levels":[{"id":"member","from":"0"},{"id":"silver","from":"300.5"}]"#
  private static let spend = #""metric":"spend","window":{"kind":"lifetime"}"#

  private func decode(_ tiers: String, currencies: String = #""USD","EUR","KWD""#) throws -> Program {
    let text = """
      {"id":"p","version":1,"effectiveFrom":"2026-01-01T00:00:00Z","name":"P","currencies":[\(currencies)],
       "timeZone":"UTC","earning":[],"tiers":{\(tiers),\(Self.levels)}}
      """
    return try ProgramDocument.decode(Array(text.utf8))
  }

  @Test(arguments: [
    (#"{"kind":"calendar-quarter"}"#, TierScheme.Window.calendarQuarter),
    (#"{"kind":"validity","months":12}"#, .validity(months: 12)),
  ])
  func windowsAreRead(text: String, window: TierScheme.Window) throws {
    let program = try decode(#""metric":"spend","window":\#(text)"#, currencies: #""USD""#)
    #expect(program.tiers?.window == window && program.tiers?.rates == nil && program.tiers?.activities == nil)
  }

  @Test func activitiesAreReadAndTheirLevelsHaveDecimals() throws {
    let names = #""names":["flight.flown","stay.completed"]"#
    let window = #""window":{"kind":"calendar-year"}"#
    let miles = try decode(#""metric":"activities","activities":{\#(names),"attribute":"miles"},\#(window)"#)
    let expected = ActivityMeasure(names: ["flight.flown", "stay.completed"], attribute: "miles")
    #expect(miles.tiers?.activities == expected && miles.tiers?.levels.map(\.from) == [0, 300_500_000])
    let flights = try decode(#""metric":"activities","activities":{\#(names),"attribute":null},\#(window)"#)
    #expect(flights.tiers?.activities?.attribute == nil)
  }

  @Test func ratesAreReadExactly() throws {
    let program = try decode(Self.spend + #","rates":{"EUR":"1.0850","KWD":3.254100000001},"rateRounding":"down""#)
    let euro = try #require(Currency.known("EUR"))
    let dinar = try #require(Currency.known("KWD"))
    #expect(program.tiers?.rates?.perUnit[euro] == ExactDecimal("1.085"))
    #expect(program.tiers?.rates?.perUnit[dinar] == ExactDecimal("3.254100000001"))
    #expect(program.tiers?.rates?.rounding == .down)
    #expect(try decode(Self.spend + #","rates":{"EUR":"1.1"}"#).tiers?.rates?.rounding == .nearest)
  }

  private static let faults: [(tiers: String, expected: String)] = [
    (#""metric":"spend","window":{"kind":"validity"},"rates":{"EUR":"1"}"#, "$.tiers.window.months is missing"),
    (
      #""metric":"spend","window":{"kind":"calendar-quarter","months":3},"rates":{"EUR":"1"}"#,
      "$.tiers.window.months is not a field of this kind; it is one of kind rolling, validity"
    ),
    (
      #""metric":"visits","window":{"kind":"calendar-quarter"},"graceDays":46"#,
      "$.tiers.graceDays must be a whole number from 0 to 45"
    ),
    (
      #""metric":"visits","window":{"kind":"validity","months":1},"graceDays":16"#,
      "$.tiers.graceDays must be a whole number from 0 to 15"
    ),
    (
      #""metric":"visits","window":{"kind":"validity","months":24},"graceDays":181"#,
      "$.tiers.graceDays must be a whole number from 0 to 180"
    ),
    (#""metric":"activities","window":{"kind":"lifetime"}"#, "$.tiers.activities is missing"),
    (
      #""metric":"visits","activities":{"names":["a"]},"window":{"kind":"lifetime"}"#,
      "$.tiers.activities is for the metric \"activities\" alone"
    ),
    (
      #""metric":"activities","activities":{"names":[]},"window":{"kind":"lifetime"}"#,
      "$.tiers.activities.names must hold 1 to 50 elements"
    ),
    (
      #""metric":"activities","activities":{"attribute":"miles"},"window":{"kind":"lifetime"}"#,
      "$.tiers.activities.names is missing"
    ),
    (
      #""metric":"activities","activities":{"names":["a"],"unit":"km"},"window":{"kind":"lifetime"}"#,
      "$.tiers.activities.unit is not a field"
    ),
    (Self.spend, "$.tiers.metric \"spend\" needs a programme of one currency, or rates of the others to USD"),
    (Self.spend + #","rateRounding":"up""#, "$.tiers.rateRounding needs rates beside it"),
    (Self.spend + #","rates":{}"#, "$.tiers.rates must name a currency"),
    (Self.spend + #","rates":["EUR"]"#, "$.tiers.rates must be an object"),
    (Self.spend + #","rates":{"USD":"1"}"#, "$.tiers.rates.USD is the programme's own currency"),
    (Self.spend + #","rates":{"GBP":"1"}"#, "$.tiers.rates.GBP is no currency of the programme"),
    (Self.spend + #","rates":{"eur":"1"}"#, "$.tiers.rates.eur is no currency of the programme"),
    (
      Self.spend + #","rates":{"EUR":"0"}"#, "$.tiers.rates.EUR must be a decimal number from 0.000000000001 to 1000000"
    ),
    (
      Self.spend + #","rates":{"EUR":"1"},"rateRounding":"odd""#,
      "$.tiers.rateRounding must be one of down, nearest, up"
    ),
    (
      #""metric":"points","rates":{"EUR":"1"},"window":{"kind":"lifetime"}"#,
      "$.tiers.rates is for the metric \"spend\" alone"
    ),
  ]

  @Test(arguments: Self.faults)
  func whatIsWrongIsNamedWithItsRemedy(tiers: String, expected: String) throws {
    let refusal = #expect(throws: ProgramRefused.self) { try decode(tiers) }
    let found = try #require(refusal).violations.map(\.description)
    #expect(found.contains { $0.hasPrefix(expected) }, "\(found)")
  }
}
