import JSON
import Testing

/// Reads `text` with a fresh reader and gives back what `body` returns or the error it threw.
private func read<R>(_ text: String, _ body: (inout JSONReader) throws -> R) throws -> R {
  try readBytes(Array(text.utf8), body)
}

private func readBytes<R>(_ bytes: [UInt8], _ body: (inout JSONReader) throws -> R) throws -> R {
  try bytes.withUnsafeBufferPointer { buffer in
    var reader = JSONReader(buffer)
    let result = try body(&reader)
    try reader.finish()
    return result
  }
}

private func failure(_ bytes: [UInt8]) -> JSONError? {
  do {
    try readBytes(bytes) { try $0.skipValue() }
    return nil
  } catch {
    return error as? JSONError
  }
}

private func failure(_ text: String) -> JSONError? { failure(Array(text.utf8)) }

@Suite(.timeLimit(.minutes(10))) struct JSONReaderTests {
  @Test func objectIsReadKeyByKeyWithItsNumbersExact() throws {
    let text = #" { "id" : "A1" , "amount":12.50,"lines":[ {"q":-3},{} ],"ok":true,"gone":null,"x":{"y":[1,[2]]} } "#
    try read(text) { reader in
      var seen: [String] = []
      try reader.beginObject()
      while let key = try reader.nextKey() {
        switch key {
        case "id": seen.append(try reader.string())
        case "amount": seen.append(try reader.number().string)
        case "lines":
          try reader.beginArray()
          while try reader.nextElement() {
            try reader.beginObject()
            while try reader.nextKey() != nil { seen.append("\(try reader.integer())") }
          }
        case "ok": seen.append("\(try reader.bool())")
        case "gone": seen.append("\(try reader.isNull())")
        default: try reader.skipValue()
        }
      }
      #expect(seen == ["A1", "12.50", "-3", "true", "true"])
    }
  }

  @Test(arguments: [
    (#""plain""#, "plain"), (#""""#, ""), (#""a\"b\\c\/d\b\f\n\r\t""#, "a\"b\\c/d\u{8}\u{C}\n\r\t"),
    (#""\u0041\u00e9\ud83d\ude00""#, "Aé😀"),
    (#""Nguyễn Thị Ánh, a long name with ASCII after it""#, "Nguyễn Thị Ánh, a long name with ASCII after it"),
    (#""exactly 8, then \n escape after more than 8 bytes Ấ""#, "exactly 8, then \n escape after more than 8 bytes Ấ"),
  ])
  func stringsAreUnescaped(text: String, expected: String) throws {
    #expect(try read(text) { try $0.string() } == expected)
  }

  @Test func borrowedTextStaysValidAfterLaterEscapes() throws {
    try read(#"["a\nb","c\td","plain"]"#) { reader in
      try reader.beginArray()
      var texts: [JSONText] = []
      while try reader.nextElement() { texts.append(try reader.text()) }
      #expect(texts.map(\.string) == ["a\nb", "c\td", "plain"])
    }
  }

  @Test(arguments: [
    "", " ", "{", "[", "[1", "[1,", "[1,]", "[,1]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "{\"a\":1 \"b\":2}",
    "01", "-",
    "1.", ".5", "1e", "1e+", "+1", "tru", "nul", "truex", "\"", "\"\\x\"", "\"\\u12g4\"", "\"\\ud800\"",
    "\"\\ud800\\u0041\"",
    "\"\u{1}\"", "[1]]", "1 2", "{}{}", "'a'", "NaN", "[1}", "{\"a\":1]", "[1;2]", "\u{FEFF}1",
  ])
  func malformedTextIsRefused(text: String) {
    #expect(failure(text) != nil)
  }

  @Test(arguments: [
    "0", "-0", "-0.10", "1e2", "1E-2", "12345678901234567890.5", "[[],{},[{}]]", "\"\\u0000\"", "\"\u{7F}\"",
  ])
  func wellFormedTextIsRead(text: String) {
    #expect(failure(text) == nil)
  }

  @Test(arguments: [
    [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xC2], [0xE0, 0x9F, 0xBF], [0xED, 0xA0, 0x80], [0xE2, 0x82],
    [0xF0, 0x8F, 0xBF, 0xBF],
    [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF],
  ])
  func invalidUTF8IsRefusedWhereverItStands(sequence: [Int]) {
    let bad = sequence.map { UInt8($0) }
    let quote: [UInt8] = [0x22]
    for padding in [0, 3, 8, 13] {
      let filler = [UInt8](repeating: 0x61, count: padding)
      #expect(failure(quote + filler + bad + filler + quote)?.kind == .encoding)
      #expect(failure(quote + filler + bad + quote)?.kind == .encoding)
      #expect(failure(quote + filler + [0x5C, 0x6E] + bad + quote)?.kind == .encoding)
    }
    #expect(failure(bad) != nil)
  }

  @Test func everyUnicodeScalarSurvives() throws {
    for value in stride(from: UInt32(0x20), through: 0x10FFFF, by: 97) {
      guard let scalar = Unicode.Scalar(value), scalar != "\"", scalar != "\\" else { continue }
      #expect(try read("\"\(scalar)\"") { try $0.string() } == String(scalar))
    }
  }

  @Test func errorsNameOffsetAndPath() {
    let error = failure(#"{"lines":[{"sku":"a"},{"sku":"b","amount":1.}]}"#)
    #expect(error?.path == "$.lines[1].amount")
    #expect(error?.offset == 42)
  }

  @Test func pathsNeverRepeatKeysThatAreNotFieldNames() {
    #expect(failure(#"{"someone@example.com":{"n":tru}}"#)?.path == "$.*.n")
  }

  @Test func wrongKindIsATypeErrorAndNotASyntaxError() {
    #expect(throws: JSONError(.type, "expected a string", offset: 6, path: "$.id")) {
      try read(#"{"id":7}"#) { reader in
        try reader.beginObject()
        _ = try reader.nextKey()
        _ = try reader.string()
      }
    }
  }

  @Test func nestingHasALimit() {
    let within = String(repeating: "[", count: JSONReader.depthMax) + String(repeating: "]", count: JSONReader.depthMax)
    #expect(failure(within) == nil)
    #expect(failure("[" + within + "]")?.kind == .depth)
  }

  @Test(arguments: [("9223372036854775807", Int64.max), ("-9223372036854775808", Int64.min), ("0", 0), ("-12", -12)])
  func integersAreReadToTheirLimits(text: String, expected: Int64) throws {
    #expect(try read(text) { try $0.integer() } == expected)
  }

  @Test(arguments: ["9223372036854775808", "-9223372036854775809", "1.0", "1e2"])
  func numbersThatAreNoIntegersAreRefusedAsSuch(text: String) {
    #expect(throws: JSONError.self) { try read(text) { try $0.integer() } }
  }

  @Test func rewindReadsAgain() throws {
    try read(#"{"a":"x\ny","type":"t"}"#) { reader in
      let start = reader.mark
      for _ in 0..<3 {
        reader.rewind(to: start)
        try reader.beginObject()
        while let key = try reader.nextKey() {
          #expect(try reader.string() == (key == "a" ? "x\ny" : "t"))
        }
      }
    }
  }

  @Test func rawValueKeepsItsBytes() throws {
    try read(#"{"data": {"a" : [1, 2]} }"#) { reader in
      try reader.beginObject()
      _ = try reader.nextKey()
      #expect(try reader.rawValue().string == #"{"a" : [1, 2]}"#)
      #expect(try reader.nextKey() == nil)
    }
  }
}
