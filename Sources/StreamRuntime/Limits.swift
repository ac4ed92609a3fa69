/// Every bound of the runtime that is not a setting, by name.
package enum Limits {
  /// Memory that an outbox keeps between cycles; a larger cycle's surplus is given back.
  static let outboxKeptBytes = 8 << 20
  /// Bytes of outputs, sent ones included, after which a cycle is closed early, so that a transaction stays well inside
  /// its timeout.
  static let cycleBytesMax = 48 << 20
  /// Bytes of outputs that a cycle collects while the one before commits; then it waits for that.
  static let collectedBytesMax = 16 << 20
  /// Headers of a record that a copy of it keeps.
  static let copiedHeadersMax = 1_000
  /// Records processed between two looks at the clock.
  static let recordsBetweenClockLooks = 64
  /// How long a cycle may go on while there are always more records at hand.
  static let backlogCycleMs = 500
  /// Time a cycle may give to restoring before it looks at the consumer again.
  static let restoreSliceMs = 50
  /// Records a restore slice reads between two looks at the clock.
  static let restoreBatchRecords = 5_000
  /// Times that committed offsets are asked for before the thread gives up (an open transaction of a lost instance
  /// resolves within its timeout of half a minute; each attempt waits up to a second).
  static let offsetFetchAttempts = 600
  /// A partition that has committed no offsets for so long commits also that it has passed markers of transactions;
  /// until then they wait for the next records.
  static let markersWaitMs: Int64 = 1_000
  /// How often a stopped partition looks whether an operator has decided.
  static let stoppedLookMs: Int64 = 1_000
  /// Rows a cycle and partition looked at to find those of old formats.
  static let rowsLookedAtForRewriting = 1_000
  /// How far ahead of the clock the instant at which a store was current may be before nobody knows how old the store
  /// is.
  static let clockSkewMs: Int64 = 60_000
  /// Cycles in a row that are done again because reference records came while they ran; then one is let pass.
  static let staleCyclesInARow = 10
  /// How long the thread listens to the group at a stretch while it waits for the cluster.
  static let pauseSliceMs = 100
  /// Times within `fencesWithinMs` that a thread joins the group again after it was told that another instance has its
  /// name.
  static let fencesMax = 3
  static let fencesWithinMs: Int64 = 60_000
  /// Records of a reference topic that follow no rule and are told of, by a thread.
  static let referenceErrorsToldMax = 100
  /// Failed cycles in a row, none of them by what passes, after which the thread stops rather than spin.
  static let failedCyclesInARow = 20
  /// Failed cycles in a row, by what does not blame a record, after which records are taken one a cycle.
  static let failuresBeforeIsolation = 5
  /// Failures of one record's own cycle, by what does not blame a record, each after a cycle without it was committed;
  /// more than ``staleCyclesInARow``.
  static let failuresOfOneRecord = 12
  /// How long a timer is put off whose own cycle cannot be committed; one that the process died of, for that long twice
  /// over with each further death.
  static let timerPauseMs: Int64 = 3_600_000
  static let timerPauseDoublingsMax = 7
  /// Timers of a partition that are put off at a time. With so many, all of its timers wait until one is tried again.
  static let timersPutOffMax = 1_000
  /// Of the timers that a partition's processes have died of, those that its note names: the deadliest.
  static let deadlyTimersNotedMax = 20
  /// Starts that took records of an input from one offset and ended without a word and a commit, after which the next
  /// one takes one record a cycle.
  static let startsBeforeIsolation = 2
  /// Times that the process dies with the same record or timer at hand, alone in its cycle, before that is set aside. A
  /// kill from outside may strike once where one is at hand, hardly twice.
  static let deathsOfARecord = 2
  /// Bytes of a dead letter's headers of its own, and of its sentence.
  static let deadLetterHeaderBytes = 2_048
  static let deadLetterMessageBytes = 1_024
}
