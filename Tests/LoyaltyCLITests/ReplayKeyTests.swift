import LoyaltyCLI
import Testing

@Suite(.timeLimit(.minutes(10))) struct ReplayKeyTests {
  private func key(_ line: String) -> ReplayKey {
    var line = line
    return line.withUTF8 { ReplayKey(ofLine: UnsafeRawBufferPointer($0)) }
  }

  @Test func memberIdIsTheKey() {
    let key = key(#"{"id":"P-1","lines":[{"id":"x"}],"member":{"id":"M-1"},"broken":"#)
    #expect(key.bytes == Array("M-1".utf8))
    #expect(!key.isCloudEvent)
  }

  @Test(arguments: ["card", "phone", "email"])
  func personalDataIsNoKey(way: String) {
    let key = key(#"{"id":"P-1","member":{"\#(way)":"0901234567"}}"#)
    #expect(!key.bytes.isEmpty)
    #expect(!String(decoding: key.bytes, as: UTF8.self).contains("0901"))
  }

  @Test func structuredCloudEventIsKeyedByTheMemberInsideIt() {
    let data = #""data":{"id":"P-1","member":{"id":"M-1"}}"#
    for line in [#"{"specversion":"1.0",\#(data)}"#, #"{\#(data),"specversion":"1.0"}"#] {
      #expect(key(line).bytes == Array("M-1".utf8))
      #expect(key(line).isCloudEvent)
    }
  }

  @Test(arguments: ["", "no JSON", "[]", #"{"member":"M-1"}"#, #"{"member":{"id":7}}"#, #"{"data":[1]}"#])
  func lineThatNamesNobodyHasAKeyOfItsOwn(line: String) {
    #expect(!key(line).bytes.isEmpty)
    #expect(key(line) == key(line))
    #expect(key(line).bytes != key(line + " ").bytes)
  }
}
