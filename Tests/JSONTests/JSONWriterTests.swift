import JSON
import Testing

private func written(_ body: (inout JSONWriter) -> Void) -> String {
  var writer = JSONWriter(capacity: 1)
  body(&writer)
  return writer.string
}

@Suite(.timeLimit(.minutes(10))) struct JSONWriterTests {
  /// Strings are copied eight bytes at a time.
  @Test func whatNeedsAnEscapeIsFoundAtEveryPlaceOfAString() throws {
    let letters = "abcdefghijklmnopqrstuvwxyz"
    for length in 0...25 {
      for place in 0..<length {
        for odd in ["\"", "\\", "\n", "\u{1}", "\u{7F}", "é", "😀"] {
          let text = String(letters.prefix(place)) + odd + letters.suffix(length - place - 1)
          let json = written { $0.string(text) }
          #expect(json.utf8.allSatisfy { $0 >= 0x20 })
          let read = try Array(json.utf8).withUnsafeBytes {
            var reader = JSONReader($0)
            let read = try reader.string()
            try reader.finish()
            return read
          }
          #expect(read == text)
        }
      }
    }
  }

  @Test func commasStandBetweenElementsOnly() {
    let text = written { writer in
      writer.beginObject()
      writer.field("id", "A1")
      writer.field("none", String?.none)
      writer.key("lots")
      writer.beginArray()
      writer.beginObject()
      writer.endObject()
      writer.integer(-5)
      writer.beginArray()
      writer.endArray()
      writer.null()
      writer.endArray()
      writer.field("open", true)
      writer.field("minimum", Int64.min)
      writer.endObject()
    }
    #expect(text == #"{"id":"A1","lots":[{},-5,[],null],"open":true,"minimum":-9223372036854775808}"#)
  }

  @Test func stringsThatNeedItAreEscapedAndReadBackTheSame() throws {
    let text = "quote \" backslash \\ newline \n tab \t bell \u{7} Ánh 😀"
    let json = written { $0.string(text) }
    #expect(json == #""quote \" backslash \\ newline \n tab \t bell \u0007 Ánh 😀""#)
    #expect(try JSONValue(parsing: json) == .string(text))
  }

  @Test(arguments: [
    (1250, 2, "12.50"), (-10, 2, "-0.10"), (90000, 0, "90000"), (5, 3, "0.005"), (0, 2, "0.00"),
    (Int64.min, 2, "-92233720368547758.08"),
  ])
  func amountsAreExact(minorUnits: Int64, exponent: Int, expected: String) {
    #expect(written { $0.decimal(minorUnits: minorUnits, exponent: UInt8(exponent)) } == "\"\(expected)\"")
  }

  @Test(arguments: [
    (0, "1970-01-01T00:00:00Z"), (1_795_327_481_000, "2026-11-22T06:04:41Z"), (-1, "1969-12-31T23:59:59.999Z"),
    (951_782_400_000, "2000-02-29T00:00:00Z"), (4_107_542_399_050, "2100-02-28T23:59:59.050Z"),
    (Int64.max, "9999-12-31T23:59:59.999Z"),
  ])
  func instantsAreUTC(milliseconds: Int64, expected: String) {
    #expect(written { $0.instant(milliseconds: milliseconds) } == "\"\(expected)\"")
  }

  @Test func resetStartsAnew() {
    var writer = JSONWriter(capacity: 8)
    for _ in 0..<3 {
      writer.reset()
      writer.beginArray()
      for number in 0..<1000 { writer.integer(Int64(number)) }
      writer.endArray()
    }
    #expect(writer.string == "[" + (0..<1000).map(String.init).joined(separator: ",") + "]")
    #expect(writer.withBytes { $0.count } == writer.bytes.count)
  }
}
