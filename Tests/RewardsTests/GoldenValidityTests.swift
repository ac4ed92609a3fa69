import Loyalty
import Rewards
import Testing

/// Vouchers are good as long as the independent model says, also where a day has no midnight, or does not exist.
@Suite(.timeLimit(.minutes(10))) struct GoldenValidityTests {
  @Test func everyVoucherIsGoodAsLongAsTheModelSays() throws {
    let lines = try GoldenVectors.lines(of: "validity.txt")
    #expect(lines.count >= 400)
    for line in lines {
      let fields = line.parts(" ")
      let calendar = try #require(ZoneCalendar.shared(fields[0]))
      let days = (fields[3].split(separator: "-").compactMap { Int($0) })
      let last = days.count == 3 ? LocalDate(year: days[0], month: days[1], day: days[2]) : nil
      let validity = VoucherValidity(
        activeAfterDays: Int(number(fields[1]) ?? 0), validForDays: number(fields[2]).map { Int($0) }, lastDay: last)
      let issued = Instant(milliseconds: try #require(number(fields[4])))
      let span = validity.span(issuedAt: issued, in: calendar)
      #expect(span.from.milliseconds == number(fields[6]) && span.until.milliseconds == number(fields[7]), "\(line)")
    }
  }
}
