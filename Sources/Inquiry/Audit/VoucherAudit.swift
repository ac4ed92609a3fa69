import Contracts
import Loyalty

/// Whether each code, and each piece of a redemption, is one voucher's, and no voucher is used beyond what it is good
/// for. Knows no Kafka.
///
/// Keeps two digests a voucher, of one share of them. That a code is another's is seen by its sealed text, which is the
/// same for the same code for as long as the key of vouchers is.
package struct VoucherAudit {
  private let share: AuditShare
  /// Of codes and pieces, to the voucher's.
  private var owners: [Int: Int] = [:]
  package private(set) var faults: [AuditReport.Fault] = []
  package private(set) var faultCount = 0
  /// Of the share, those that are gone by now among them.
  package private(set) var vouchers: Int64 = 0

  private static let faultsMax = 100

  package init(_ share: AuditShare = .all) { self.share = share }

  package mutating func note(_ record: VoucherRecord) {
    let issue = record.issue
    let source = issue.isPartners ? issue.pool : ""
    own(RecordKey.joined("code", source, record.code), record, "its code is another voucher's too")
    let piece = RecordKey.joined("piece", issue.memberId, issue.redemptionId, "\(issue.piece)")
    if share.holds(piece), owners[AuditShare.digest(piece)] == nil { vouchers += 1 }
    own(piece, record, "piece \(issue.piece) of \(issue.redemptionId) has another voucher too")
    let most: Int64 =
      switch issue.uses {
      case .times(let times): times
      case .value(let value): value
      }
    if record.left < 0 || record.left > most { fault(record, "\(record.left) of \(most) are left") }
  }

  private mutating func own(_ key: String, _ record: VoucherRecord, _ problem: String) {
    guard share.holds(key) else { return }
    let voucher = AuditShare.digest(record.key)
    if let other = owners.updateValue(voucher, forKey: AuditShare.digest(key)), other != voucher {
      fault(record, problem)
    }
  }

  private mutating func fault(_ record: VoucherRecord, _ problem: String) {
    faultCount += 1
    guard faults.count < Self.faultsMax else { return }
    faults.append(
      .init(memberId: record.issue.memberId, programId: record.issue.pool, problem: "voucher \(record.key): \(problem)")
    )
  }
}
