/// One message on its way, and where its outcome belongs.
package struct SendJob: Sendable {
  package let key: MessageKey
  /// Which attempt this is; an outcome of an older one is recognised by it.
  package let attempt: Int
  /// The task that waits for the outcome.
  package let partition: Int32
  package let message: OutgoingMessage
  package let messageClass: MessageClass

  package init(
    key: MessageKey, attempt: Int, partition: Int32, message: OutgoingMessage, messageClass: MessageClass = .service
  ) {
    self.key = key
    self.attempt = attempt
    self.partition = partition
    self.message = message
    self.messageClass = messageClass
  }
}

package struct SendResult: Equatable, Sendable {
  package let key: MessageKey
  package let attempt: Int
  package let outcome: SendOutcome

  package init(key: MessageKey, attempt: Int, outcome: SendOutcome) {
    self.key = key
    self.attempt = attempt
    self.outcome = outcome
  }
}
