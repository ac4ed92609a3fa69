/// How strings are scanned: eight bytes at a time while they are plain ASCII.
extension JSONReader {
  /// The contents of the string whose opening quote is the next byte.
  @inlinable
  mutating func scanString() throws(JSONError) -> JSONText {
    lastOffset = position
    let start = position &+ 1
    var index = start
    while true {
      while index &+ 8 <= end {
        let special = Self.specialBytes(in: UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self))
        if special != 0 {
          index &+= special.trailingZeroBitCount &>> 3
          break
        }
        index &+= 8
      }
      guard index < end else { throw error(.endOfInput, "unexpected end of input", at: end) }
      let byte = base[index]
      if byte == UInt8(ascii: "\"") {
        position = index &+ 1
        return JSONText(start: base + start, count: index &- start)
      }
      if byte == UInt8(ascii: "\\") { return try unescape(from: start, firstEscape: index) }
      index = try step(over: byte, at: index)
    }
  }

  /// Marks the bytes that end a run of plain ASCII: quote, backslash, control characters and anything beyond ASCII.
  ///
  /// The zero-byte trick of "Bit Twiddling Hacks": marks above the lowest one may be false, the lowest never is.
  @inlinable
  static func specialBytes(in littleEndian: UInt64) -> UInt64 {
    escapedBytes(in: littleEndian) | UInt64(littleEndian: littleEndian) & 0x8080_8080_8080_8080
  }

  /// Marks the bytes that a string must hold escaped: quote, backslash and control characters.
  @inlinable
  static func escapedBytes(in littleEndian: UInt64) -> UInt64 {
    let word = UInt64(littleEndian: littleEndian)
    let ones: UInt64 = 0x0101_0101_0101_0101
    let quote = word ^ (ones &* 0x22)
    let backslash = word ^ (ones &* 0x5C)
    let quotes = (quote &- ones) & ~quote
    let backslashes = (backslash &- ones) & ~backslash
    let controls = (word &- ones &* 0x20) & ~word
    return (quotes | backslashes | controls) & (ones &* 0x80)
  }

  /// The index after the character at `index`, which must be allowed in a string and be valid UTF-8.
  @inlinable
  func step(over byte: UInt8, at index: Int) throws(JSONError) -> Int {
    if byte < 0x20 { throw error(.syntax, "control character in a string", at: index) }
    if byte < 0x80 { return index &+ 1 }
    let length = sequenceLength(at: index)
    guard length > 0 else { throw error(.encoding, "not valid UTF-8", at: index) }
    return index &+ length
  }

  /// How many bytes the UTF-8 sequence at `index` takes; 0 where it is not valid (Unicode, table 3-7).
  @inlinable
  func sequenceLength(at index: Int) -> Int {
    let lead = base[index]
    let left = end &- index
    func follows(_ place: Int, _ low: UInt8 = 0x80, _ high: UInt8 = 0xBF) -> Bool {
      place < left && base[index &+ place] >= low && base[index &+ place] <= high
    }
    switch lead {
    case 0xC2...0xDF: return follows(1) ? 2 : 0
    case 0xE0: return follows(1, 0xA0) && follows(2) ? 3 : 0
    case 0xED: return follows(1, 0x80, 0x9F) && follows(2) ? 3 : 0
    case 0xE1...0xEF: return follows(1) && follows(2) ? 3 : 0
    case 0xF0: return follows(1, 0x90) && follows(2) && follows(3) ? 4 : 0
    case 0xF1...0xF3: return follows(1) && follows(2) && follows(3) ? 4 : 0
    case 0xF4: return follows(1, 0x80, 0x8F) && follows(2) && follows(3) ? 4 : 0
    default: return 0
    }
  }

  /// Unescapes a string into the scratch memory. Unescaped text is never longer than its source, and every byte of the
  /// input is unescaped once at most between rewinds, so scratch as large as the input is always enough.
  @usableFromInline @inline(never)
  mutating func unescape(from start: Int, firstEscape: Int) throws(JSONError) -> JSONText {
    let memory = scratch ?? UnsafeMutablePointer<UInt8>.allocate(capacity: end)
    scratch = memory
    let output = memory + scratchUsed
    (output).update(from: base + start, count: firstEscape - start)
    var count = firstEscape - start
    var index = firstEscape
    while true {
      guard index < end else { throw error(.endOfInput, "unexpected end of input", at: end) }
      let byte = base[index]
      if byte == UInt8(ascii: "\"") { break }
      if byte == UInt8(ascii: "\\") {
        let scalar = try escape(at: &index)
        for unit in String(scalar).utf8 {
          output[count] = unit
          count += 1
        }
        continue
      }
      let next = try step(over: byte, at: index)
      (output + count).update(from: base + index, count: next - index)
      count += next - index
      index = next
    }
    position = index + 1
    scratchUsed += count
    return JSONText(start: output, count: count)
  }

  /// The character that the escape at `index` stands for; moves `index` past it.
  private func escape(at index: inout Int) throws(JSONError) -> Unicode.Scalar {
    let offset = index
    guard index + 1 < end else { throw error(.endOfInput, "unexpected end of input", at: end) }
    let letter = base[index + 1]
    index += 2
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(letter)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): break
    default: throw error(.syntax, "unknown escape in a string", at: offset)
    }
    var value = try hexUnit(at: &index)
    if value & 0xFC00 == 0xD800, index + 1 < end, base[index] == UInt8(ascii: "\\"),
      base[index + 1] == UInt8(ascii: "u")
    {
      index += 2
      let low = try hexUnit(at: &index)
      guard low & 0xFC00 == 0xDC00 else { throw error(.encoding, "lone surrogate in a string", at: offset) }
      value = 0x10000 + (value & 0x3FF) << 10 + low & 0x3FF
    }
    guard let scalar = Unicode.Scalar(value) else { throw error(.encoding, "lone surrogate in a string", at: offset) }
    return scalar
  }

  private func hexUnit(at index: inout Int) throws(JSONError) -> UInt32 {
    guard index + 4 <= end else { throw error(.endOfInput, "unexpected end of input", at: end) }
    var value: UInt32 = 0
    for byte in UnsafeBufferPointer(start: base + index, count: 4) {
      let digit: UInt8
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
      default: throw error(.syntax, "not four hexadecimal digits", at: index)
      }
      value = value << 4 | UInt32(digit)
    }
    index += 4
    return value
  }
}
