import Contracts
import Foundation
import StreamRuntime

/// The rows of a service as releases have written them, and as this one does. They stand under `Tests/GoldenRows`;
/// `make golden RELEASE=x` writes those of a release from the samples.
package struct GoldenRows {
  let service: Service
  let stores: [Topology.StoreSpec]
  let samples: [RowSample]
  /// Enums with values: how many cases each has, counted by hand. A new one takes a sample and a format.
  let cases: [String: Int]

  package enum Check: CaseIterable, Sendable {
    /// Every row of the last release is read. Those of releases before, as long as their formats are.
    case read
    /// A change of what is written is a change of the format's number: what has the last release's number has its
    /// bytes.
    case written
    /// What is cut off or turned over in a row is an error, or another row: it never ends the process.
    case damaged
    /// Every store has samples of its type.
    case complete
    /// Samples show every form of every field.
    case forms
  }

  package init(
    of service: Service, stores: [Topology.StoreSpec], samples: [RowSample], cases: [String: Int] = [:]
  ) {
    self.service = service
    self.stores = stores
    self.samples = samples
    self.cases = cases
  }

  /// What is wrong, a sentence each.
  package func problems(_ check: Check) throws -> [String] {
    switch check {
    case .read: try GoldenFile.releases().flatMap(problemsOfReading)
    case .written: try problemsOfWriting()
    case .damaged: try problemsOfDamage()
    case .complete: problemsOfSamples()
    case .forms: problemsOfForms()
    }
  }

  private func problemsOfReading(_ release: String) throws -> [String] {
    guard let file = try GoldenFile.ifThere(release, service.name) else { return [] }
    let isLast = try GoldenFile.releases().last == release
    return try file.rows.compactMap { golden in
      let place = "\(release) \(golden.store), \(golden.name)"
      guard let type = stores.first(where: { $0.name == golden.store })?.row else {
        return "\(place): there is no such store any more"
      }
      let format = try RowImage.format(of: golden.image)
      guard type.formatsRead.contains(format) else {
        return isLast ? "\(place): format \(format) is not read (docs/upgrading.md)" : nil
      }
      let row = try RowSample.read(golden.image, as: type)
      guard RowText.of(row) == golden.text else { return "\(place): read as something else" }
      guard format != type.format || RowSample.image(of: row) == golden.image else {
        return "\(place): written again with other bytes"
      }
      return nil
    }
  }

  /// Stores that the last release did not have are written as they like.
  private func problemsOfWriting() throws -> [String] {
    guard let release = try GoldenFile.releases().last else { return ["there are no golden rows"] }
    guard let golden = try GoldenFile.ifThere(release, service.name) else { return [] }
    return try samples.compactMap { sample in
      let rows = golden.rows.filter { $0.store == sample.store }
      let formats = try Set(rows.map { try RowImage.format(of: $0.image) })
      guard try formats.contains(RowImage.format(of: sample.image)) else { return nil }
      guard let row = golden.row(sample.store, sample.name) else {
        return """
          \(sample.store), \(sample.name) is not among the rows of \(release). A form that \(release) did not write takes a \
          new format; one that it did is added by `make golden RELEASE=\(release)`
          """
      }
      return sample.image == row.image && sample.key == row.key ? nil : "\(sample.store), \(sample.name): other bytes"
    }
  }

  private func problemsOfSamples() -> [String] {
    var problems = samples.filter { !$0.keyIsRead }.map { "the key of \($0.store), \($0.name) does not come back" }
    for store in stores {
      let rows = samples.filter { $0.store == store.name }
      if rows.isEmpty { problems.append("\(store.name) has no sample") }
      if rows.contains(where: { type(of: $0.row) != store.row }) { problems.append("\(store.name) holds other rows") }
      if Set(rows.map(\.name)).count != rows.count { problems.append("two samples of \(store.name) have one name") }
    }
    let strangers = Set(samples.map(\.store)).subtracting(stores.map(\.name))
    return problems + strangers.sorted().map { "there is no store \($0)" }
  }

  /// Fields that a type has and its row does not keep; and names of services, which a new worker adds to.
  private static let notKept =
    ["store", "channel", "lines", "payments"].map { "Transaction.\($0) " }
    + ["birthday", "joinedAt", "cards", "segments", "mergedInto"].map { "MemberProfile.\($0) " }
    + ["Part.service ", "Voucher.holder "]

  private func problemsOfForms() -> [String] {
    var problems: [String] = []
    for store in stores {
      var coverage = FormCoverage()
      // Stores may share a type of rows and keep some forms of it each.
      for sample in samples where type(of: sample.row) == store.row { coverage.add(sample.row) }
      let gaps = coverage.gaps.filter { gap in !Self.notKept.contains { gap.hasPrefix($0) } }
      problems += gaps.map { "\(store.name): \($0)" }
    }
    var coverage = FormCoverage()
    for sample in samples { coverage.add(sample.row) }
    for (field, count) in cases.sorted(by: { $0.key < $1.key }) where coverage.met[field]?.count != count {
      problems.append("\(field) has \(coverage.met[field]?.count ?? 0) cases among the samples, not \(count)")
    }
    return problems
  }

  // MARK: Writing

  /// The release that `make golden` writes.
  package static var releaseToWrite: String? { ProcessInfo.processInfo.environment["STAMPEDE_GOLDEN_RELEASE"] }

  /// Rows that the release has keep their bytes; only their text follows the fields' names, and for those of an earlier
  /// format what is made of them today. Forms of a later format are not of the release.
  package func write() throws {
    guard let release = Self.releaseToWrite else { return }
    var file = try GoldenFile.ifThere(release, service.name) ?? GoldenFile(new: release, service.name)
    for sample in samples {
      let row = GoldenFile.Row(
        store: sample.store, name: sample.name, key: sample.key, image: sample.image, text: RowText.of(sample.row))
      guard let index = file.rows.firstIndex(where: { $0.store == sample.store && $0.name == sample.name }) else {
        if try !isLater(row, than: file) { file.rows.append(row) }
        continue
      }
      guard try RowImage.format(of: file.rows[index].image) == RowImage.format(of: row.image) else {
        guard let type = stores.first(where: { $0.name == sample.store })?.row else { continue }
        file.rows[index].text = RowText.of(try RowSample.read(file.rows[index].image, as: type))
        continue
      }
      guard file.rows[index].image == row.image else {
        throw Unreadable(description: "\(release) has other bytes for \(sample.store), \(sample.name)")
      }
      file.rows[index].text = row.text
    }
    try file.write()
  }

  private func isLater(_ row: GoldenFile.Row, than file: GoldenFile) throws -> Bool {
    let formats = try file.rows.filter { $0.store == row.store }.map { try RowImage.format(of: $0.image) }
    return try !formats.isEmpty && !formats.contains(RowImage.format(of: row.image))
  }
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
