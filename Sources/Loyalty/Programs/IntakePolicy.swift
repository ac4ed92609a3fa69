/// Which purchases a programme takes.
package struct IntakePolicy: Equatable, Sendable {
  /// Purchases that occurred longer ago than so many days are refused; nil: however old.
  package var lateDays: Int?
  /// A member who enrols gets what was bought under the same card, phone or e-mail so many days before.
  package var enrolmentDays: Int

  package init(lateDays: Int? = nil, enrolmentDays: Int = 0) {
    self.lateDays = lateDays
    self.enrolmentDays = enrolmentDays
  }
}
