/// A failure of the runtime or of what it stands on, with the response it calls for.
package struct StreamError: Error, CustomStringConvertible, Sendable {
  package enum Response: String, Sendable {
    /// Abort the Kafka transaction, roll the store back, read the committed offsets again.
    case abortTransaction
    /// The local store cannot be trusted: wipe it and restore it from the changelog.
    case rebuildStore
    /// Another instance took this one's place: stop.
    case fenced
    /// Nothing this process can do: say so in one line and exit non-zero.
    case fatal
  }

  package let response: Response
  /// One sentence for an operator: what happened, where, and the remedy. Never personal data.
  package let description: String

  package init(_ response: Response, _ description: String) {
    self.response = response
    self.description = description
  }
}

/// A record that can never be processed: it goes to the dead-letter topic and the next one is taken.
///
/// Thrown by ``Processor/process(_:)`` before it has changed anything.
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
