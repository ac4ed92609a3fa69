extension JSONWriter {
  /// An instant as an RFC 3339 string in UTC, with milliseconds only where there are any.
  ///
  /// Years before 1 or after 9999 have no RFC 3339 form; they are clamped to it.
  @usableFromInline
  package mutating func instant(milliseconds: Int64) {
    separate()
    reserve(32)
    let clamped = min(max(milliseconds, -62_135_596_800_000), 253_402_300_799_999)
    let dayMs: Int64 = 86_400_000
    var day = clamped / dayMs
    var rest = clamped % dayMs
    if rest < 0 {
      rest += dayMs
      day -= 1
    }
    put(UInt8(ascii: "\""))
    let place = Int(day & 3)
    if dates[place].day != day { dates[place] = WrittenDate(day: day) }
    dates[place].write(to: base + count)
    count &+= WrittenDate.bytes
    let seconds = UInt32(truncatingIfNeeded: rest / 1000)
    let fraction = UInt32(truncatingIfNeeded: rest) &- seconds &* 1000
    base[count] = UInt8(ascii: "T")
    pair(seconds / 3600, at: 1)
    base[count &+ 3] = UInt8(ascii: ":")
    pair(seconds / 60 % 60, at: 4)
    base[count &+ 6] = UInt8(ascii: ":")
    pair(seconds % 60, at: 7)
    count &+= 9
    if fraction != 0 {
      put(UInt8(ascii: "."))
      digits(UInt64(fraction), atLeast: 3)
    }
    put(UInt8(ascii: "Z"))
    put(UInt8(ascii: "\""))
  }

  /// Two decimal digits of a number below 100, into memory that is reserved.
  private func pair(_ value: UInt32, at offset: Int) {
    base[count &+ offset] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: value / 10)
    base[count &+ offset &+ 1] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: value % 10)
  }
}

/// A day as `2026-11-30`. A writer keeps the four that it wrote last: events in a row name few.
@usableFromInline
struct WrittenDate {
  /// Since 1970-01-01.
  let day: Int64
  /// Its first eight bytes, and its last eight.
  private let text: (UInt64, UInt64)

  static let bytes = 10

  /// The date comes from Howard Hinnant's `civil_from_days`.
  init(day: Int64) {
    self.day = day
    let shifted = day + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    let dayOfMonth = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    text = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.bytes) { bytes in
      func put(_ value: Int64, digits: Int, at start: Int) {
        var rest = value
        for index in stride(from: start + digits - 1, through: start, by: -1) {
          bytes[index] = UInt8(ascii: "0") + UInt8(rest % 10)
          rest /= 10
        }
      }
      put(year, digits: 4, at: 0)
      bytes[4] = UInt8(ascii: "-")
      put(month, digits: 2, at: 5)
      bytes[7] = UInt8(ascii: "-")
      put(dayOfMonth, digits: 2, at: 8)
      let raw = UnsafeRawBufferPointer(bytes)
      return (raw.loadUnaligned(as: UInt64.self), raw.loadUnaligned(fromByteOffset: 2, as: UInt64.self))
    }
  }

  func write(to start: UnsafeMutablePointer<UInt8>) {
    let memory = UnsafeMutableRawPointer(start)
    memory.storeBytes(of: text.0, as: UInt64.self)
    memory.storeBytes(of: text.1, toByteOffset: 2, as: UInt64.self)
  }
}
