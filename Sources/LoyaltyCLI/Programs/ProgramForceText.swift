import Inquiry
import Loyalty

extension ProgramForce {
  package var text: String {
    switch self {
    case .now: "now"
    case .from(let instant): "from \(instant.rfc3339)"
    case .until(let instant): "until \(instant.rfc3339)"
    case .never: "never"
    }
  }
}
