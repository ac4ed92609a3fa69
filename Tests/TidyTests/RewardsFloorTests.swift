import Testing

/// The folders of `Rewards` stand on one another, as those of `Loyalty` do: what a folder names lies in itself or on a
/// floor below.
@Suite(.timeLimit(.minutes(10))) struct RewardsFloorTests {
  /// From the ground up.
  private static let floors = ["Terms", "Baskets", "Codes", "Vouchers", "Stock", "Redemptions", "Conversion"]
  private static let root = "Sources/Rewards"

  @Test func everyFolderStandsOnAFloor() throws {
    #expect(try SourceTree.folders(in: Self.root).sorted() == Self.floors.sorted())
    #expect(try SourceTree.entries(in: Self.root).filter { $0.hasSuffix(".swift") }.isEmpty)
  }

  @Test func noFolderNamesATypeThatDoesNotLieBelow() throws {
    var above: Set<String> = []
    var usesSeen = 0
    for folder in Self.floors.reversed() {
      let files = try SourceTree.swiftFiles(in: "\(Self.root)/\(folder)")
      let texts = try files.map { try SwiftText($0.lines()) }
      for (file, text) in zip(files, texts) {
        let words = Set(text.words().map(String.init))
        usesSeen += words.count
        for type in words.intersection(above) {
          Issue.record("\(file.path) uses \(type), which does not lie below \(folder)")
        }
      }
      for made in texts.flatMap({ $0.declarations() }) where made.kind.isType && made.indent == 0 && !made.isPrivate {
        above.insert(made.name)
      }
    }
    #expect(usesSeen > 500 && above.contains("Basket") && above.contains("ConversionAccount"))
  }
}
