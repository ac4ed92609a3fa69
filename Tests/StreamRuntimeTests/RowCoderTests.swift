import StreamRuntime
import Testing

@Suite(.timeLimit(.minutes(10))) struct RowCoderTests {
  @Test(arguments: [0, 1, -1, 63, 64, -64, -65, .max, .min] as [Int64])
  func integersComeBackExactly(value: Int64) throws {
    let buffer = ByteBuffer()
    RowEncoder(into: buffer).int(value)
    var decoder = RowDecoder(buffer.bytes)
    #expect(try decoder.int() == value)
    #expect(decoder.isAtEnd)
  }

  @Test func everyFieldKindComesBackInOrder() throws {
    let buffer = ByteBuffer(capacity: 64)
    let row = RowEncoder(into: buffer)
    row.string("Trà sữa trân châu đường đen — cửa hàng Nguyễn Huệ, quận 1, thành phố Hồ Chí Minh")
    row.optionalString(nil)
    row.list([3, 1, 2]) { row.int($0) }
    row.bool(true)
    row.optionalInt(-7)
    var decoder = RowDecoder(buffer.bytes)
    #expect(try decoder.string().hasPrefix("Trà sữa"))
    #expect(try decoder.optionalString() == nil)
    #expect(try decoder.list { try $0.int() } == [3, 1, 2])
    #expect(try decoder.bool())
    #expect(try decoder.optionalInt() == -7)
    #expect(decoder.isAtEnd)
  }

  @Test func listLongerThanItsRowIsAnErrorNotACrash() throws {
    let buffer = ByteBuffer()
    RowEncoder(into: buffer).int(Int64.max)
    var decoder = RowDecoder(buffer.bytes)
    #expect(throws: RowFormatError.self) { try decoder.list { try $0.byte() } }
  }

  @Test func bytesBehindARowAreAnError() throws {
    struct Row: StoreRow, Equatable {
      static let format: UInt8 = 1
      var count: Int64
      var dueMs: Int64? { nil }
      init(count: Int64) { self.count = count }
      init(from row: inout RowDecoder) throws { count = try row.int() }
      func encode(to row: RowEncoder) { row.int(count) }
    }
    let buffer = ByteBuffer()
    RowImage.write(Row(count: 7), to: buffer)
    #expect(try RowImage.read(buffer.bytes, as: Row.self) == Row(count: 7))
    buffer.append(0)
    #expect(throws: RowFormatError.self) { try RowImage.read(buffer.bytes, as: Row.self) }
  }

  @Test func truncatedRowIsAnErrorNotACrash() throws {
    let buffer = ByteBuffer()
    RowEncoder(into: buffer).string("points")
    for length in 0..<buffer.count {
      var decoder = RowDecoder(buffer.bytes(in: 0..<length))
      #expect(throws: RowFormatError.self) { try decoder.string() }
    }
  }
}
