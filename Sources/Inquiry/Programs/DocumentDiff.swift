import JSON

/// What differs between two documents, place by place: for people who are about to publish one.
///
/// Elements that have an `id` are matched by it, so that one put in between makes no difference of those after it.
/// Paths are those of the new document; of what was removed, those of the old one.
package struct DocumentDiff: Equatable {
  package var differences: [Difference] = []

  package enum Difference: Equatable {
    case added(path: String, JSONValue)
    case removed(path: String, JSONValue)
    case changed(path: String, JSONValue, JSONValue)
    /// An element keeps what it says but stands elsewhere; the order of rules decides.
    case moved(path: String, from: String)
  }

  package init(from old: JSONValue, to new: JSONValue) {
    compare(old, "$", new, "$")
  }

  package var isEmpty: Bool { differences.isEmpty }

  private mutating func compare(_ old: JSONValue, _ oldPath: String, _ new: JSONValue, _ path: String) {
    switch (old, new) {
    case (.object(let before), .object(let after)): compare(before, oldPath, after, path)
    case (.array(let before), .array(let after)) where Self.haveIds(before) && Self.haveIds(after):
      compare(before, oldPath, after, path)
    default:
      if !Self.areEqual(old, new) { differences.append(.changed(path: path, old, new)) }
    }
  }

  private mutating func compare(
    _ old: [JSONValue.Member], _ oldPath: String, _ new: [JSONValue.Member], _ path: String
  ) {
    for member in new {
      let memberPath = path + "." + member.key
      if let before = old.first(where: { $0.key == member.key }) {
        compare(before.value, oldPath + "." + member.key, member.value, memberPath)
      } else {
        differences.append(.added(path: memberPath, member.value))
      }
    }
    for member in old where !new.contains(where: { $0.key == member.key }) {
      differences.append(.removed(path: oldPath + "." + member.key, member.value))
    }
  }

  private mutating func compare(_ old: [JSONValue], _ oldPath: String, _ new: [JSONValue], _ path: String) {
    let oldIds = old.map { $0["id"]?.string }
    let newIds = new.map { $0["id"]?.string }
    // The order that those in both have in the old document.
    let kept = oldIds.filter { newIds.contains($0) }
    var place = 0
    for (index, element) in new.enumerated() {
      let elementPath = "\(path)[\(index)]"
      guard let before = oldIds.firstIndex(of: newIds[index]) else {
        differences.append(.added(path: elementPath, element))
        continue
      }
      if kept[place] != newIds[index] { differences.append(.moved(path: elementPath, from: "\(oldPath)[\(before)]")) }
      place += 1
      compare(old[before], "\(oldPath)[\(before)]", element, elementPath)
    }
    for (index, element) in old.enumerated() where !newIds.contains(oldIds[index]) {
      differences.append(.removed(path: "\(oldPath)[\(index)]", element))
    }
  }

  /// Whether each element has an id of its own.
  private static func haveIds(_ elements: [JSONValue]) -> Bool {
    let ids = elements.compactMap { $0["id"]?.string }
    return ids.count == elements.count && Set(ids).count == ids.count
  }

  /// Objects are equal whatever the order of their fields.
  private static func areEqual(_ left: JSONValue, _ right: JSONValue) -> Bool {
    switch (left, right) {
    case (.object(let left), .object(let right)):
      left.count == right.count
        && left.allSatisfy { member in
          right.first { $0.key == member.key }.map { areEqual(member.value, $0.value) } ?? false
        }
    case (.array(let left), .array(let right)):
      left.count == right.count && zip(left, right).allSatisfy { areEqual($0, $1) }
    default: left == right
    }
  }
}
