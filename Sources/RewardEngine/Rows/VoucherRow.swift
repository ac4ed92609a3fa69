import Contracts
import Loyalty
import Rewards
import ServiceDomain
import StreamRuntime

/// A row of the store `vouchers`, under the digest of its code.
package struct VoucherRow: StoreRow, Equatable {
  /// nil: the code was given once, and nothing else of it is known any more.
  package var held: Held?

  /// A voucher with its code.
  package struct Held: Equatable, Sendable {
    package var issue: VoucherIssue
    package var code: RewardMessage.IssuedCode
    package var voucher: Voucher
    /// Time has been looked at up to here: what of it ended before has been told.
    package var lookedAt: Instant
    /// That it ran out was told to its member's task.
    package var isEndTold: Bool
    /// What is left of it is the code.
    package var forgetAt: Instant?

    package init(
      issue: VoucherIssue, code: RewardMessage.IssuedCode, voucher: Voucher, lookedAt: Instant,
      isEndTold: Bool = false, forgetAt: Instant? = nil
    ) {
      self.issue = issue
      self.code = code
      self.voucher = voucher
      self.lookedAt = lookedAt
      self.isEndTold = isEndTold
      self.forgetAt = forgetAt
    }
  }

  package static let format: UInt8 = 1
  /// A code that was given once.
  package static let spent = VoucherRow(nil)

  package init(_ held: Held?) { self.held = held }

  package var dueMs: Int64? {
    guard let held else { return nil }
    var dues = held.voucher.holds.map(\.until)
    if !held.isEndTold, held.voucher.validUntil < .distantFuture { dues.append(held.voucher.validUntil) }
    dues.removeAll { $0 <= held.lookedAt }
    if let forgetAt = held.forgetAt { dues.append(forgetAt) }
    return dues.min()?.milliseconds
  }

  package func encode(to row: RowEncoder) {
    row.bool(held != nil)
    guard let held else { return }
    held.issue.encode(to: row)
    row.issuedCode(held.code)
    row.optionalInstant(held.voucher.cancelledAt)
    row.list(held.voucher.holds) { hold in
      row.string(hold.id)
      row.caller(hold.caller)
      row.instant(hold.madeAt)
      row.instant(hold.until)
      row.int(hold.amount)
    }
    row.list(held.voucher.redemptions) { use in
      row.string(use.id)
      row.caller(use.caller)
      row.int(use.amount)
      row.instant(use.occurredAt)
      row.bool(use.isOffline)
      row.bool(use.givenBack != nil)
      if let back = use.givenBack {
        row.instant(back.at)
        row.string(back.reason)
      }
    }
    row.instant(held.lookedAt)
    row.bool(held.isEndTold)
    row.optionalInstant(held.forgetAt)
    row.bool(held.issue.isPartners)
  }

  package init(from row: inout RowDecoder) throws {
    guard try row.bool() else {
      self.init(nil)
      return
    }
    let issue = try VoucherIssue(from: &row)
    let code = try row.issuedCode()
    let cancelledAt = try row.optionalInstant()
    let holds = try row.list { row in
      VoucherHold(
        id: try row.string(), caller: try row.caller(), madeAt: try row.instant(), until: try row.instant(),
        amount: try row.sum())
    }
    let uses = try row.list { row in
      var use = VoucherRedemption(
        id: try row.string(), caller: try row.caller(), amount: try row.sum(), occurredAt: try row.instant(),
        isOffline: try row.bool())
      if try row.bool() { use.givenBack = .init(at: try row.instant(), reason: try row.string()) }
      return use
    }
    let voucher = Voucher(issue, cancelledAt: cancelledAt, holds: holds, redemptions: uses)
    var held = Held(
      issue: issue, code: code, voucher: voucher, lookedAt: try row.instant(), isEndTold: try row.bool(),
      forgetAt: try row.optionalInstant())
    held.issue.isPartners = try row.bool()
    self.init(held)
  }
}

extension Voucher {
  init(
    _ issue: VoucherIssue, cancelledAt: Instant? = nil, holds: [VoucherHold] = [],
    redemptions: [VoucherRedemption] = []
  ) {
    self.init(
      id: issue.voucher, pool: issue.pool, holder: issue.memberId, terms: issue.terms, uses: issue.uses,
      validFrom: issue.validFrom, validUntil: issue.validUntil, cancelledAt: cancelledAt, holds: holds,
      redemptions: redemptions)
  }
}

extension VoucherIssue {
  fileprivate func encode(to row: RowEncoder) {
    row.string(voucher)
    row.string(memberId)
    row.string(redemptionId)
    row.int(piece)
    row.string(pool)
    row.terms(terms)
    switch uses {
    case .times(let times):
      row.byte(0)
      row.int(times)
    case .value(let value):
      row.byte(1)
      row.int(value)
    }
    row.instant(validFrom)
    row.instant(validUntil)
  }

  fileprivate init(from row: inout RowDecoder) throws {
    self.init(
      voucher: try row.string(), memberId: try row.string(), redemptionId: try row.string(), piece: try row.count(),
      pool: try row.string(), terms: try row.terms(), uses: try row.uses(), validFrom: try row.instant(),
      validUntil: try row.instant())
  }
}

extension RowEncoder {
  fileprivate func caller(_ caller: VoucherCaller) {
    string(caller.bill)
    optionalString(caller.store)
    optionalString(caller.member)
  }
}

extension RowDecoder {
  fileprivate mutating func caller() throws -> VoucherCaller {
    VoucherCaller(bill: try string(), store: try optionalString(), member: try optionalString())
  }

  fileprivate mutating func uses() throws -> Voucher.Uses {
    switch try byte() {
    case 0: return .times(try int(within: 1...Voucher.timesMax))
    case 1: return .value(try sum())
    case let other: throw RowFormatError("uses of kind \(other)")
    }
  }
}
