/// How a programme's conditions were answered for one purchase, line by line: all that rating it again needs, without
/// the categories, stores and traits that the conditions asked for.
package struct ConditionAnswers: Equatable, Sendable {
  /// Of the conditions asked; answers to other conditions mean nothing.
  package var fingerprint: Int64
  package var purchase: ConditionBits
  /// Empty where the programme has no conditions on lines.
  package var lines: [ConditionBits]

  package init(fingerprint: Int64, purchase: ConditionBits, lines: [ConditionBits]) {
    self.fingerprint = fingerprint
    self.purchase = purchase
    self.lines = lines
  }
}
