import Contracts
import Loyalty
import ServiceDomain
import Testing

@Suite(.timeLimit(.minutes(10))) struct ProgramLibraryTests {
  private func text(_ version: Int, currency: String = "USD") -> [UInt8] {
    Array(
      """
      {"id":"journey","version":\(version),"effectiveFrom":"2017-01-01T00:00:00Z","name":"J",
       "currencies":["\(currency)"],"timeZone":"UTC","earning":[{"id":"base","kind":"spend","points":1,"per":"1.00"}]}
      """.utf8)
  }

  private func read(_ bytes: [UInt8], _ library: ProgramLibrary) -> (document: ProgramLibrary.Document, isNew: Bool) {
    bytes.withUnsafeBytes { library.document($0) }
  }

  @Test func oneDocumentIsDecodedOnceHoweverManyReadIt() {
    let library = ProgramLibrary()
    let first = read(text(1), library)
    let again = read(text(1), library)
    let other = read(text(2), library)
    #expect(first.isNew && !again.isNew && other.isNew)
    #expect(first.document === again.document && first.document !== other.document)
    #expect(first.document.program?.version == 1 && other.document.program?.version == 2)
  }

  @Test func aRefusalIsKeptAsWell() {
    let library = ProgramLibrary()
    let first = read(text(1, currency: "XQQ"), library)
    #expect(first.isNew && first.document.program == nil)
    #expect(!read(text(1, currency: "XQQ"), library).isNew)
  }

  @Test func whatNobodyHoldsIsForgotten() {
    let library = ProgramLibrary()
    let kept = read(text(1), library).document
    for version in 2...1_000 { _ = read(text(version), library) }
    #expect(library.count < 300)
    #expect(read(text(1), library).document === kept)
  }

  @Test func threadsShareWhatOneOfThemHasDecoded() async {
    let library = ProgramLibrary()
    let new = await withTaskGroup(of: [ProgramLibrary.Document].self) { group in
      for _ in 0..<8 {
        group.addTask { (1...50).map { read(text($0), library).document } }
      }
      return await group.reduce(into: [[ProgramLibrary.Document]]()) { $0.append($1) }
    }
    #expect(Set(new.joined().map { ObjectIdentifier($0) }).count == 50)
  }

  @Test func versionsThatAreLeftOutAreToldOnce() {
    let library = ProgramLibrary()
    #expect(library.isNews(leftOut: 3, of: "a") && !library.isNews(leftOut: 3, of: "a"))
    #expect(library.isNews(leftOut: 4, of: "a") && library.isNews(leftOut: 4, of: "b"))
  }
}
