/// What an error means for who made the call. ``KafkaFaultTable`` says it of every code.
package enum KafkaFault: String, Sendable, CaseIterable {
  /// The cluster or the connection is in motion: the same call may succeed later.
  case passing
  /// The transaction cannot go on: abort it, and begin again from what is committed.
  case aborted
  /// This producer can do no more: a new one of the same id begins again from what is committed.
  case renewed
  /// A broker that answers knows no such topic or partition. One that has just started says so too.
  case missingTopic
  /// The cluster does not let this client do it: its rights, its credentials or its settings are wrong.
  case refused
  /// A record of the transaction is larger than its topic takes: a new producer of the same id begins again without it.
  case tooLarge
  /// Another member took this one's place in the group: another process has the same `group.instance.id`.
  case fenced
  /// Nothing that a caller can do.
  case fatal
}

extension KafkaError {
  /// For who makes a call outside a transaction: of a consumer, of an admin client.
  package var fault: KafkaFault {
    let fault = KafkaFaultTable.row(of: code).call
    // A client that can do no more passes nothing by waiting.
    return isFatal && fault == .passing ? .fatal : fault
  }

  /// For who is inside a transaction, the delivery of its records included.
  package var faultInTransaction: KafkaFault {
    let fault = KafkaFaultTable.row(of: code).transaction
    return isFatal && ![.fenced, .refused, .tooLarge].contains(fault) ? .renewed : fault
  }

  /// The answer did not come; what was asked for may still happen.
  package var isUnanswered: Bool {
    [
      .timedOut, .messageTimedOut, .timedOutQueue, .requestTimedOut, .transport, .allBrokersDown, .resolve,
      .networkException,
    ].contains(code)
  }

  /// A newer epoch of the producer's id is known to the cluster: another producer has taken the id, or the coordinator
  /// has ended a transaction by its timeout, which raises the epoch too.
  package var isProducerFence: Bool { [.fenced, .producerFenced, .invalidProducerEpoch].contains(code) }

  /// The cluster does not believe who this client is, or the client does not believe the cluster.
  package var isUnauthenticated: Bool { KafkaFaultTable.unauthenticated.contains(code.rawValue) }
  /// The cluster knows who this client is, and does not let it.
  package var isUnauthorized: Bool { KafkaFaultTable.unauthorized.contains(code.rawValue) }
}
