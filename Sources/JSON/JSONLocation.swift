/// Finds the JSON path of a byte offset by walking the text again up to it.
///
/// Readers keep no path while all goes well; this walk costs time only when there is an error to describe. It accepts
/// malformed text, since it mostly runs on it.
package enum JSONLocation {
  /// The longest key that is repeated in a path.
  package static let keyBytesMax = 64
  /// Containers deeper than this are left out of the path.
  static let depthMax = 64

  private struct Container {
    var isArray: Bool
    var index = 0
    var key: Range<Int>?
    var insideValue = false
  }

  /// The path of the value that starts at `offset` or holds it, such as `$.lines[1].amount`.
  ///
  /// A key that does not look like a field name is written `*`, because a wrongly built document may hold personal data
  /// in its keys.
  package static func path(in bytes: UnsafeBufferPointer<UInt8>, at offset: Int) -> String {
    var containers: [Container] = []
    var index = 0
    let end = min(offset, bytes.count)
    while index < end {
      switch bytes[index] {
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        guard containers.count < depthMax else { return text(of: containers, in: bytes) }
        containers.append(Container(isArray: bytes[index] == UInt8(ascii: "[")))
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        _ = containers.popLast()
      case UInt8(ascii: ":"):
        if let last = containers.indices.last { containers[last].insideValue = true }
      case UInt8(ascii: ","):
        if let last = containers.indices.last {
          containers[last].index += 1
          containers[last].key = nil
          containers[last].insideValue = false
        }
      case UInt8(ascii: "\""):
        let start = index + 1
        index = start
        while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
          index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        if let last = containers.indices.last, !containers[last].isArray, !containers[last].insideValue {
          containers[last].key = start..<max(start, min(index, bytes.count))
        }
      default:
        break
      }
      index += 1
    }
    return text(of: containers, in: bytes)
  }

  private static func text(of containers: [Container], in bytes: UnsafeBufferPointer<UInt8>) -> String {
    var path = "$"
    for container in containers {
      if container.isArray {
        path += "[\(container.index)]"
      } else if container.insideValue, let key = container.key {
        path += "." + name(of: bytes[key])
      }
    }
    return path
  }

  private static func name(of key: Slice<UnsafeBufferPointer<UInt8>>) -> String {
    guard !key.isEmpty, key.count <= keyBytesMax, key.allSatisfy(isFieldNameByte) else { return "*" }
    return String(decoding: key, as: UTF8.self)
  }

  package static func isFieldNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"):
      return true
    default:
      return false
    }
  }
}
