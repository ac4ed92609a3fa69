import StreamRuntime
import TestValues

/// Rows whose bytes are not what was written: cut off at each place, with bits turned over, with bytes of another kind.
extension GoldenRows {
  private static let turnsMax = 2_000
  private static let seed: UInt64 = 0x5742_6D61_6765_0015

  func problemsOfDamage() throws -> [String] {
    var problems: [String] = []
    var turns = SplitMix(seed: Self.seed)
    for (name, type, image) in try images() {
      problems += Self.problems(ofReading: image, as: type, name, &turns)
    }
    return problems
  }

  /// Those of this release and of the ones before.
  private func images() throws -> [(name: String, type: any StoreRow.Type, image: [UInt8])] {
    var found: [(String, any StoreRow.Type, [UInt8])] = []
    for sample in samples { found.append(("\(sample.store), \(sample.name)", type(of: sample.row), sample.image)) }
    for release in try GoldenFile.releases() {
      for golden in try GoldenFile.ifThere(release, service.name)?.rows ?? [] {
        guard let store = stores.first(where: { $0.name == golden.store }) else { continue }
        found.append(("\(release) \(golden.store), \(golden.name)", store.row, golden.image))
      }
    }
    return found
  }

  private static func problems(
    ofReading image: [UInt8], as type: any StoreRow.Type, _ name: String, _ turns: inout SplitMix
  ) -> [String] {
    var problems: [String] = []
    for end in image.indices where !isRefused(Array(image[..<end]), as: type) {
      problems.append("\(name): cut off at byte \(end), it is read")
    }
    if !isRefused(image + [0], as: type) { problems.append("\(name): with a byte more, it is read") }
    for _ in 0..<turnsMax {
      var turned = image
      // One bit, a byte as large as may be, or several bytes.
      for _ in 0...Int(turns.next() % 3) {
        let place = Int(turns.next() % UInt64(image.count))
        turned[place] = turns.next() % 4 == 0 ? 0xFF : turned[place] ^ 1 << UInt8(turns.next() % 8)
      }
      _ = isRefused(turned, as: type)
    }
    return problems
  }

  /// Whether a row is refused by the one error that the store puts its name to. One that is read is written again: its
  /// numbers are such that this ends as well.
  private static func isRefused(_ image: [UInt8], as type: any StoreRow.Type) -> Bool {
    do {
      _ = RowSample.image(of: try RowSample.read(image, as: type))
      return false
    } catch is RowFormatError {
      return true
    } catch {
      return false
    }
  }
}
