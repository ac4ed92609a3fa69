import Contracts
import Loyalty

/// Keys of the store `activities`: member, programme, source, activity id.
enum ActivityKey {
  static func of(id: String, source: String, _ memberId: String, _ programId: String) -> String {
    prefix(memberId, programId) + source + RecordKey.separator + id
  }

  /// nil for the lot of a purchase or command.
  static func of(lotId: String, _ memberId: String, _ programId: String) -> String? {
    guard let (source, id) = Activity.source(ofLot: lotId) else { return nil }
    return of(id: id, source: source, memberId, programId)
  }

  /// Of all activities of a member in a programme.
  static func prefix(_ memberId: String, _ programId: String) -> String {
    RecordKey.memberProgram(memberId, programId) + RecordKey.separator
  }
}
