import Contracts
import Loyalty

/// Finds the entries of a member that somebody asks about, and what explains them.
package struct ExplanationReading {
  private let cluster: Cluster
  private let reader: TopicReader
  private let member: String

  package init(_ cluster: Cluster, _ reader: TopicReader, member: String) {
    self.cluster = cluster
    self.reader = reader
    self.member = member
  }

  /// The one entry that `named` is the id or the number of; else all that a purchase, return, activity or command of
  /// that id booked.
  ///
  /// - Parameter program: where `named` is a number; nil: wherever there is such an entry.
  package func explanations(of named: String, program: String?) throws -> [EntryExplanation] {
    let entries = try AccountReading(cluster, reader, member: member).allEntries()
    let found = try Self.entries(named, in: entries, of: member, program: program)
    let published = try PublishedPrograms.read(cluster)
    return found.map { entry in
      let key = RecordKey.program(entry.programId, version: entry.programVersion)
      let version = published[key].flatMap { try? ProgramDocument.decode($0) }
      let history = entries.filter { $0.programId == entry.programId && $0.sequence <= entry.sequence }
      return EntryExplanation(entry: entry, program: version, history: history)
    }
  }

  package static func entries(
    _ named: String, in entries: [LedgerEntry], of member: String, program: String?
  ) throws(InquiryError) -> [LedgerEntry] {
    let asked = entries.filter { program == nil || program == $0.programId }
    let one = asked.filter { $0.id == named || Int64(named) == $0.sequence }
    guard one.count <= 1 else {
      throw .severalEntries(memberId: member, named: named, programIds: one.map(\.programId))
    }
    let found = one.isEmpty ? asked.filter { $0.isOf(cause: named) } : one
    guard !found.isEmpty else { throw .noEntry(memberId: member, named: named) }
    return found
  }
}

extension LedgerEntry {
  fileprivate func isOf(cause named: String) -> Bool {
    cause == named || purchase.flatMap { Lot.purchase(of: $0)?.purchaseId } == named
  }
}
