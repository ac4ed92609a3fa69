/// What a tier remembers beside what counts: commands that were taken, and returns that wait.
extension TierState {
  /// Whether a command was taken under that id, of the last so many.
  package func knows(_ id: String) -> Bool { commands.contains { $0.id == id } }

  /// Whether another command was taken under that id.
  package func conflicts(_ command: TierCommand, takenAs id: String) -> Bool {
    guard let digest = commands.first(where: { $0.id == id })?.digest else { return false }
    return digest != command.contentDigest
  }

  package mutating func remember(_ command: TierCommand, as id: String) {
    commands = commands.suffix(Self.commandsMax - 1) + [TakenCommand(id: id, digest: command.contentDigest)]
  }

  /// The command has not been taken after all.
  package mutating func forget(_ id: String) { commands.removeAll { $0.id == id } }

  /// Notes a return whose purchase has not been counted, among those that wait at an instant; false: it waits already,
  /// or has no room, and is not to be kept.
  package mutating func noteWaiting(_ waiting: WaitingReturn, at now: Instant) -> Bool {
    waitingReturns.removeAll { $0.deadline <= now }
    let mark = waiting.mark
    guard !waitingReturns.contains(where: { $0.digest == mark.digest }),
      WaitingRoom.takes(mark.bytes, beside: waitingReturns.map(\.bytes))
    else { return false }
    waitingReturns.append(mark)
    return true
  }

  /// Their purchase has come.
  package mutating func endWaiting(_ returns: [WaitingReturn]) {
    let digests = Set(returns.map(\.transaction.returnDigest))
    waitingReturns.removeAll { digests.contains($0.digest) }
  }
}
