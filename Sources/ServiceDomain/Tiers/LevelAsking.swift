import Contracts
import Loyalty
import StreamRuntime

/// Levels set by hand where an actor may set so many a day: each waits to hear whether it is one of them.
package struct LevelAsking {
  private let clearances: Clearances
  private let dayMax: Int64?

  /// - Parameter dayMax: nil: an actor may set as many as they like, and nothing waits.
  package init(_ clearances: Clearances, dayMax: Int64?) {
    self.clearances = clearances
    self.dayMax = dayMax
  }

  /// Whether the command must wait. Then it has been asked for, once, unless it cannot be done in any case: that is
  /// thrown.
  package func mustWait(
    _ command: TierCommand, of state: inout TierState, under program: Program, _ tiers: TierBook
  ) throws -> Bool {
    guard let dayMax else { return false }
    let asked = Self.asked(command.id)
    if state.conflicts(command, takenAs: asked) { throw PoisonRecord(TierRefusal.conflictingCommand) }
    guard !state.knows(asked) else { return true }
    try tiers.checkThatItCanBeSet(command, in: state, under: program)
    guard !state.knows(command.id) else { return true }
    state.remember(command, as: asked)
    try tiers.keep(state, [])
    var named = command
    named.programId = program.id
    clearances.ask(
      .levelsSet, .tier(named), by: command.actor, occurredAt: command.occurredAt, amount: 1, most: dayMax)
    return true
  }

  /// Whether the command that was asked for is to be carried out now; throws where its actor has set too many.
  package func settle(_ command: TierCommand, isGranted: Bool, _ state: inout TierState) throws -> Bool {
    guard state.knows(Self.asked(command.id)) else { return false }
    guard isGranted else {
      throw PoisonRecord(
        code: "too-many-tier-sets",
        "the actor has set as many levels in a day of UTC as --tier-sets-day-max lets one actor set")
    }
    state.forget(Self.asked(command.id))
    return true
  }

  /// What a command is remembered by while it waits. No id begins so.
  private static func asked(_ commandId: String) -> String { RecordKey.separator + commandId }
}
