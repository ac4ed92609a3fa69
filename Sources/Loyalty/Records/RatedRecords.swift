/// The purchases and activities that an account remembers.
package struct RatedRecords: Equatable, Sendable {
  package var purchases: [PurchaseRecord]
  package var activities: [ActivityRecord]

  /// Indices of those that changed.
  package struct Changed: Equatable, Sendable {
    package var purchases: [Int] = []
    package var activities: [Int] = []
  }

  package init(purchases: [PurchaseRecord], activities: [ActivityRecord] = []) {
    self.purchases = purchases
    self.activities = activities
  }
}
