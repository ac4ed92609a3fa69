import JSON
import Loyalty

extension TierCommand {
  /// The fields after `type` and `id`.
  func encodeFields(to writer: inout JSONWriter) {
    writer.field("occurredAt", occurredAt)
    writer.field("memberId", memberId)
    writer.field("programId", programId)
    writer.field("source", source)
    writer.field("level", level)
    writer.field("until", until)
    writer.field("actor", actor)
    writer.field("reason", reason)
  }
}
