/// What one cause books on an account at once, while it is under way: the entries belong together and are numbered from
/// 1.
///
/// It takes the journal in and gives it back at its end, so that no entry is written without a cause, and no booking is
/// left open.
struct Booking: ~Copyable {
  var cause: Cause
  let bookedAt: Instant
  var journal: Journal
  /// Where its entries begin in the journal.
  private var start: Int

  init(_ cause: consuming Cause, at bookedAt: Instant, in journal: consuming Journal) {
    self.cause = cause
    self.bookedAt = bookedAt
    start = journal.entries.count
    self.journal = journal
  }

  /// The number, from 1, of the next entry.
  var nextNumber: Int { journal.entries.count - start + 1 }

  /// The id of the next entry. The cause's instant is part of it: ids of purchases and commands are forgotten in time,
  /// and may then come again for something else.
  var nextId: String {
    String(joining: cause.idPrefix, String(cause.occurredAt.milliseconds), String(nextNumber), by: "/")
  }

  /// What comes next is booked by another cause, and belongs to it.
  mutating func turn(to cause: consuming Cause) {
    split()
    self.cause = cause
  }

  /// What comes next does not belong to the entries before it.
  mutating func split() {
    journal.join(from: start)
    start = journal.entries.count
  }

  consuming func end() -> Journal {
    split()
    return journal
  }
}
