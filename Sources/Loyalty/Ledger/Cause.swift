/// What makes entries: their common fields.
struct Cause {
  /// Entry ids are this, the instant and the entry's number, a slash between each two.
  var idPrefix: String
  var id: String
  var source: String?
  /// The purchase that a return reverses, as `<source>:<id>`.
  var purchase: String?
  var occurredAt: Instant
  var programVersion: Int
  var actor: String?
  var reason: String?
  /// The other member of a transfer.
  var counterparty: String?
  /// Where it takes two people.
  var approval: Approval?
  /// What entries name as their rule where no rule or factor gave them, such as a return.
  var rule: String?

  /// Names a lot that the cause opens, so that the same id in another year opens another one.
  var lotName: String { "\(id)@\(occurredAt.milliseconds)" }

  /// The parts of an entry's id, each told apart from the next by a slash.
  static func idPrefix(
    _ first: String, _ second: String, _ third: String, _ fourth: String? = nil, _ fifth: String? = nil,
    _ sixth: String? = nil
  ) -> String {
    String(joining: first, second, third, fourth, fifth, sixth, by: "/")
  }

  init(event: Transaction, programId: String, programVersion: Int) {
    idPrefix = Cause.idPrefix(programId, "event", event.source, event.id)
    id = event.id
    source = event.source
    occurredAt = event.occurredAt
    self.programVersion = programVersion
  }

  init(activity: Activity, programId: String, programVersion: Int) {
    idPrefix = Cause.idPrefix(programId, "activity", activity.memberId, activity.source, activity.id)
    id = activity.id
    source = activity.source
    occurredAt = activity.occurredAt
    self.programVersion = programVersion
  }

  init(command: MemberCommand, programId: String, programVersion: Int) {
    // Senders number their commands as they like: the same id may go to several members.
    idPrefix = Cause.idPrefix(programId, "command", command.memberId, command.id)
    id = command.id
    source = command.source
    occurredAt = command.occurredAt
    self.programVersion = programVersion
    actor = command.actor
    reason = command.reason
  }

  /// A timer of one lot, `what` being `release` or `expiry`; each comes once at an instant.
  init(timer what: String, of lot: Lot, of memberId: String, programId: String, due: Instant) {
    // A purchase's lot is one member's alone; those of commands are named by ids that others may have as well.
    idPrefix =
      lot.isOfPurchase
      ? Cause.idPrefix(programId, what, lot.id) : Cause.idPrefix(programId, what, memberId, lot.id)
    id = lot.id
    occurredAt = due
    programVersion = lot.programVersion
  }

  /// A step of a transfer, `step`, in the account of one of its two members; the other is `counterparty`.
  init(transfer: Transfer, _ step: String, counterparty: String) {
    idPrefix = Cause.idPrefix(transfer.programId, step, transfer.from, transfer.id)
    id = transfer.id
    occurredAt = transfer.occurredAt
    programVersion = transfer.programVersion
    self.counterparty = counterparty
  }

  /// Something that became known late of a purchase or an activity.
  init(idPrefix: String, of record: some AwardHolder) {
    self.init(
      idPrefix: idPrefix, id: record.causeId, source: record.source, occurredAt: record.occurredAt,
      programVersion: record.programVersion)
  }

  init(idPrefix: String, id: String, source: String? = nil, occurredAt: Instant, programVersion: Int) {
    self.idPrefix = idPrefix
    self.id = id
    self.source = source
    self.occurredAt = occurredAt
    self.programVersion = programVersion
  }
}
