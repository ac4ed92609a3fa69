import JSON

/// How `loyalty` ends. 64 is a command line that is not valid, 74 an output that cannot be written, 130 and 141 an end
/// by SIGINT, or because nobody reads the output any more.
package enum ExitCode: Int32, Sendable {
  case done = 0
  /// Something failed, or an audit found a fault; one line on standard error says what.
  case failed = 1
  /// Topics differ from their files in a way that the command will not change.
  case differs = 3
  /// The platform refused what was asked, and said why.
  case refused = 4
  /// What was asked was handed over, but no answer came in time.
  case unanswered = 5
  /// The id stands for another command than the one that was asked for.
  case conflict = 6
  /// What was asked waits for another person's approval; nothing has moved.
  case awaitsApproval = 7
  /// `EX_TEMPFAIL` of sysexits.h: a mail server that has handed a message over keeps it and tries again.
  case tryLater = 75
}

/// Something an operator can act upon, told in one or a few lines and without a trace.
package struct CommandFailure: Error, CustomStringConvertible {
  package let description: String
  package let exitCode: ExitCode
  /// What was handed in cannot be read: trying again is of no use until it changes.
  package let isOfInput: Bool

  package init(_ description: String, exitCode: ExitCode = .failed, isOfInput: Bool = false) {
    self.description = description
    self.exitCode = exitCode
    self.isOfInput = isOfInput
  }
}

extension CommandFailure {
  /// For programs, in place of the answer.
  var json: JSONValue {
    .fields(["error": .fields(["message": .string(description), "exitCode": .count(exitCode.rawValue)])])
  }
}
