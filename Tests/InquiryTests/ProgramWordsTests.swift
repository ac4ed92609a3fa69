import Contracts
import Inquiry
import Testing

/// What `programs show` says of a document.
@Suite(.timeLimit(.minutes(10))) struct ProgramWordsTests {
  @Test func limitsByNumberExpiryAndNamesAreTold() throws {
    let text = """
      {"id":"p","version":1,"effectiveFrom":"2026-01-01T00:00:00Z","name":"P","names":{"vi":"Sen"},"currencies":["USD"],
       "timeZone":"UTC","limits":{"timesPerDay":3},
       "earning":[{"id":"stamp","kind":"transaction","points":1,"limits":{"timesPerTransaction":2,"timesLifetime":1000}}],
       "multipliers":[{"id":"twice","factor":2,"limits":{"timesPerWeek":1}}],
       "expiry":{"kind":"first","of":[{"kind":"date","on":"03-31","years":3},{"kind":"inactivity","months":18}]},
       "tiers":{"metric":"visits","window":{"kind":"lifetime"},
        "levels":[{"id":"one","from":0,"names":{"vi":"Bạc","en":"Silver"}}]}}
      """
    let rows = ProgramWords(try ProgramDocument.decode(Array(text.utf8))).rows.map { "\($0.name): \($0.words)" }
    for expected in [
      "name: vi: Sen", "limit: at most 3 purchases and activities a day earn",
      "earn: stamp: 1 point for a purchase, at most 2 times a purchase, at most 1,000 times in a lifetime",
      "multiply: twice: the points of spend and product rules times 2, at most 1 times a week",
      "expiry: points run out at the end of the first 03-31 that is 3 years after they were earned or later, or points "
        + "run out after 18 months without earning or redeeming: whichever comes first",
      "level: one from 0; en: Silver, vi: Bạc",
    ] {
      #expect(rows.contains(expected), "\(rows)")
    }
  }
}
