import JSON
import Loyalty
import Rewards

/// What the owners of several codes of one till's command tell each other, on `loyalty.reward-messages`. The owner of
/// the first code leads: it lets all look, then act, and where one could not, lets the others undo what they did.
package struct BundleMessage: Equatable, Sendable {
  /// The till's command: its id and who asked.
  package var commandId: String
  package var source: String
  /// The command's first code: its owner leads.
  package var lead: CodeDigest
  /// Of the code among the command's, from 0.
  package var place: Int64
  package var step: Step
  package var content: Content
  package var occurredAt: Instant

  package enum Step: String, CaseIterable, Sendable {
    case look, act, undo
  }

  package enum Content: Equatable, Sendable {
    /// The command as it would be of this code alone. `amount`: what the code takes off, in minor units, where it is to
    /// be held.
    case ask(TillCommand, amount: Int64?)
    case told(Told)
  }

  /// What an owner found, or did.
  package struct Told: Equatable, Sendable {
    package var refusal: TillAnswer.Refusal?
    /// nil: there is no such code for who asks.
    package var voucher: Seen?
    /// Whether acting has changed the voucher.
    package var moved: Bool

    package init(refusal: TillAnswer.Refusal? = nil, voucher: Seen? = nil, moved: Bool = false) {
      self.refusal = refusal
      self.voucher = voucher
      self.moved = moved
    }
  }

  package struct Seen: Equatable, Sendable {
    package var item: TillAnswer.Item
    package var terms: VoucherTerms

    package init(item: TillAnswer.Item, terms: VoucherTerms) {
      self.item = item
      self.terms = terms
    }
  }

  package init(
    commandId: String, source: String, lead: CodeDigest, place: Int64, step: Step, content: Content,
    occurredAt: Instant
  ) {
    self.commandId = commandId
    self.source = source
    self.lead = lead
    self.place = place
    self.step = step
    self.content = content
    self.occurredAt = occurredAt
  }

  fileprivate enum TypeName: String, CaseIterable {
    case ask = "bundle.ask"
    case told = "bundle.told"
  }

  /// Whom it is for: the owner of a code.
  package var key: String {
    switch content {
    case .ask(let command, _): command.key
    case .told: lead.hexadecimal
    }
  }

  package var type: String { typeName.rawValue }
  package var id: String { "\(commandId)/\(place)/\(type).\(step.rawValue)" }

  private var typeName: TypeName {
    switch content {
    case .ask: .ask
    case .told: .told
    }
  }

  // MARK: Coding

  package func encode(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("type", type)
    writer.field("id", id)
    writer.field("occurredAt", occurredAt)
    writer.field("commandId", commandId)
    writer.field("source", source)
    writer.field("lead", lead.hexadecimal)
    writer.field("place", place)
    writer.field("step", step.rawValue)
    switch content {
    case .ask(let command, let amount):
      writer.key("command")
      command.encode(to: &writer)
      if let amount { writer.field("amount", amount) }
    case .told(let told):
      if let refusal = told.refusal {
        writer.key("refusal")
        refusal.encode(to: &writer)
      }
      if let seen = told.voucher {
        writer.key("voucher")
        seen.item.encode(to: &writer)
        writer.key("terms")
        seen.terms.encode(to: &writer)
      }
      if told.moved { writer.field("moved", true) }
    }
    writer.endObject()
  }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(ContractViolation) {
    self = try Contracts.decoding(bytes) { reader in try BundleFields(reading: &reader).message(in: reader) }
  }
}

/// A value of `loyalty.reward-messages`.
package enum OwnersMessage: Sendable {
  case redemption(RewardMessage)
  case bundle(BundleMessage)

  package init(decoding bytes: UnsafeRawBufferPointer) throws(ContractViolation) {
    let name: String?
    var reader = JSONReader(bytes)
    do throws(JSONError) {
      name = try Self.type(&reader)
    } catch {
      throw ContractViolation(error)
    }
    self =
      BundleMessage.TypeName(rawValue: name ?? "") == nil
      ? .redemption(try RewardMessage(decoding: bytes)) : .bundle(try BundleMessage(decoding: bytes))
  }

  /// It stands first, as we write it.
  private static func type(_ reader: inout JSONReader) throws(JSONError) -> String? {
    try reader.beginObject()
    while let key = try reader.nextField() {
      if key == "type" { return try reader.string() }
      try reader.skipValue()
    }
    return nil
  }
}

private struct BundleFields {
  private var name: BundleMessage.TypeName?
  private var texts: [String: String] = [:]
  private var place: Int64?
  private var amount: Int64?
  private var step: BundleMessage.Step?
  private var lead: CodeDigest?
  private var command: TillCommand?
  private var refusal: TillAnswer.Refusal?
  private var item: TillAnswer.Item?
  private var terms: VoucherTerms?
  private var moved = false
  private var occurredAt: Instant?

  init(reading reader: inout JSONReader) throws {
    try reader.beginObject()
    while let key = try reader.nextField() {
      switch key {
      case "type": name = try reader.word(BundleMessage.TypeName.self)
      case "occurredAt": occurredAt = try reader.instant()
      case "commandId", "source": texts[key.string] = try reader.id()
      case "lead": lead = try reader.codeDigest()
      case "place": place = try reader.count(atLeast: 0, atMost: Int64(VoucherBundle.codesMax) - 1)
      case "step": step = try reader.word(BundleMessage.Step.self)
      case "command": command = try TillCommand(reading: &reader)
      case "amount": amount = try reader.count(atLeast: 0, atMost: Money.largestSum)
      case "refusal": refusal = try TillAnswer.Refusal(reading: &reader)
      case "voucher": item = try TillAnswer.Item(reading: &reader)
      case "terms": terms = try VoucherTerms(reading: &reader)
      case "moved": moved = try reader.bool()
      default: try reader.skipValue()
      }
    }
  }

  func message(in reader: borrowing JSONReader) throws -> BundleMessage {
    let content: BundleMessage.Content
    switch try name.required("type", in: reader) {
    case .ask: content = .ask(try command.required("command", in: reader), amount: amount)
    case .told:
      let seen = try item.map { BundleMessage.Seen(item: $0, terms: try terms.required("terms", in: reader)) }
      content = .told(.init(refusal: refusal, voucher: seen, moved: moved))
    }
    return BundleMessage(
      commandId: try texts["commandId"].required("commandId", in: reader),
      source: try texts["source"].required("source", in: reader), lead: try lead.required("lead", in: reader),
      place: try place.required("place", in: reader), step: try step.required("step", in: reader), content: content,
      occurredAt: try occurredAt.required("occurredAt", in: reader))
  }
}

extension TillAnswer.Refusal {
  fileprivate func encode(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("code", code)
    writer.field("place", place)
    writer.field("at", at)
    if let required { writer.field("required", required) }
    if let available { writer.field("available", available) }
    writer.field("other", other)
    writer.endObject()
  }

  fileprivate init(reading reader: inout JSONReader) throws {
    var code: String?
    var numbers: [String: Int64] = [:]
    var at: Instant?
    var other: String?
    try reader.beginObject()
    while let key = try reader.nextField() {
      switch key {
      case "code": code = try reader.id()
      case "place", "required", "available": numbers[key.string] = try reader.integer()
      case "at": at = try reader.instant()
      case "other": other = try reader.madeText()
      default: try reader.skipValue()
      }
    }
    self.init(
      code: try code.required("code", in: reader), place: numbers["place"] ?? 0, at: at, required: numbers["required"],
      available: numbers["available"], other: other)
  }
}
