import Loyalty

/// Keys of records and of store rows that are made of several parts.
package enum RecordKey {
  /// Stands between the parts of a key. No id holds it, because ids hold no control characters.
  package static let separator = "\u{1F}"

  /// The key on the compacted topics that hold one record per member and programme (`loyalty.accounts`,
  /// `loyalty.tiers`). With the member id alone compaction would keep one programme of a member only.
  ///
  /// Such records are written to the partition of the member id, which is the writing task's own.
  package static func memberProgram(_ memberId: String, _ programId: String) -> String {
    joined(memberId, programId)
  }

  /// A key of up to six parts; nil is no part, an empty last one ends the key with a separator.
  package static func joined(
    _ first: String, _ second: String, _ third: String? = nil, _ fourth: String? = nil, _ fifth: String? = nil,
    _ sixth: String? = nil
  ) -> String {
    String(joining: first, second, third, fourth, fifth, sixth, by: "\u{1F}")
  }

  /// The key on `loyalty.programs`.
  package static func program(_ programId: String, version: Int) -> String { "\(programId):\(version)" }
}
