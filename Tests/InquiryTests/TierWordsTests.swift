import Contracts
import Inquiry
import Loyalty
import TestValues
import Testing

/// What `loyalty programs show` says of tiers.
@Suite(.timeLimit(.minutes(10))) struct TierWordsTests {
  private func words(_ tiers: String) throws -> [String] {
    let text = """
      {"id":"p","version":1,"effectiveFrom":"2026-01-01T00:00:00Z","name":"P","currencies":["USD","VND","EUR"],
       "timeZone":"UTC","earning":[],"tiers":{\(tiers),"levels":[{"id":"blue","from":"0"},{"id":"gold","from":"500"}]}}
      """
    return ProgramWords(try ProgramDocument.decode(Array(text.utf8))).rows.map { "\($0.name): \($0.words)" }
  }

  @Test func anAttributeOfActivitiesAndAValidityAreTold() throws {
    let told = try words(
      #""metric":"activities","activities":{"names":["stay","flight"],"attribute":"miles"},"#
        + #""window":{"kind":"validity","months":12}"#)
    let expected =
      "tiers: by miles of the activities flight, stay, in the last 12 months; "
      + "a level is valid 12 months from the day it is reached"
    #expect(told.contains(expected) && told.contains("level: gold from 500"), "\(told)")
    let counted = try words(
      #""metric":"activities","activities":{"names":["flight"]},"window":{"kind":"calendar-quarter"}"#)
    #expect(counted.contains("tiers: by the number of activities flight, in a quarter of the year"), "\(counted)")
  }

  @Test func ratesAreTold() throws {
    let told = try words(
      #""metric":"spend","rates":{"VND":"0.0000393","EUR":"1.0850"},"window":{"kind":"lifetime"}"#)
    let rates = told.filter { $0.hasPrefix("rate: ") }
    #expect(
      rates == [
        "rate: 1 EUR counts as 1.085 USD towards the tiers", "rate: 1 VND counts as 0.0000393 USD towards the tiers",
      ])
  }
}
