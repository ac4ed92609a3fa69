/// Which formats the rows of one partition's stores have: what the backend has noted of them, and, where that leaves a
/// doubt, what a look at every row finds.
///
/// A worker must not start on rows that it cannot read: it would end at the first of them, in the middle of its work,
/// and again after every restart.
struct RowFormats {
  let topology: Topology
  let partition: Int32
  let backend: any StoreBackend

  /// Notes formats met in a changelog while it is replayed.
  func note(_ met: Set<UInt8>, table: Int) throws {
    let known = try known(table)
    if !met.isSubset(of: known) { try backend.setFormats(table: table, known.union(met)) }
  }

  /// Every changelog is replayed. Throws one error that names each store with rows that this release cannot read; where
  /// there is none, notes that rows of the present format come.
  func check() throws {
    var problems: [String] = []
    var remedies: Set<String> = []
    for (table, store) in topology.stores.enumerated() {
      try checkOwnRows(table)
      let read = store.row.formatsRead
      var formats = try known(table)
      if !formats.allSatisfy(read.contains) {
        let counts = try countRows(table)
        for (format, rows) in counts.sorted(by: { $0.key < $1.key }) where !read.contains(format) {
          problems.append("\(store.name) holds \(rows) rows of format \(format) and this release reads \(read.told)")
          remedies.insert(format > read.upperBound ? Self.afterRollback : Self.afterUpgrade)
        }
        formats = Set(counts.keys)
      }
      formats.insert(store.row.format)
      if try formats != backend.formats(table: table) { try backend.setFormats(table: table, formats) }
    }
    guard problems.isEmpty else { throw unreadable(problems, remedies) }
  }

  /// Whether the table may hold rows of formats before the present one.
  func mayHoldOld(_ table: Int) throws -> Bool {
    let format = topology.stores[table].row.format
    return try known(table).contains { $0 < format }
  }

  /// Every row of a format before the present one has been written anew.
  func forgetOld(_ table: Int) throws {
    let format = topology.stores[table].row.format
    try backend.setFormats(table: table, known(table).filter { $0 >= format })
  }

  /// As noted; a database in which nobody has, one of release 0.1.0, is looked through once.
  private func known(_ table: Int) throws -> Set<UInt8> {
    if let noted = try backend.formats(table: table) { return noted }
    let found = Set(try countRows(table).keys)
    try backend.setFormats(table: table, found)
    return found
  }

  private func countRows(_ table: Int) throws -> [UInt8: Int] {
    var counts: [UInt8: Int] = [:]
    try backend.scan(table: table, prefix: UnsafeRawBufferPointer(start: nil, count: 0), after: nil, limit: .max) {
      key, image in
      if key.first != 0 { counts[try RowImage.head(of: image).format, default: 0] += 1 }
    }
    return counts
  }

  /// The runtime's own rows, whose keys tell their formats apart.
  private func checkOwnRows(_ table: Int) throws {
    try [UInt8(0)].withUnsafeBytes { prefix in
      try backend.scan(table: table, prefix: prefix, after: nil, limit: .max) { key, _ in
        guard !StreamTimeRow.isKey(key), !KeptPosition.isKey(key) else { return }
        let name = String(decoding: key.dropFirst(), as: UTF8.self)
        throw unreadable(
          ["\(topology.stores[table].name) holds a row of the runtime's own, \(name), that this release does not know"],
          [Self.afterRollback])
      }
    }
  }

  private static let afterRollback = "A later release wrote them: run that one, or one that reads what it writes."
  private static let afterUpgrade =
    "An earlier release wrote them: run the release that came between until its stampede_stores_rewriting is 0."

  private func unreadable(_ problems: [String], _ remedies: Set<String>) -> StreamError {
    StreamError(
      .fatal,
      "\(topology.service) cannot start on partition \(partition): \(problems.joined(separator: "; ")). "
        + remedies.sorted().joined(separator: " ")
        + " Deleting the state folder does not help, for the changelogs hold the same rows (docs/upgrading.md)")
  }
}
