import Contracts
import Foundation
import GDPRWorker
import Notifier
import PointsEngine
import ServiceDomain
import ServiceKit
import StreamRuntime
import Testing
import TierEvaluator
import TransactionIngest

/// Rows as releases have written them, read by this one. They stand under `Tests/GoldenRows`; `make golden RELEASE=x`
/// writes those of a release from the samples here.
@Suite(.timeLimit(.minutes(2))) struct GoldenRowTests {
  /// The stores of a service with the types of their rows.
  private static func stores(_ service: Service) throws -> [Topology.StoreSpec] {
    switch service {
    case .transactionIngest: IngestTopology.make(IngestSettings()).stores
    case .pointsEngine: PointsTopology.make(storeRowsCached: 1).stores
    case .tierEvaluator: TierTopology.make(TierSettings(), tierRowsCached: 1).stores
    case .notifier: try notifierStores()
    case .gdprWorker: PrivacyTopology.make(PrivacySettings(), requestRowsCached: 1).stores
    }
  }

  /// The notifier's topology asks for settings and for somebody to send.
  private static func notifierStores() throws -> [Topology.StoreSpec] {
    let command = Command("notifier", summary: "", settings: NotifierSettings.all)
    let flags = ["--smtp-url", "smtp://unused:25", "--mail-from", "points@example.com"]
    guard case .run(_, let settings) = try command.parse(flags, environment: [:], version: "0") else {
      throw Unreadable(description: "the notifier's flags are no run")
    }
    let pools = try SenderPools { _ in
      try SenderPool(
        threadCount: 1, slotsMax: 1, log: Log("test", to: LogOutput(level: .error)), makeSender: { NobodySends() })
    }
    let stores = NotifierTopology.make(try NotifierSettings(settings), pools: pools, storeRowsCached: 1).stores
    try pools.stop()
    return stores
  }

  /// Every row of the last release is read. Those of releases before, as long as their formats are.
  @Test(arguments: Service.allCases) func rowsOfReleasesAreRead(of service: Service) throws {
    let stores = try Self.stores(service)
    let releases = try GoldenFile.releases()
    for release in releases where FileManager.default.fileExists(atPath: GoldenFile.url(release, service.name).path) {
      for golden in try GoldenFile(release, service.name).rows {
        let place = "\(release) \(service.name) \(golden.store), \(golden.name)"
        guard let type = stores.first(where: { $0.name == golden.store })?.row else {
          Issue.record("\(place): there is no such store any more")
          continue
        }
        let format = try RowImage.format(of: golden.image)
        guard type.formatsRead.contains(format) else {
          if release == releases.last { Issue.record("\(place): format \(format) is not read (docs/upgrading.md)") }
          continue
        }
        let row = try Sample.read(golden.image, as: type)
        #expect(RowText.of(row) == golden.text, "\(place): read as something else")
        if format == type.format {
          #expect(Sample.image(of: row) == golden.image, "\(place): written again with other bytes")
        }
      }
    }
  }

  /// A change of what is written is a change of the format's number: what has the last release's number has its bytes.
  @Test(arguments: Service.allCases) func rowsAreWrittenAsTheLastReleaseWroteThem(by service: Service) throws {
    let release = try #require(GoldenFile.releases().last)
    let golden = try GoldenFile(release, service.name)
    for sample in try Samples.of(service) {
      #expect(sample.keyIsRead, "the key of \(sample.store), \(sample.name) does not come back")
      let formats = try Set(golden.rows.filter { $0.store == sample.store }.map { try RowImage.format(of: $0.image) })
      guard try formats.isEmpty || formats.contains(RowImage.format(of: sample.image)) else { continue }
      guard let row = golden.row(sample.store, sample.name) else {
        Issue.record(
          """
          \(service.name) \(sample.store), \(sample.name) is not among the rows of \(release). A form that \(release) did \
          not write takes a new format; one that it did is added by `make golden RELEASE=\(release)`
          """)
        continue
      }
      #expect(sample.image == row.image && sample.key == row.key, "\(service.name) \(sample.store), \(sample.name)")
    }
  }

  @Test(arguments: Service.allCases) func everyStoreHasGoldenRowsOfItsType(in service: Service) throws {
    let samples = try Samples.of(service)
    let golden = try GoldenFile(#require(GoldenFile.releases().last), service.name)
    for store in try Self.stores(service) {
      let rows = samples.filter { $0.store == store.name }
      #expect(!rows.isEmpty && rows.allSatisfy { type(of: $0.row) == store.row }, "samples of \(store.name)")
      #expect(golden.rows.contains { $0.store == store.name }, "golden rows of \(store.name)")
      #expect(Set(rows.map(\.name)).count == rows.count, "two samples of \(store.name) have one name")
    }
    #expect(Set(samples.map(\.store)) == Set(try Self.stores(service).map(\.name)))
  }

  /// Fields that a type has and its row does not keep.
  private static let notKept =
    ["store", "channel", "lines", "payments"].map { "Transaction.\($0) " }
    + ["birthday", "joinedAt", "cards", "segments", "mergedInto"].map { "MemberProfile.\($0) " }

  @Test(arguments: Service.allCases) func samplesShowEveryFormOfEveryField(of service: Service) throws {
    let samples = try Samples.of(service)
    for store in try Self.stores(service) {
      var coverage = FormCoverage()
      // Stores may share a type of rows and keep some forms of it each.
      for sample in samples where type(of: sample.row) == store.row { coverage.add(sample.row) }
      let gaps = coverage.gaps.filter { gap in !Self.notKept.contains { gap.hasPrefix($0) } }
      #expect(gaps.isEmpty, "\(service.name) \(store.name)")
    }
  }

  /// Cases with values are counted by hand; a new one takes a sample and a format.
  @Test func everyCaseWithValuesHasASample() throws {
    var coverage = FormCoverage()
    for service in Service.allCases {
      for sample in try Samples.of(service) { coverage.add(sample.row) }
    }
    let cases: [(field: String, count: Int)] = [
      ("LotTerms.standing", 3), ("CommandRecord.outcome", 7), ("RequestRow.state", 2), ("MessageRow", 4),
      ("Announcement.news", 9), ("RuleAward.part", 5),
    ]
    for (field, count) in cases { #expect(coverage.met[field]?.count == count, "\(field)") }
  }

  /// `make golden RELEASE=x`. Rows that the release has keep their bytes; only their text follows the fields' names.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["STAMPEDE_GOLDEN_RELEASE"] != nil))
  func writeGoldenRows() throws {
    let release = try #require(ProcessInfo.processInfo.environment["STAMPEDE_GOLDEN_RELEASE"])
    for service in Service.allCases {
      var file =
        FileManager.default.fileExists(atPath: GoldenFile.url(release, service.name).path)
        ? try GoldenFile(release, service.name) : GoldenFile(new: release, service.name)
      for sample in try Samples.of(service) {
        let row = GoldenFile.Row(
          store: sample.store, name: sample.name, key: sample.key, image: sample.image, text: RowText.of(sample.row))
        guard let index = file.rows.firstIndex(where: { $0.store == sample.store && $0.name == sample.name }) else {
          file.rows.append(row)
          continue
        }
        try #require(
          file.rows[index].image == row.image, "\(release) has other bytes for \(sample.store), \(sample.name)")
        file.rows[index].text = row.text
      }
      try file.write()
    }
  }
}

private final class NobodySends: MessageSender {
  func send(_ message: OutgoingMessage) throws -> SendOutcome { preconditionFailure("no message is made here") }
  func close() {}
}

extension RowImage {
  /// The number that stands behind the due instant.
  fileprivate static func format(of image: [UInt8]) throws -> UInt8 {
    try image.withUnsafeBytes { bytes in
      var decoder = RowDecoder(bytes)
      _ = try decoder.optionalInt()
      return try decoder.byte()
    }
  }
}
