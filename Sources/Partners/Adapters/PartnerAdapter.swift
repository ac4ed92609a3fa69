import JSON
import Loyalty

/// What one partner is asked, and what its answers mean. A value without a clock or a network.
///
/// An order goes out by an ``IssueCall``, a question about it by a ``StatusCall``; only ``PartnerDelivery`` makes them.
package protocol PartnerAdapter: Sendable {
  var terms: PartnerTerms { get }
  /// What references begin with.
  var referencePrefix: String { get }

  /// nil: the partner has no such product, or not in this number; nothing is asked.
  func issue(_ call: IssueCall) -> PartnerRequest?
  func status(_ reference: PartnerReference) -> PartnerRequest
  func cataloguePage(_ page: Int) -> PartnerRequest
  /// nil: the partner has no statement that can be asked for.
  func statement(of day: LocalDate, page: Int) -> PartnerRequest?

  func judge(_ answer: ReadAnswer, to call: IssueCall) -> IssueVerdict
  func judge(_ answer: ReadAnswer, aboutOrderOf quantity: Int) -> StatusVerdict
  func readCatalogue(_ answer: ReadAnswer) -> PartnerPage<PartnerProduct>?
  func readStatement(_ answer: ReadAnswer) -> PartnerPage<StatementLine>?
}

/// How a partner is to be treated.
package struct PartnerTerms: Equatable, Sendable {
  /// So long after an order went out it may be asked for again, under its reference.
  package let repeatAfterMs: Int64
  /// So many calls a window at most, of all instances together.
  package let callsMax: Int
  package let windowMs: Int64

  /// Of a partner that is not known any more.
  package static let cautious = PartnerTerms(repeatAfterMs: 600_000, callsMax: 1, windowMs: 60_000)

  /// No more than so many a second; nil: as they are.
  package func limited(toCallsPerSecond callsMax: Int?) -> PartnerTerms {
    let secondMs: Int64 = 1_000
    guard let callsMax, Int64(callsMax) * windowMs < Int64(self.callsMax) * secondMs else { return self }
    return PartnerTerms(repeatAfterMs: repeatAfterMs, callsMax: callsMax, windowMs: secondMs)
  }
}

/// A page of what a partner tells, and how many there are.
package struct PartnerPage<Element: Equatable & Sendable>: Equatable, Sendable {
  package let elements: [Element]
  package let pages: Int
}

/// One thing of a partner's catalogue.
package struct PartnerProduct: Equatable, Sendable {
  /// As an order names it, and as a reward's document says it in `deliver.product`.
  package let product: String
  package let name: String
  /// In whole units of the partner's currency.
  package let price: Int64?
  package let stock: Stock
  /// In how many shops it is taken; nil: it is not told.
  package let stores: Int?

  package enum Stock: String, Sendable {
    case available, out
    case untold
  }
}

extension PartnerAccount {
  package var adapter: any PartnerAdapter {
    switch kind {
    case .gotIt(let account): GotItAdapter(url: url, account: account)
    case .urBox(let account): UrBoxAdapter(url: url, account: account)
    case .json(let account): JSONPartnerAdapter(url: url, account: account)
    }
  }
}

extension PartnerAdapter {
  package func verdict(_ answer: PartnerAnswer, to call: IssueCall) -> IssueVerdict {
    switch ReadAnswer.of(answer) {
    case (let read?, _): judge(read, to: call)
    case (nil, .notSent): .later(code: PartnerCode.notSent)
    case (nil, .lost): .unknown(code: PartnerCode.noAnswer)
    }
  }

  package func verdict(_ answer: PartnerAnswer, to call: StatusCall) -> StatusVerdict {
    switch ReadAnswer.of(answer) {
    case (let read?, _): judge(read, aboutOrderOf: call.quantity)
    case (nil, .notSent): .unknown(code: PartnerCode.notSent)
    case (nil, .lost): .unknown(code: PartnerCode.noAnswer)
    }
  }

  /// A question about an order that nobody made, to see whether key and signature are taken. `notKnown`: they are.
  package var trialQuestion: PartnerRequest { status(.ofNothing(prefix: referencePrefix)) }

  package func trialVerdict(_ answer: PartnerAnswer) -> StatusVerdict {
    ReadAnswer.of(answer).answer.map { judge($0, aboutOrderOf: 1) } ?? .unknown(code: PartnerCode.noAnswer)
  }

  /// nil: it is no page of a catalogue.
  package func catalogue(_ answer: PartnerAnswer) -> PartnerPage<PartnerProduct>? {
    ReadAnswer.of(answer).answer.flatMap(readCatalogue)
  }

  /// nil: it is no page of a statement.
  package func statement(_ answer: PartnerAnswer) -> PartnerPage<StatementLine>? {
    ReadAnswer.of(answer).answer.flatMap(readStatement)
  }
}

extension ReadAnswer {
  /// What a status says of an order where the answer's text says nothing: only what shows that the order was not looked
  /// at is no doubt.
  var issueVerdictByStatus: IssueVerdict {
    let code = PartnerCode.http(status)
    switch status {
    case 401, 403, 404, 405, 407: return .account(code: code)
    case 300..<400: return .account(code: code)
    case 400, 413, 422: return .refused(code: code)
    case 429: return .limit(code: code)
    case 200..<300: return .unknown(code: PartnerCode.unclear)
    default: return .unknown(code: code)
    }
  }

  var statusVerdictByStatus: StatusVerdict {
    let code = PartnerCode.http(status)
    switch status {
    case 401, 403, 404, 405, 407: return .account(code: code)
    case 300..<400: return .account(code: code)
    case 429: return .limit(code: code)
    case 200..<300: return .unknown(code: PartnerCode.unclear)
    default: return .unknown(code: code)
    }
  }
}

extension [PartnerVoucher] {
  /// As many as were ordered, and each of use; nil: one cannot give them out.
  func whole(_ quantity: Int) -> [PartnerVoucher]? {
    count == quantity && allSatisfy(\.isWhole) ? self : nil
  }
}
