import JSON
import Loyalty
import Rewards

/// A value of `loyalty.voucher-pools`: one version of a pool of vouchers. A voucher keeps the terms that it was issued
/// with.
package struct VoucherPoolDocument: VersionedDocument {
  package static let topic = Topic.voucherPools
  package static let noun = "a pool of vouchers"

  package let id: String
  package let version: Int64
  /// Where it is not active no voucher is issued of it; those that are out are good.
  package let status: Reward.Status
  package let names: DisplayNames
  package let source: Source
  package let terms: VoucherTerms
  package let uses: Voucher.Uses
  package let validity: VoucherValidity
  /// Whose days count.
  package let calendar: ZoneCalendar
  /// How many vouchers of the pool a member may be issued.
  package let perMember: MemberLimit?

  package enum Source: Equatable, Sendable {
    /// Derived codes, and how many may be live at once.
    case own(CodePattern, codesMax: Int64)
    /// By `loyalty vouchers import`.
    case imported
  }

  package init(_ value: JSONValue, isNew: Bool) throws(ProgramRefused) {
    self = try Self.checked(value, isNew: isNew, Self.init(reading:_:))
  }

  private init?(reading node: JSONNode, _ problems: ProgramProblems) {
    guard
      let fields = ProgramFields(
        node, problems,
        known: DocumentHead.known.union([
          "timeZone", "source", "pattern", "alphabet", "codesMax", "activeAfterDays", "validForDays", "validUntil",
          "currency", "effect", "uses", "stores", "products", "minimum", "combinable", "perMember",
        ]))
    else { return nil }
    let head = DocumentHead(fields)
    let source = fields.required("source").flatMap { CodeSourceDocument.source($0, fields) }
    let calendar = fields.required("timeZone").flatMap { ProgramDocument.calendar($0, fields) }
    let terms = VoucherTermsDocument.terms(fields)
    let uses = VoucherTermsDocument.uses(fields, terms)
    let validity = Self.validity(fields)
    let perMember = MemberLimitDocument.limit(fields)
    guard let head, let source, let calendar, let terms, let uses, let validity else { return nil }
    id = head.id
    version = head.version
    status = head.status
    names = head.names
    self.source = source
    self.calendar = calendar
    self.terms = terms
    self.uses = uses
    self.validity = validity
    self.perMember = perMember
  }

  private static func validity(_ fields: ProgramFields) -> VoucherValidity? {
    func days(_ name: String, from least: Int64) -> Int? {
      fields.node[name].flatMap { fields.whole($0, least...ProgramDocument.daysMax) }.map { Int($0) }
    }
    let validity = VoucherValidity(
      activeAfterDays: days("activeAfterDays", from: 0) ?? 0, validForDays: days("validForDays", from: 0),
      lastDay: fields.node["validUntil"].flatMap { MomentConditionDocument.day($0, fields) })
    switch (fields.node["validForDays"], fields.node["validUntil"]) {
    case (nil, nil):
      fields.problems.add(fields.node.path, "must hold validForDays or validUntil: vouchers run out")
      return nil
    case (.some, .some(let field)):
      fields.problems.add(field.path, "cannot stand beside validForDays")
      return nil
    default: return validity
    }
  }
}

/// Where a pool's codes come from: `source`, `pattern`, `alphabet`, `codesMax`.
enum CodeSourceDocument {
  private enum Word: String, CaseIterable {
    case own, imported
  }

  static func source(_ field: JSONNode, _ fields: ProgramFields) -> VoucherPoolDocument.Source? {
    guard let word = fields.word(field, Word.self) else { return nil }
    switch word {
    case .own: return own(fields)
    case .imported:
      for name in ["pattern", "alphabet", "codesMax"] {
        if let field = fields.node[name] { fields.problems.add(field.path, "is of own codes; these are imported") }
      }
      return .imported
    }
  }

  private static func own(_ fields: ProgramFields) -> VoucherPoolDocument.Source? {
    let alphabet = fields.node["alphabet"].map { Self.alphabet($0, fields) } ?? .standard
    let codesMax = fields.required("codesMax").flatMap { fields.whole($0, 1...RewardStock.piecesMax) }
    guard let field = fields.required("pattern"), let alphabet, let codesMax else { return nil }
    guard let pattern = field.string.flatMap({ CodePattern($0, alphabet: alphabet) }) else {
      fields.problems.add(
        field.path,
        "must be parts between hyphens, such as TET-####-####: of 3 to 12 #, or of digits and capitals that all codes "
          + "have; \(CodePattern.lengthMax) characters at most")
      return nil
    }
    if let refusal = CodeRoom(pattern, live: UInt64(codesMax)).refusal(of: alphabet) {
      fields.problems.add(field.path, problem(refusal, pattern))
      return nil
    }
    return .own(pattern, codesMax: codesMax)
  }

  private static func alphabet(_ field: JSONNode, _ fields: ProgramFields) -> CodeAlphabet? {
    guard let alphabet = field.string.flatMap({ CodeAlphabet($0) }) else {
      let range = CodeAlphabet.countRange
      fields.problems.add(
        field.path,
        "must be \(range.lowerBound) to \(range.upperBound) different digits and capitals, and not 19 of them")
      return nil
    }
    return alphabet
  }

  /// The numbers, and what to do.
  private static func problem(_ refusal: CodeRoom.Refusal, _ pattern: CodePattern) -> String {
    let fewer = refusal.possible / refusal.ratioMin
    let other = fewer > 0 ? ", or set codesMax to \(fewer)" : ""
    return "can be guessed: \(refusal.possible) codes for \(refusal.live) live ones are \(refusal.ratio) each, below "
      + "\(refusal.ratioMin). Draw \(refusal.drawnNeeded) characters, not \(pattern.drawnCount) (# less one a "
      + "part)\(other)"
  }
}
