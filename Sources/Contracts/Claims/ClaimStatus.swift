import JSON
import Loyalty

/// What became of a claim, or of an enrolment that found earlier purchases: the value of `loyalty.claims`.
package struct ClaimStatus: Equatable, Sendable {
  /// The claim's id; of a purchase found by enrolment: `enrolment:` and the purchase's source and id.
  package var id: String
  package var memberId: String
  package var receipt: String
  /// The purchase's source, where one was found.
  package var source: String?
  package var outcome: Outcome
  package var cause: Cause
  package var actor: String?
  /// In whose name the member is told; nil where no programme is in force.
  package var programId: String?
  /// Too many claims were wrong: until then the member's claims are refused.
  package var lockedUntil: Instant?
  package var occurredAt: Instant

  package enum Cause: String, CaseIterable, Sendable { case claim, enrolment }

  package enum Outcome: Equatable, Sendable {
    /// The purchase is booked as of its own date.
    case accepted
    case refused(Refusal)
  }

  /// Why a claim is refused. Part of the contract: `topics/schemas/claim.schema.json` lists them.
  package enum Refusal: String, CaseIterable, Sendable {
    /// No purchase that waits for its member has this receipt id, total and date.
    case receiptNotFound = "receipt-not-found"
    /// Several sources have such a purchase: the claim must name one.
    case severalReceipts = "several-receipts"
    case alreadyClaimed = "already-claimed"
    /// After too many wrong claims this member's claims are refused for a while.
    case claimsLocked = "claims-locked"
    /// As many claims as may be wrong are still being looked at.
    case tooManyOpenClaims = "too-many-open-claims"
    case unknownMember = "unknown-member"
    case accountClosed = "account-closed"
    /// The member was merged into another one, and that one back.
    case forwardingLoop = "forwarding-loop"
    case unknownProgramme = "unknown-programme"

    /// For the person who claims.
    package var message: String {
      switch self {
      case .receiptNotFound:
        "No purchase without a member has this receipt id, total and date; compare them with the receipt."
      case .severalReceipts: "Several shops have such a receipt; name the shop as source."
      case .alreadyClaimed: "This purchase has been booked for a member already."
      case .claimsLocked: "Too many claims were wrong; try again later."
      case .tooManyOpenClaims: "Earlier claims are still being looked at; wait for their answers."
      case .unknownMember: "There is no such member; enrol first."
      case .accountClosed: "The member's account is closed."
      case .forwardingLoop:
        "The member was merged into another one, and that one back; have mergedInto mended in the profiles, then claim again."
      case .unknownProgramme: "The claim names a programme that was not published; leave programId out or correct it."
      }
    }
  }

  package init(
    id: String, memberId: String, receipt: String, source: String? = nil, outcome: Outcome, cause: Cause,
    actor: String? = nil, programId: String? = nil, lockedUntil: Instant? = nil, occurredAt: Instant
  ) {
    self.id = id
    self.memberId = memberId
    self.receipt = receipt
    self.source = source
    self.outcome = outcome
    self.cause = cause
    self.actor = actor
    self.programId = programId
    self.lockedUntil = lockedUntil
    self.occurredAt = occurredAt
  }

  package var type: String {
    switch outcome {
    case .accepted: "claim.accepted"
    case .refused: "claim.refused"
    }
  }

  package func encode(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("type", type)
    writer.field("id", id)
    writer.field("occurredAt", occurredAt)
    writer.field("memberId", memberId)
    // What was refused may be no receipt at all: a phone, or an e-mail.
    let isRefused = outcome != .accepted
    writer.field("receipt", isRefused ? PersonalText.shown(receipt) : receipt)
    writer.field("source", isRefused ? source.map(PersonalText.shown) : source)
    writer.field("cause", cause.rawValue)
    writer.field("actor", actor)
    writer.field("programId", programId)
    if case .refused(let refusal) = outcome {
      writer.field("code", refusal.rawValue)
      writer.field("message", refusal.message)
      writer.field("lockedUntil", lockedUntil)
    }
    writer.endObject()
  }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(ContractViolation) {
    self = try Contracts.decoding(bytes) { reader in try ClaimStatus(reading: &reader) }
  }

  private init(reading reader: inout JSONReader) throws {
    var id: String?
    var memberId: String?
    var receipt: String?
    var source: String?
    var refusal: Refusal?
    var cause: Cause?
    var actor: String?
    var programId: String?
    var lockedUntil: Instant?
    var occurredAt: Instant?
    try reader.beginObject()
    while let key = try reader.nextField() {
      switch key {
      case "id": id = try reader.madeText()
      case "occurredAt": occurredAt = try reader.instant()
      case "memberId": memberId = try reader.id()
      case "receipt": receipt = try reader.id()
      case "source": source = try reader.id()
      case "code": refusal = try reader.word(Refusal.self)
      case "cause": cause = try reader.word(Cause.self)
      case "actor": actor = try reader.name()
      case "programId": programId = try reader.id()
      case "lockedUntil": lockedUntil = try reader.instant()
      default: try reader.skipValue()
      }
    }
    self.init(
      id: try id.required("id", in: reader), memberId: try memberId.required("memberId", in: reader),
      receipt: try receipt.required("receipt", in: reader), source: source,
      outcome: refusal.map { .refused($0) } ?? .accepted, cause: try cause.required("cause", in: reader),
      actor: actor, programId: programId, lockedUntil: lockedUntil,
      occurredAt: try occurredAt.required("occurredAt", in: reader))
  }
}
