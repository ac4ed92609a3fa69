import Contracts
import Inquiry
import JSON
import Loyalty
import Testing

@Suite(.timeLimit(.minutes(10))) struct PublishPlanTests {
  private func document(
    version: Int = 1, from: String = "2017-01-01T00:00:00Z", status: String = "active",
    earning: String = #"[{"id":"base","kind":"spend","points":1,"per":"1.00"}]"#, more: String = ""
  ) -> [UInt8] {
    Array(
      """
      {"id":"journey","version":\(version),"effectiveFrom":"\(from)","name":"Journey","status":"\(status)",
       "currencies":["USD"],"timeZone":"UTC","earning":\(earning)\(more)}
      """.utf8)
  }

  private func plan(_ bytes: [UInt8], _ published: [[UInt8]], replaces: Bool = false) throws -> PublishPlan {
    var documents: [String: [UInt8]] = [:]
    for (index, document) in published.enumerated() { documents["\(index)"] = document }
    return try PublishPlan(bytes, published: documents, replaces: replaces)
  }

  private func changes(_ plan: PublishPlan) -> [DocumentDiff.Difference]? {
    guard case .changes(_, let diff) = plan.outcome else { return nil }
    return diff.differences
  }

  @Test func removedAndMovedRulesAreNamed() throws {
    let old = try JSONValue(parsing: #"{"earning":[{"id":"a"},{"id":"b"},{"id":"c","x":[1]}],"limits":{"day":5}}"#)
    let new = try JSONValue(parsing: #"{"earning":[{"x":[1,2],"id":"c"},{"id":"a"}]}"#)
    #expect(
      DocumentDiff(from: old, to: new).differences == [
        .moved(path: "$.earning[0]", from: "$.earning[2]"),
        .changed(path: "$.earning[0].x", .array([.number("1")]), .array([.number("1"), .number("2")])),
        .moved(path: "$.earning[1]", from: "$.earning[0]"),
        .removed(path: "$.earning[1]", .object([.init("id", .string("b"))])),
        .removed(path: "$.limits", .object([.init("day", .number("5"))])),
      ])
  }

  @Test func theOrderOfFieldsIsNoDifference() throws {
    let old = try JSONValue(parsing: #"{"a":{"b":1,"c":[{"x":1,"y":2}]},"d":2}"#)
    let new = try JSONValue(parsing: #"{"d":2,"a":{"c":[{"y":2,"x":1}],"b":1}}"#)
    #expect(DocumentDiff(from: old, to: new).isEmpty)
  }

  @Test func theFirstVersionAndTheSameAgainAreToldApart() throws {
    #expect(try plan(document(), []).outcome == .first)
    #expect(try plan(document(), [document()]).outcome == .alreadyPublished)
    let other = try plan(document(version: 2, from: "2016-01-01T00:00:00Z"), [document()])
    #expect(other.outcome == .first, "nothing was in force before it")
  }

  @Test func aPublishedVersionIsReplacedOnlyOnRequestUnlessItIsADraft() throws {
    let changed = document(more: #","pending":{"days":14}"#)
    guard case .needsReplace = try plan(changed, [document()]).outcome else {
      Issue.record("it would have been replaced")
      return
    }
    #expect(
      try changes(plan(changed, [document()], replaces: true)) == [
        .added(path: "$.pending", .object([.init("days", .number("14"))]))
      ])
    #expect(
      try changes(plan(document(), [document(status: "draft")])) == [
        .changed(path: "$.status", .string("draft"), .string("active"))
      ])
  }

  @Test func aBadDocumentIsRefusedWithAllItsErrors() throws {
    let refused = #expect(throws: ProgramRefused.self) {
      try plan(document(earning: #"[{"id":"base","kind":"spend","points":1}]"#, more: #","pending":{"days":-1}"#), [])
    }
    #expect(Set(try #require(refused).violations.map(\.path)) == ["$.earning[0].per", "$.pending.days"])
  }

  @Test func asManyVersionsAsCountArePublishedAndNoMore() throws {
    let versions = (1...ProgramCatalog.versionsMax).map { document(version: $0) }
    let next = document(version: ProgramCatalog.versionsMax + 1, from: "2018-01-01T00:00:00Z")
    #expect(throws: InquiryError.tooManyVersions(programId: "journey", versionsMax: ProgramCatalog.versionsMax)) {
      try plan(next, versions)
    }
    #expect(try plan(versions[4], versions).outcome == .alreadyPublished)
    #expect(try plan(document(version: 7, status: "paused"), versions, replaces: true).outcome != .first)
    #expect(throws: Never.self) { try plan(next, Array(versions.dropFirst()) + [Array("{}".utf8)]) }
  }

  @Test func asManyDocumentsAsWorkersKeepArePublishedAndNoMore() throws {
    var published: [String: [UInt8]] = [:]
    for number in 0..<ProgramCatalog.documentsMax {
      let id = "p\(number)"
      published["\(id):1"] = Array(String(decoding: document(), as: UTF8.self).replacing("journey", with: id).utf8)
    }
    let tooMany = InquiryError.tooManyDocuments(
      documentsMax: ProgramCatalog.documentsMax, bytesMax: ProgramCatalog.documentBytesMax)
    #expect(throws: tooMany) { try PublishPlan(document(), published: published, replaces: false) }
    let known = try #require(published["p7:1"])
    #expect(try PublishPlan(known, published: published, replaces: false).outcome == .alreadyPublished)
    // What no worker keeps takes no room.
    published["p7:1"] = Array("{}".utf8)
    #expect(try PublishPlan(document(), published: published, replaces: false).outcome == .first)
  }

  @Test func asManyBytesAsWorkersKeepArePublishedAndNoMore() throws {
    let padding = String(repeating: " ", count: ProgramCatalog.documentBytesMax - 1_000)
    let large = document(version: 2, from: "2019-01-01T00:00:00Z", more: padding)
    #expect(try PublishPlan(document(), published: ["journey:2": large], replaces: false).outcome == .first)
    let larger = large + Array(repeating: UInt8(ascii: " "), count: 1_000)
    #expect(throws: InquiryError.self) {
      try PublishPlan(document(), published: ["journey:2": larger], replaces: false)
    }
    // The commands leave out what the workers do.
    let (catalog, refused) = PublishedPrograms.valid(["journey:1": document(), "journey:2": larger])
    #expect(catalog.versions(of: "journey").map(\.version) == [1] && Array(refused.keys) == ["journey:2"])
  }

  @Test func theListTellsWhatIsInForce() throws {
    var catalog = ProgramCatalog()
    for bytes in [
      document(), document(version: 2, from: "2018-01-01T00:00:00Z", status: "paused"),
      document(version: 3, from: "2019-01-01T00:00:00Z"),
      document(version: 4, from: "2018-06-01T00:00:00Z", status: "draft"),
      document(version: 5, from: "2018-01-01T00:00:00Z"),
    ] {
      catalog.insert(try ProgramDocument.decode(bytes))
    }
    let at = try #require(Instant(rfc3339: "2018-07-01T00:00:00Z"))
    let told = catalog.versions(of: "journey").sorted { $0.version < $1.version }.map {
      ProgramForce(of: $0, in: catalog, at: at)
    }
    let (second, third) = (Instant(rfc3339: "2018-01-01T00:00:00Z"), Instant(rfc3339: "2019-01-01T00:00:00Z"))
    #expect(told == [.until(try #require(second)), .never, .from(try #require(third)), .never, .now])
  }
}
