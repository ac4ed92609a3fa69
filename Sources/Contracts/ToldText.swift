extension String {
  /// This text for logs, files and terminals: others wrote it, so it is cut off where it is long, and control
  /// characters become spaces.
  package func toldWithin(_ scalarsMax: Int) -> String {
    var told = String.UnicodeScalarView()
    for (index, scalar) in unicodeScalars.enumerated() {
      guard index < scalarsMax else { return String(told) + "…" }
      told.append(scalar.properties.generalCategory == .control ? " " : scalar)
    }
    return String(told)
  }
}
