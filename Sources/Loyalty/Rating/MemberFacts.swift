/// What rating knows of the member.
package struct MemberFacts: Equatable, Sendable {
  /// The tier held when the purchase occurred; nil: the programme's first.
  package var level: String?
  /// nil: not known. Conditions that ask for what is not known do not hold.
  package var traits: MemberTraits?

  package init(level: String? = nil, traits: MemberTraits? = nil) {
    self.level = level
    self.traits = traits
  }
}
