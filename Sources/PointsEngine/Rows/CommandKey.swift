import Contracts

/// Keys of the store `commands`: member, programme, command id; of a transfer that a member was sent: member,
/// programme, sender, command id. A separator stands in no id, so that the two cannot meet.
enum CommandKey {
  static func of(_ commandId: String, _ memberId: String, _ programId: String) -> String {
    RecordKey.joined(memberId, programId, commandId)
  }

  static func ofTransfer(_ id: String, from sender: String, to memberId: String, _ programId: String) -> String {
    of(sender + RecordKey.separator + id, memberId, programId)
  }
}
