/// A failure of the runtime or of what it stands on, with the response it calls for.
package struct StreamError: Error, CustomStringConvertible, Sendable {
  package enum Response: String, Sendable {
    /// Abort the Kafka transaction, roll the store back, read the committed offsets again.
    case abortTransaction
    /// As `abortTransaction`: the cycle is done again with what came while it ran, and nothing of it is to blame.
    case takeAnew
    /// As `abortTransaction`, and what the cycle has taken is taken one record a cycle then: one of them makes what
    /// cannot be committed, and becomes a dead letter.
    case isolateRecord
    /// As `abortTransaction`, and after a pause, for as long as patience lasts: the cluster is in motion.
    case waitForCluster
    /// As `waitForCluster`, but not for as long: a broker that answers knows no such topic.
    case waitForTopic
    /// The local store cannot be trusted: wipe it and restore it from the changelog.
    case rebuildStore
    /// Another instance took this one's place: stop.
    case fenced
    /// Nothing this process can do: say so in one line and exit non-zero.
    case fatal

    /// Time may heal it.
    package var waits: Bool { self == .waitForCluster || self == .waitForTopic }
    /// The thread goes on, from what is committed.
    package var startsOver: Bool {
      switch self {
      case .abortTransaction, .takeAnew, .isolateRecord, .waitForCluster, .waitForTopic, .rebuildStore: true
      case .fenced, .fatal: false
      }
    }
  }

  package let response: Response
  /// One sentence for an operator: what happened, where, and the remedy. Never personal data.
  package let description: String
  /// Of `isolateRecord`: the code of the dead letter.
  package let code: String?

  package init(_ response: Response, _ description: String) { self.init(response, code: nil, description) }

  /// A record is to blame.
  ///
  /// - Parameter code: a stable one for its dead letter.
  package init(isolating code: String, _ description: String) {
    self.init(.isolateRecord, code: code, description)
  }

  private init(_ response: Response, code: String?, _ description: String) {
    self.response = response
    self.code = code
    self.description = description
  }
}

/// A record that can never be processed: it goes to the dead-letter topic and the next one is taken.
///
/// What ``Processor/process(_:)`` stored and sent before it threw this is committed with the dead letter, in one
/// transaction: as a rule nothing.
package struct PoisonRecord: Error, CustomStringConvertible, Sendable {
  /// A stable code for machines, such as `not-json`.
  package let code: String
  /// One sentence for people; never personal data.
  package let description: String

  package init(code: String, _ description: String) {
    self.code = code
    self.description = description
  }
}
