import JSON
import Loyalty
import Rewards

/// What the owners in the reward engine tell each other: the value of `loyalty.reward-messages`. A member's task leads
/// their redemptions; a reward's stock is owned by the task that the reward's id hashes to, a code by that of its
/// digest. Each step comes once, for its record and what it causes are one transaction.
package struct RewardMessage: Equatable, Sendable {
  package var memberId: String
  package var redemptionId: String
  package var content: Content
  package var occurredAt: Instant

  package enum Content: Equatable, Sendable {
    // To the owner of a reward's stock, and back.
    /// `stock`: what version `version` of the reward puts in.
    case holdStock(reward: String, pieces: Int64, stock: Int64, version: Int64)
    case giveStock(reward: String)
    case returnStock(reward: String)
    case stockHeld
    case stockRefused(left: Int64)
    // To the owner of a code that was derived for a piece, and back: issued, or it belongs to another voucher.
    case issueCode(VoucherIssue, IssuedCode)
    case codeIssued(piece: Int64, IssuedCode)
    case codeTaken(piece: Int64, counter: Int64)
    // From partition to partition, until one has a code of the pool left; and back.
    case giveCode(VoucherIssue, asked: Int64)
    case noCodeLeft(piece: Int64)
    // To the owner of a code, and back: it is back unused, or was used before.
    case takeBack(CodeDigest, voucher: String, piece: Int64)
    case takenBack(piece: Int64)
    case notTakenBack(piece: Int64)
    // Of a voucher, as it changes.
    case voucherUsed(piece: Int64)
    case voucherGivenBack(piece: Int64)
    case voucherExpired(piece: Int64)
  }

  /// A code with what it is found and shown by.
  package struct IssuedCode: Equatable, Sendable {
    package var digest: CodeDigest
    package var sealed: String
    package var codeEnd: String
    /// Which of the codes derived for the piece; 0 for an imported one.
    package var counter: Int64
    /// Of an imported one that ends by itself; nil: as the voucher's pool says.
    package var validUntil: Instant?

    package init(
      digest: CodeDigest, sealed: String, codeEnd: String, counter: Int64 = 0, validUntil: Instant? = nil
    ) {
      self.digest = digest
      self.sealed = sealed
      self.codeEnd = codeEnd
      self.counter = counter
      self.validUntil = validUntil
    }
  }

  package init(memberId: String, redemptionId: String, content: Content, occurredAt: Instant) {
    self.memberId = memberId
    self.redemptionId = redemptionId
    self.content = content
    self.occurredAt = occurredAt
  }

  fileprivate enum TypeName: String, CaseIterable {
    case holdStock = "stock.hold"
    case giveStock = "stock.give"
    case returnStock = "stock.return"
    case stockHeld = "stock.held"
    case stockRefused = "stock.refused"
    case issueCode = "code.issue"
    case codeIssued = "code.issued"
    case codeTaken = "code.taken"
    case giveCode = "code.give"
    case noCodeLeft = "code.none-left"
    case takeBack = "code.take-back"
    case takenBack = "code.taken-back"
    case notTakenBack = "code.not-taken-back"
    case voucherUsed = "voucher.used"
    case voucherGivenBack = "voucher.given-back"
    case voucherExpired = "voucher.expired"
  }

  package var type: String { typeName.rawValue }

  private var typeName: TypeName {
    switch content {
    case .holdStock: .holdStock
    case .giveStock: .giveStock
    case .returnStock: .returnStock
    case .stockHeld: .stockHeld
    case .stockRefused: .stockRefused
    case .issueCode: .issueCode
    case .codeIssued: .codeIssued
    case .codeTaken: .codeTaken
    case .giveCode: .giveCode
    case .noCodeLeft: .noCodeLeft
    case .takeBack: .takeBack
    case .takenBack: .takenBack
    case .notTakenBack: .notTakenBack
    case .voucherUsed: .voucherUsed
    case .voucherGivenBack: .voucherGivenBack
    case .voucherExpired: .voucherExpired
    }
  }

  /// Whom it is for; nil of ``Content/giveCode(_:asked:)``, which goes to a partition.
  package var key: String? {
    switch content {
    case .holdStock(let reward, _, _, _), .giveStock(let reward), .returnStock(let reward): reward
    case .issueCode(_, let code): code.digest.hexadecimal
    case .takeBack(let digest, _, _): digest.hexadecimal
    case .giveCode: nil
    case .stockHeld, .stockRefused, .codeIssued, .codeTaken, .noCodeLeft, .takenBack, .notTakenBack, .voucherUsed,
      .voucherGivenBack, .voucherExpired:
      memberId
    }
  }

  package var id: String {
    let piece: Int64? =
      switch content {
      case .issueCode(let issue, _), .giveCode(let issue, _): issue.piece
      case .codeIssued(let piece, _), .codeTaken(let piece, _), .noCodeLeft(let piece), .takeBack(_, _, let piece),
        .takenBack(let piece), .notTakenBack(let piece), .voucherUsed(let piece), .voucherGivenBack(let piece),
        .voucherExpired(let piece):
        piece
      case .holdStock, .giveStock, .returnStock, .stockHeld, .stockRefused: nil
      }
    return redemptionId + (piece.map { "/\($0)" } ?? "") + "/" + type
  }
}

// MARK: Coding

extension RewardMessage {
  package func encode(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("type", type)
    writer.field("id", id)
    writer.field("occurredAt", occurredAt)
    writer.field("memberId", memberId)
    writer.field("redemptionId", redemptionId)
    switch content {
    case .holdStock(let reward, let pieces, let stock, let version):
      writer.field("reward", reward)
      writer.field("pieces", pieces)
      writer.field("stock", stock)
      writer.field("version", version)
    case .giveStock(let reward), .returnStock(let reward): writer.field("reward", reward)
    case .stockHeld: break
    case .stockRefused(let left): writer.field("left", left)
    case .issueCode(let issue, let code):
      writer.key("issue")
      issue.encode(to: &writer)
      code.encodeFields(to: &writer)
    case .codeIssued(let piece, let code):
      writer.field("piece", piece)
      code.encodeFields(to: &writer)
    case .codeTaken(let piece, let counter):
      writer.field("piece", piece)
      writer.field("counter", counter)
    case .giveCode(let issue, let asked):
      writer.key("issue")
      issue.encode(to: &writer)
      writer.field("asked", asked)
    case .takeBack(let digest, let voucher, let piece):
      writer.field("piece", piece)
      writer.field("digest", digest.hexadecimal)
      writer.field("voucher", voucher)
    case .noCodeLeft(let piece), .takenBack(let piece), .notTakenBack(let piece), .voucherUsed(let piece),
      .voucherGivenBack(let piece), .voucherExpired(let piece):
      writer.field("piece", piece)
    }
    writer.endObject()
  }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(ContractViolation) {
    self = try Contracts.decoding(bytes) { reader in try RewardMessageFields(reading: &reader).message(in: reader) }
  }
}

extension RewardMessage.IssuedCode {
  fileprivate func encodeFields(to writer: inout JSONWriter) {
    writer.field("digest", digest.hexadecimal)
    writer.field("code", sealed)
    writer.field("codeEnd", codeEnd)
    writer.field("counter", counter)
    writer.field("validUntil", validUntil)
  }
}

private struct RewardMessageFields {
  private var name: RewardMessage.TypeName?
  private var texts: [String: String] = [:]
  private var numbers: [String: Int64] = [:]
  private var digest: CodeDigest?
  private var issue: VoucherIssue?
  private var occurredAt: Instant?
  private var validUntil: Instant?

  init(reading reader: inout JSONReader) throws {
    try reader.beginObject()
    while let key = try reader.nextField() {
      switch key {
      case "type": name = try reader.word(RewardMessage.TypeName.self)
      case "occurredAt": occurredAt = try reader.instant()
      case "validUntil": validUntil = try reader.instant()
      case "memberId", "redemptionId", "reward", "voucher": texts[key.string] = try reader.id()
      case "code", "codeEnd": texts[key.string] = try reader.madeText()
      case "pieces", "stock", "version", "left", "piece", "counter", "asked":
        numbers[key.string] = try reader.count(atLeast: 0)
      case "digest": digest = try reader.codeDigest()
      case "issue": issue = try VoucherIssue(reading: &reader)
      default: try reader.skipValue()
      }
    }
  }

  func message(in reader: borrowing JSONReader) throws -> RewardMessage {
    RewardMessage(
      memberId: try text("memberId", reader), redemptionId: try text("redemptionId", reader),
      content: try content(reader), occurredAt: try occurredAt.required("occurredAt", in: reader))
  }

  private func content(_ reader: borrowing JSONReader) throws -> RewardMessage.Content {
    switch try name.required("type", in: reader) {
    case .holdStock:
      .holdStock(
        reward: try text("reward", reader), pieces: try number("pieces", reader), stock: try number("stock", reader),
        version: try number("version", reader))
    case .giveStock: .giveStock(reward: try text("reward", reader))
    case .returnStock: .returnStock(reward: try text("reward", reader))
    case .stockHeld: .stockHeld
    case .stockRefused: .stockRefused(left: try number("left", reader))
    case .issueCode: .issueCode(try issue.required("issue", in: reader), try code(reader))
    case .codeIssued: .codeIssued(piece: try number("piece", reader), try code(reader))
    case .codeTaken: .codeTaken(piece: try number("piece", reader), counter: try number("counter", reader))
    case .giveCode: .giveCode(try issue.required("issue", in: reader), asked: try number("asked", reader))
    case .noCodeLeft: .noCodeLeft(piece: try number("piece", reader))
    case .takeBack:
      .takeBack(
        try digest.required("digest", in: reader), voucher: try text("voucher", reader),
        piece: try number("piece", reader))
    case .takenBack: .takenBack(piece: try number("piece", reader))
    case .notTakenBack: .notTakenBack(piece: try number("piece", reader))
    case .voucherUsed: .voucherUsed(piece: try number("piece", reader))
    case .voucherGivenBack: .voucherGivenBack(piece: try number("piece", reader))
    case .voucherExpired: .voucherExpired(piece: try number("piece", reader))
    }
  }

  private func code(_ reader: borrowing JSONReader) throws -> RewardMessage.IssuedCode {
    RewardMessage.IssuedCode(
      digest: try digest.required("digest", in: reader), sealed: try text("code", reader),
      codeEnd: try text("codeEnd", reader), counter: try number("counter", reader),
      validUntil: validUntil)
  }

  private func text(_ name: String, _ reader: borrowing JSONReader) throws -> String {
    try texts[name].required(name, in: reader)
  }

  private func number(_ name: String, _ reader: borrowing JSONReader) throws -> Int64 {
    try numbers[name].required(name, in: reader)
  }
}
