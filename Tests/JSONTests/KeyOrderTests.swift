import JSON
import TestValues
import Testing

@Suite(.timeLimit(.minutes(10))) struct KeyOrderTests {
  /// Reads an array of flat objects of numbers twice, with an order that is learned and without one.
  private func read(_ text: String, _ order: inout KeyOrder<String>) throws -> (learned: [[String]], plain: [[String]])
  {
    func objects(_ nextKey: (inout JSONReader) throws -> String?, begin: () -> Void) throws -> [[String]] {
      try Array(text.utf8).withUnsafeBufferPointer { bytes in
        var reader = JSONReader(bytes)
        var objects: [[String]] = []
        try reader.beginArray()
        while try reader.nextElement() {
          try reader.beginObject()
          begin()
          var fields: [String] = []
          while let key = try nextKey(&reader) {
            let offset = reader.lastOffset
            fields.append("\(key)=\(try reader.integer()) at \(offset)")
          }
          objects.append(fields)
        }
        try reader.finish()
        return objects
      }
    }
    var learning = order
    let learned = try objects({ try $0.nextKey(&learning, named: \.string) }, begin: { learning.begin() })
    order = learning
    return (learned, try objects({ try $0.nextKey()?.string }, begin: {}))
  }

  @Test(arguments: [
    #"[{"sku":1,"quantity":2},{"sku":3,"quantity":4}]"#,
    // Left out, added, in another order, twice.
    #"[{"a":1,"b":2,"c":3},{"a":1,"c":3},{"c":3},{"a":1,"x":9,"b":2,"c":3},{"c":1,"b":2,"a":3},{"a":1,"a":2}]"#,
    // White space before the key, and between key and colon.
    #"[ { "a" : 1 , "b":2 } , {"a":1,"b" :2},{ "a":1 ,"b":2 }]"#,
    // One begins as another does; one differs in its last byte; escapes; longer than is compared.
    #"[{"a":1,"aa":2,"ab":3},{"aa":1,"ab":2,"a":3},{"\u0061":1,"ab":2},{"of sixteen by":1},{"of sixteen bz":1},{"of more than sixteen bytes":1,"of more than sixteen bytez":2}]"#,
    #"[{},{"":1},{"":1}]"#,
  ])
  func keysAreReadAsWithoutIt(_ text: String) throws {
    var order = KeyOrder<String>()
    for _ in 0..<3 {
      let (learned, plain) = try read(text, &order)
      #expect(learned == plain)
    }
  }

  @Test func anyOrderOfKeysIsReadAsWithoutIt() throws {
    var order = KeyOrder<String>()
    var random = SplitMix(seed: 0x5EED)
    let keys = (0..<24).map { "key\($0)" } + ["k", "ke", "a key of twenty bytes"]
    for round in 0..<500 {
      let objects = (0..<Int.random(in: 1...4, using: &random)).map { _ in
        let fields = keys.shuffled(using: &random).prefix(Int.random(in: 0...6, using: &random))
        return "{" + fields.map { "\"\($0)\":\(round)" }.joined(separator: ",") + "}"
      }
      let text = "[" + objects.joined(separator: ",") + "]"
      let (learned, plain) = try read(text, &order)
      #expect(learned == plain, "\(text)")
    }
  }

  @Test(arguments: [#"[{"a":1},{"a"1}]"#, #"[{"a":1},{"a":1,}]"#, #"[{"a":1},{a:1}]"#, #"[{"a":1},{"a":1 "b":2}]"#])
  func brokenObjectsAreRefusedAsWithoutIt(_ text: String) {
    var order = KeyOrder<String>()
    #expect(throws: JSONError.self) { _ = try read(text, &order) }
  }
}
