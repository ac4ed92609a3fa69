import Foundation
import MockCluster
import StreamRuntime
import TestThreads
import Testing

/// What the sink makes of each answer to each call of a transaction, and that it goes on after it.
@Suite(.timeLimit(.minutes(10)), .serialized) struct TransactionFaultTests {
  struct Answer: Sendable, CustomTestStringConvertible {
    let request: MockCluster.Request
    let code: String
    /// How the cycle ends; nil: as if nothing had been.
    let response: StreamError.Response?

    init(_ request: MockCluster.Request, _ code: String, _ response: StreamError.Response?) {
      self.request = request
      self.code = code
      self.response = response
    }

    var testDescription: String { "\(request) \(code)" }
  }

  /// Answers that librdkafka or the sink gets over by itself, those that start the cycle over, and those that end it.
  private static let answers = [
    Answer(.produce, "NOT_LEADER_FOR_PARTITION", nil),
    Answer(.produce, "LEADER_NOT_AVAILABLE", nil),
    Answer(.produce, "NOT_ENOUGH_REPLICAS", nil),
    Answer(.produce, "KAFKA_STORAGE_ERROR", nil),
    Answer(.produce, "_TRANSPORT", nil),
    Answer(.produce, "INVALID_PRODUCER_EPOCH", .abortTransaction),
    Answer(.produce, "TOPIC_AUTHORIZATION_FAILED", .fatal),
    Answer(.produce, "MSG_SIZE_TOO_LARGE", .isolateRecord),
    Answer(.addPartitionsToTxn, "NOT_COORDINATOR", nil),
    Answer(.addPartitionsToTxn, "COORDINATOR_LOAD_IN_PROGRESS", nil),
    Answer(.addPartitionsToTxn, "CONCURRENT_TRANSACTIONS", nil),
    Answer(.addPartitionsToTxn, "UNKNOWN_TOPIC_OR_PART", nil),
    Answer(.addPartitionsToTxn, "_TRANSPORT", nil),
    Answer(.addPartitionsToTxn, "PRODUCER_FENCED", .abortTransaction),
    Answer(.addPartitionsToTxn, "INVALID_PRODUCER_EPOCH", .abortTransaction),
    Answer(.addPartitionsToTxn, "INVALID_TXN_STATE", .abortTransaction),
    Answer(.addPartitionsToTxn, "INVALID_PRODUCER_ID_MAPPING", .abortTransaction),
    Answer(.addPartitionsToTxn, "TOPIC_AUTHORIZATION_FAILED", .fatal),
    Answer(.addPartitionsToTxn, "TRANSACTIONAL_ID_AUTHORIZATION_FAILED", .fatal),
    Answer(.addOffsetsToTxn, "NOT_COORDINATOR", nil),
    Answer(.addOffsetsToTxn, "COORDINATOR_NOT_AVAILABLE", nil),
    Answer(.addOffsetsToTxn, "CONCURRENT_TRANSACTIONS", nil),
    Answer(.addOffsetsToTxn, "INVALID_PRODUCER_EPOCH", .abortTransaction),
    Answer(.addOffsetsToTxn, "GROUP_AUTHORIZATION_FAILED", .fatal),
    Answer(.txnOffsetCommit, "NOT_COORDINATOR", nil),
    Answer(.txnOffsetCommit, "COORDINATOR_LOAD_IN_PROGRESS", nil),
    Answer(.txnOffsetCommit, "ILLEGAL_GENERATION", .abortTransaction),
    Answer(.txnOffsetCommit, "UNKNOWN_MEMBER_ID", .abortTransaction),
    Answer(.txnOffsetCommit, "INVALID_PRODUCER_EPOCH", .abortTransaction),
    Answer(.txnOffsetCommit, "FENCED_INSTANCE_ID", .fenced),
    Answer(.txnOffsetCommit, "GROUP_AUTHORIZATION_FAILED", .fatal),
    Answer(.endTxn, "NOT_COORDINATOR", nil),
    Answer(.endTxn, "COORDINATOR_NOT_AVAILABLE", nil),
    Answer(.endTxn, "CONCURRENT_TRANSACTIONS", nil),
    Answer(.endTxn, "_TRANSPORT", nil),
    Answer(.endTxn, "PRODUCER_FENCED", .abortTransaction),
    Answer(.endTxn, "INVALID_PRODUCER_EPOCH", .abortTransaction),
    Answer(.endTxn, "INVALID_PRODUCER_ID_MAPPING", .abortTransaction),
    Answer(.endTxn, "INVALID_TXN_STATE", .abortTransaction),
    Answer(.endTxn, "TRANSACTIONAL_ID_AUTHORIZATION_FAILED", .fatal),
  ]

  @Test(arguments: answers) func eachAnswerInsideATransactionHasItsResponse(answer: Answer) async throws {
    try await onOwnThread {
      let cluster = FaultyCluster()
      try cluster.withPorts { _, sink in
        try cluster.cycle(sink)
        cluster.mock.answer(answer.request, with: [MockCluster.code(answer.code)])
        let failure = cluster.failure(of: sink)
        #expect(failure?.response == answer.response, "\(failure.map(\.description) ?? "")")
        if failure?.response.startsOver == true {
          try cluster.settle(sink)
          try cluster.cycle(sink)
        }
      }
    }
  }

  /// A record that follows the failure is refused for the transaction's state; what counts is what that came of.
  @Test(arguments: [
    Answer(.produce, "TOPIC_AUTHORIZATION_FAILED", .fatal), Answer(.produce, "MSG_SIZE_TOO_LARGE", .isolateRecord),
    Answer(.addPartitionsToTxn, "TOPIC_AUTHORIZATION_FAILED", .fatal),
    Answer(.addPartitionsToTxn, "INVALID_PRODUCER_ID_MAPPING", .abortTransaction),
  ]) func recordsAfterAFailureTellItsCause(answer: Answer) async throws {
    try await onOwnThread {
      let cluster = FaultyCluster()
      try cluster.withPorts { _, sink in
        try cluster.cycle(sink)
        cluster.mock.answer(answer.request, with: [MockCluster.code(answer.code)])
        let failure = #expect(throws: StreamError.self) {
          for _ in 0..<400 {
            try cluster.send(sink)
            usleep(100_000)
          }
        }
        #expect(failure?.response == answer.response, "\(failure.map(\.description) ?? "")")
      }
    }
  }

  /// The new producer is ready before anything else is, whatever its start is answered with.
  @Test(arguments: [
    "COORDINATOR_LOAD_IN_PROGRESS", "NOT_COORDINATOR", "CONCURRENT_TRANSACTIONS", "COORDINATOR_NOT_AVAILABLE",
    "_TRANSPORT",
  ]) func startIsWaitedForWhileTheCoordinatorMoves(code: String) async throws {
    try await onOwnThread {
      let cluster = FaultyCluster()
      cluster.mock.answer(.initProducerId, with: [MockCluster.code(code), MockCluster.code(code)])
      try cluster.withPorts { _, sink in try cluster.cycle(sink) }
    }
  }

  @Test func aStartWithoutTheRightToItsIdIsFatalAndSaysSo() async throws {
    try await onOwnThread {
      let cluster = FaultyCluster()
      cluster.mock.answer(.initProducerId, with: [MockCluster.code("TRANSACTIONAL_ID_AUTHORIZATION_FAILED")])
      let error = #expect(throws: StreamError.self) { try cluster.withPorts { _, _ in } }
      #expect(error?.response == .fatal && error?.description.contains("Grant this client its rights") == true)
    }
  }

  /// The coordinator raises the epoch when it ends a transaction by its timeout, and not that often.
  @Test func fencesThatComeTooOftenEndTheInstance() async throws {
    try await onOwnThread {
      let cluster = FaultyCluster()
      try cluster.withPorts { _, sink in
        var responses: [StreamError.Response] = []
        for _ in 0..<6 {
          cluster.mock.answer(.endTxn, with: [MockCluster.code("PRODUCER_FENCED")])
          responses.append(cluster.failure(of: sink)?.response ?? .fatal)
          if responses.last == .abortTransaction { try cluster.settle(sink) }
        }
        #expect(responses == Array(repeating: .abortTransaction, count: 5) + [.fenced])
      }
    }
  }

  /// While no broker answers, the outcome stays open, and nothing goes on before it is settled.
  @Test func sinkIsNotReadyUntilTheClusterIsBack() async throws {
    try await onOwnThread {
      let cluster = FaultyCluster()
      try cluster.withPorts { _, sink in
        try cluster.cycle(sink)
        cluster.mock.setUp(false)
        let failure = cluster.failure(of: sink)
        #expect(failure?.response == .waitForCluster, "\(failure.map(\.description) ?? "")")
        let still = #expect(throws: StreamError.self) { try sink.abort() }
        #expect(still?.response == .waitForCluster)
        cluster.mock.setUp(true)
        try cluster.settle(sink)
        try cluster.cycle(sink)
      }
    }
  }
}
