import Loyalty
import TestValues
import Testing

@Suite(.timeLimit(.minutes(10))) struct NumbersTests {
  @Test(arguments: [
    ("90000", Int64(90000), 0), ("12.50", 125, 1), ("-0.10", -1, 1), ("0.00", 0, 0), ("-0", 0, 0), ("1e2", 100, 0),
    ("1.5E-3", 15, 4), ("12.50e1", 125, 0), ("9223372036854775807", Int64.max, 0), ("1.000000000000000000000000", 1, 0),
    ("100e-2", 1, 0),
  ])
  func decimalsAreReadExactly(text: String, significand: Int64, scale: Int) {
    #expect(ExactDecimal(text) == ExactDecimal(significand: significand, scale: UInt8(scale)))
  }

  @Test(arguments: [
    "", "-", "+1", ".5", "1.", "01", "1e", "1e+", "0x1", "1 ", " 1", "1,5", "9223372036854775808", "1e99", "1e-99",
    "NaN",
  ])
  func whatIsNoDecimalIsRefused(text: String) {
    #expect(ExactDecimal(text) == nil)
  }

  @Test func minorUnitsExistOnlyWhereNoDecimalIsLost() {
    #expect(decimal("12.5").minorUnits(exponent: 2) == 1250)
    #expect(decimal("12.500").minorUnits(exponent: 2) == 1250)
    #expect(decimal("12.505").minorUnits(exponent: 2) == nil)
    #expect(decimal("90000").minorUnits(exponent: 0) == 90000)
    #expect(decimal("92233720368547758").minorUnits(exponent: 3) == nil)
  }

  @Test func decimalsAreOrderedAndWrittenByValue() {
    #expect(decimal("1.25") < decimal("1.3") && decimal("-2") < decimal("-1.99"))
    #expect(["0.05", "-0.05", "12.5", "100"].map { decimal($0).text } == ["0.05", "-0.05", "12.5", "100"])
  }

  @Test func moneyIsWrittenWithTheCurrencysDecimals() {
    #expect(Money(minorUnits: 1250, currency: usd).text == "12.50")
    #expect(Money(minorUnits: -5, currency: usd).text == "-0.05")
    #expect(Money(minorUnits: 90000, currency: currency("VND")).text == "90000")
    #expect(Money(minorUnits: 1, currency: currency("KWD")).text == "0.001")
    #expect(Currency.known("XXX") == nil && Currency.known("usd") == nil && Currency.known("USDT") == nil)
  }

  @Test(arguments: [
    (Rounding.down, [2, 2, 2, -3]), (.nearest, [2, 3, 3, -2]), (.up, [3, 3, 3, -2]),
  ])
  func halvesRoundAsTheProgrammeSays(rounding: Rounding, expected: [Int]) {
    #expect([24, 25, 26, -25].map { Int(rounding.divide($0, by: 10)) } == expected)
    #expect(rounding.divide(30, by: 10) == 3)
  }

  @Test(arguments: [
    ("2026-11-22T13:04:41+07:00", "2026-11-22T06:04:41Z"), ("2026-11-22t06:04:41.1239z", "2026-11-22T06:04:41.123Z"),
    ("2016-02-29T23:59:60-05:30", "2016-03-01T05:30:00Z"), ("1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59.500Z"),
    ("2000-02-29T00:00:00Z", "2000-02-29T00:00:00Z"), ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
    ("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"),
  ])
  func instantsAreReadAndWritten(text: String, written: String) {
    #expect(Instant(rfc3339: text)?.rfc3339 == written)
  }

  @Test(arguments: [
    "2026-11-22", "2026-11-22T13:04:41", "2026-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2026-13-01T00:00:00Z",
    "2026-11-22T24:00:00Z",
    "2026-11-22T13:04:41.Z", "2026-11-22T13:04:41+7:00", "2026-11-22T13:04:41Zx", "2026-11-22 13:04:41Z",
    "0000-01-01T00:00:00Z", "0001-01-01T00:00:00+07:00", "9999-12-31T23:59:59-07:00",
  ])
  func whatIsNoInstantIsRefused(text: String) {
    #expect(Instant(rfc3339: text) == nil)
  }

  @Test func anInstantThatNoTextCanNameIsWrittenAsTheNearest() {
    #expect(Instant.distantFuture.advanced(byMilliseconds: 1).rfc3339 == "9999-12-31T23:59:59.999Z")
    #expect(Instant(milliseconds: .min).rfc3339 == "0001-01-01T00:00:00Z")
  }
}
