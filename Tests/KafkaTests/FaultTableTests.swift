import Kafka
import MockCluster
import Testing

/// What each error code means to a caller. The table is read by name here, so that a number in the wrong row shows.
@Suite(.timeLimit(.minutes(10))) struct FaultTableTests {
  private static let codes = MockCluster.knownCodes.map { KafkaErrorCode(rawValue: $0.code) }

  private func error(_ code: KafkaErrorCode, isFatal: Bool = false) -> KafkaError {
    KafkaError(code: code, message: "", isFatal: isFatal)
  }

  @Test(arguments: codes) func everyCodeOfTheLibraryStandsInTheTable(code: KafkaErrorCode) {
    #expect(KafkaFaultTable.rows[code.rawValue] != nil, "say in KafkaFaultTable what \(code.name) means")
  }

  /// By what their names say, whichever they are.
  @Test(arguments: codes) func whatTheNameOfACodeSaysItMeans(code: KafkaErrorCode) {
    let name = code.name
    let fault = error(code).fault
    let inTransaction = error(code).faultInTransaction
    if name.contains("AUTHORIZATION_FAILED") { #expect(fault == .refused && error(code).isUnauthorized) }
    if name.contains("SASL") || name.hasSuffix("_SSL") { #expect(fault == .refused && error(code).isUnauthenticated) }
    if name.contains("UNKNOWN_TOPIC") || name == "_UNKNOWN_PARTITION" { #expect(fault == .missingTopic) }
    if name.contains("LEADER") || name.contains("TIMED_OUT") || name.contains("REPLICAS") { #expect(fault == .passing) }
    if name.hasPrefix("COORDINATOR") || name == "NOT_COORDINATOR" || name == "NOT_CONTROLLER" {
      #expect(fault == .passing && inTransaction == .passing)
    }
    if name.contains("MEMBER_EPOCH") || name == "UNKNOWN_MEMBER_ID" || name == "ILLEGAL_GENERATION" {
      #expect(fault == .passing && inTransaction == .aborted)
    }
    if name.contains("PRODUCER") || name.contains("SEQUENCE") {
      #expect(fault == .fatal && inTransaction == .renewed)
    }
    if name == "MSG_SIZE_TOO_LARGE" || name == "RECORD_LIST_TOO_LARGE" {
      #expect(fault == .refused && inTransaction == .tooLarge)
    }
    if error(code).isUnanswered { #expect(fault == .passing && inTransaction == .passing) }
    if error(code).isProducerFence { #expect(inTransaction == .renewed) }
  }

  @Test func onlyTheGroupTellsATrueDouble() {
    let fenced = Self.codes.filter { error($0).fault == .fenced || error($0).faultInTransaction == .fenced }
    #expect(fenced.map(\.name) == ["FENCED_INSTANCE_ID"])
  }

  @Test func aClientThatCanDoNoMoreIsNotWaitedForAndIsReplacedInsideATransaction() {
    let moved = KafkaErrorCode(rawValue: MockCluster.code("NOT_LEADER_FOR_PARTITION"))
    #expect(error(moved, isFatal: true).fault == .fatal)
    #expect(error(moved, isFatal: true).faultInTransaction == .renewed)
    let refused = KafkaErrorCode(rawValue: MockCluster.code("TRANSACTIONAL_ID_AUTHORIZATION_FAILED"))
    #expect(error(refused, isFatal: true).faultInTransaction == .refused)
  }

  @Test func aCodeThatNobodyKnowsIsFatal() {
    #expect(error(KafkaErrorCode(rawValue: 31_000)).fault == .fatal)
    #expect(error(KafkaErrorCode(rawValue: 31_000)).faultInTransaction == .fatal)
  }
}
