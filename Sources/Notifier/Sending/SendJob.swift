/// One message on its way, and where its outcome belongs.
package struct SendJob: Sendable {
  package let id: String
  /// Which attempt this is; an outcome of an older one is recognised by it.
  package let attempt: Int
  /// The task that waits for the outcome.
  package let partition: Int32
  package let message: OutgoingMessage

  package init(id: String, attempt: Int, partition: Int32, message: OutgoingMessage) {
    self.id = id
    self.attempt = attempt
    self.partition = partition
    self.message = message
  }
}

package struct SendResult: Equatable, Sendable {
  package let id: String
  package let attempt: Int
  package let outcome: SendOutcome

  package init(id: String, attempt: Int, outcome: SendOutcome) {
    self.id = id
    self.attempt = attempt
    self.outcome = outcome
  }
}
