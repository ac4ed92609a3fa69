import JSON
import Testing

@Suite(.timeLimit(.minutes(10))) struct JSONValueTests {
  @Test func treeKeepsOrderAndNumbersAsWritten() throws {
    let text = #"{"b":1.50,"a":[true,null,"x"],"c":{}}"#
    let value = try JSONValue(parsing: text)
    #expect(value.compact == text)
    #expect(value["a"]?.elements?[2].string == "x")
    #expect(value["b"]?.number == "1.50")
    #expect(value["b"]?.integer == nil)
  }

  @Test func prettyTextReadsBackTheSame() throws {
    let value = try JSONValue(parsing: #"{"b":1.50,"a":[true,null,"x",[],{}],"c":{"d":"\n"}}"#)
    #expect(try JSONValue(parsing: value.pretty) == value)
    #expect(value.pretty.contains("\n  \"a\": [\n    true,"))
  }

  @Test func sameKeyTwiceIsRefused() {
    #expect(throws: JSONError(.duplicateKey, "the same key twice in an object", offset: 12, path: "$.a")) {
      try JSONValue(parsing: #"{"a":{"b":1,"b":2}}"#)
    }
  }

  @Test func nodesKnowTheirPath() throws {
    let node = JSONNode(try JSONValue(parsing: #"{"earning":[{"per":"1"},{"per":2}]}"#))
    let per = try #require(node["earning"]?.elements?[1]["per"])
    #expect(per.path == "$.earning[1].per")
    #expect(per.kind == "a number")
  }
}
