/// Which purchases a programme takes, and whose they are.
package struct IntakePolicy: Equatable, Sendable {
  /// Purchases that occurred longer ago than so many days are refused; nil: however old.
  package var lateDays: Int?
  /// A member who enrols gets what was bought under the same card, phone or e-mail so many days before.
  package var enrolmentDays: Int
  /// How a purchase that names an e-mail finds its member.
  package var emailMatching: EmailMatching

  package init(lateDays: Int? = nil, enrolmentDays: Int = 0, emailMatching: EmailMatching = .anyCase) {
    self.lateDays = lateDays
    self.enrolmentDays = enrolmentDays
    self.emailMatching = emailMatching
  }
}
