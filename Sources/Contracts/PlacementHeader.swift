/// Headers of records that the platform has moved to where their keys belong.
package enum PlacementHeader {
  /// On a record that was sent on: where it lay, as `partition@offset`.
  package static let forwardedFrom: StaticString = "stampede_forwarded_from"
  /// On a tombstone that takes a record away from a partition where it should not lie, and says nothing of whom its key
  /// names: the program that wrote it.
  package static let clearedBy: StaticString = "stampede_cleared_by"
}
