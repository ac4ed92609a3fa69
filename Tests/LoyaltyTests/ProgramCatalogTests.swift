import Loyalty
import TestValues
import Testing

@Suite(.timeLimit(.minutes(10))) struct ProgramCatalogTests {
  func version(_ id: String, _ number: Int, from instant: String, _ status: Program.Status = .active) -> Program {
    var program = program()
    program.id = id
    program.version = number
    program.effectiveFrom = time(instant)
    program.status = status
    return program
  }

  func names(_ programs: [Program]) -> [String] { programs.map { "\($0.id)\($0.version)" } }

  @Test func theLatestVersionThatHasBegunIsInForce() {
    var catalog = ProgramCatalog()
    catalog.insert(version("b", 2, from: "2017-03-01"))
    catalog.insert(version("b", 1, from: "2017-01-01"))
    catalog.insert(version("a", 1, from: "2017-02-01"))
    catalog.insert(version("a", 2, from: "2017-02-02", .draft))
    catalog.insert(version("b", 3, from: "2017-05-01", .archived))
    #expect(names(catalog.inForce(at: time("2016-12-31"))).isEmpty)
    #expect(names(catalog.inForce(at: time("2017-02-15"))) == ["a1", "b1"])
    #expect(names(catalog.inForce(at: time("2017-03-01"))) == ["a1", "b2"])
    #expect(names(catalog.inForce(at: time("2017-05-01"))) == ["a1"])
  }

  @Test func anAnswerHoldsUntilTheNextVersionBegins() {
    var catalog = ProgramCatalog()
    catalog.insert(version("b", 1, from: "2017-01-01"))
    catalog.insert(version("b", 2, from: "2017-03-01"))
    let span = catalog.spanInForce(at: time("2017-02-01"))
    #expect(names(span.programs) == ["b1"])
    #expect(span.holds(at: time("2017-01-01")) && !span.holds(at: time("2017-03-01")))
    #expect(!span.holds(at: time("2016-12-31")))
  }

  @Test func versionsWithTheHighestNumbersAreLeftOutInWhateverOrderTheyCome() {
    let most = ProgramCatalog.versionsMax
    let versions = (1...most + 3).map { version("b", $0, from: $0 % 2 == 0 ? "2017-01-01" : "2018-01-01") }
    let catalog = ProgramCatalog(versions + [version("a", 1, from: "2017-01-01")])
    #expect(catalog == ProgramCatalog([version("a", 1, from: "2017-01-01")] + versions.reversed()))
    #expect(catalog.versions(of: "b").count == most && catalog.version(of: "b", number: most + 1) == nil)
    #expect(catalog.version(of: "b", number: most) != nil)
    #expect(catalog.leftOut == ["b": 3])
    #expect(ProgramCatalog(versions.prefix(most)).leftOut.isEmpty)
  }

  @Test func aCatalogueMadeAtOnceIsThatOfItsVersionsOneByOne() {
    let versions = [
      version("b", 2, from: "2017-03-01"), version("a", 1, from: "2017-02-01"), version("b", 1, from: "2017-05-01"),
      version("b", 2, from: "2017-04-01", .draft),
    ]
    var oneByOne = ProgramCatalog()
    for version in versions { oneByOne.insert(version) }
    #expect(ProgramCatalog(versions) == oneByOne)
    #expect(names(oneByOne.versions(of: "b")) == ["b2", "b1"])
  }

  @Test func aWithdrawnVersionIsForgotten() {
    var catalog = ProgramCatalog()
    catalog.insert(version("b", 1, from: "2017-01-01"))
    catalog.remove(id: "b", version: 1)
    #expect(catalog.isEmpty && catalog.programIds.isEmpty)
  }
}
