import Contracts
import StreamRuntime

/// What the GDPR worker reads, keeps and writes.
package enum PrivacyTopology {
  package static let service = Service.gdprWorker

  /// Co-partitioned by member; a record's ``InputRecord/topic`` is an index into these.
  static let inputs = [Topic.privacyRequests, .privacyReports]
  /// An output's topic is an index into these.
  static let outputs = [Topic.privacyTasks, .members, .privacyCertificates]
}
