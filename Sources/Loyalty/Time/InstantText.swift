/// RFC 3339 texts, read and written by hand because every event carries several.
extension Instant {
  package init?(rfc3339 text: String) {
    var text = text
    guard let value = text.withUTF8({ Instant(rfc3339: $0) }) else { return nil }
    self = value
  }

  /// Reads `2026-11-22T13:04:41.5+07:00`; digits finer than a millisecond are cut off. nil when the text is not RFC
  /// 3339 or names a date that does not exist, or lies outside the years 1 to 9999 in UTC. A leap second (`:60`) is
  /// read as the second that follows it.
  package init?(rfc3339 bytes: UnsafeBufferPointer<UInt8>) {
    guard bytes.count >= 20,
      let year = digits(bytes, at: 0, count: 4), bytes[4] == UInt8(ascii: "-"),
      let month = digits(bytes, at: 5, count: 2), bytes[7] == UInt8(ascii: "-"),
      let day = digits(bytes, at: 8, count: 2), bytes[10] | 0x20 == UInt8(ascii: "t"),
      let hour = digits(bytes, at: 11, count: 2), bytes[13] == UInt8(ascii: ":"),
      let minute = digits(bytes, at: 14, count: 2), bytes[16] == UInt8(ascii: ":"),
      let second = digits(bytes, at: 17, count: 2),
      let date = LocalDate(year: year, month: month, day: day), year >= 1,
      hour < 24, minute < 60, second <= 60
    else { return nil }
    var position = 19
    var fraction: Int64 = 0
    if bytes[position] == UInt8(ascii: ".") {
      position += 1
      let start = position
      var weight: Int64 = 100
      while position < bytes.count, let digit = digits(bytes, at: position, count: 1) {
        fraction += Int64(digit) * weight
        weight /= 10
        position += 1
      }
      guard position > start else { return nil }
    }
    guard let offsetSeconds = zoneOffset(bytes, at: position) else { return nil }
    let seconds = Int64(hour * 3600 + minute * 60 + second - offsetSeconds)
    let instant = Instant(milliseconds: Int64(date.daysSinceEpoch) * Instant.dayMs + seconds * 1000 + fraction)
    guard (Instant.distantPast...Instant.distantFuture).contains(instant) else { return nil }
    self = instant
  }

  /// `2026-11-22T06:04:41Z`, with three fraction digits only where they are not zero.
  package var rfc3339: String {
    String(unsafeUninitializedCapacity: 24) { buffer in
      writeRFC3339(into: buffer)
    }
  }

  /// Writes at most 24 bytes and returns how many. What lies before the year 1 or after 9999, as no text can say, is
  /// written as the first or the last instant within.
  package func writeRFC3339(into buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
    let milliseconds = Swift.min(Swift.max(self, .distantPast), .distantFuture).milliseconds
    let (days, ofDay) = milliseconds.flooredDivision(by: Instant.dayMs)
    let date = LocalDate(daysSinceEpoch: Int32(days)).civil
    let seconds = Int(ofDay / 1000)
    let fraction = Int(ofDay % 1000)
    put(date.year, width: 4, at: 0, in: buffer)
    buffer[4] = UInt8(ascii: "-")
    put(date.month, width: 2, at: 5, in: buffer)
    buffer[7] = UInt8(ascii: "-")
    put(date.day, width: 2, at: 8, in: buffer)
    buffer[10] = UInt8(ascii: "T")
    put(seconds / 3600, width: 2, at: 11, in: buffer)
    buffer[13] = UInt8(ascii: ":")
    put(seconds / 60 % 60, width: 2, at: 14, in: buffer)
    buffer[16] = UInt8(ascii: ":")
    put(seconds % 60, width: 2, at: 17, in: buffer)
    guard fraction != 0 else {
      buffer[19] = UInt8(ascii: "Z")
      return 20
    }
    buffer[19] = UInt8(ascii: ".")
    put(fraction, width: 3, at: 20, in: buffer)
    buffer[23] = UInt8(ascii: "Z")
    return 24
  }
}

private func digits(_ bytes: UnsafeBufferPointer<UInt8>, at start: Int, count: Int) -> Int? {
  var value = 0
  for index in start..<start + count {
    let digit = bytes[index] &- UInt8(ascii: "0")
    guard digit < 10 else { return nil }
    value = value * 10 + Int(digit)
  }
  return value
}

/// Seconds east of Greenwich; nil unless the text ends with exactly one offset.
private func zoneOffset(_ bytes: UnsafeBufferPointer<UInt8>, at start: Int) -> Int? {
  guard start < bytes.count else { return nil }
  if bytes[start] | 0x20 == UInt8(ascii: "z") {
    return start + 1 == bytes.count ? 0 : nil
  }
  guard start + 6 == bytes.count, bytes[start + 3] == UInt8(ascii: ":"),
    let hours = digits(bytes, at: start + 1, count: 2), hours < 24,
    let minutes = digits(bytes, at: start + 4, count: 2), minutes < 60
  else { return nil }
  let seconds = hours * 3600 + minutes * 60
  switch bytes[start] {
  case UInt8(ascii: "+"): return seconds
  case UInt8(ascii: "-"): return -seconds
  default: return nil
  }
}

private func put(_ value: Int, width: Int, at start: Int, in buffer: UnsafeMutableBufferPointer<UInt8>) {
  var rest = value
  var index = start + width - 1
  while index >= start {
    buffer[index] = UInt8(ascii: "0") + UInt8(rest % 10)
    rest /= 10
    index -= 1
  }
}
