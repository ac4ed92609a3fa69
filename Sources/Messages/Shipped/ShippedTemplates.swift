/// The templates that are shipped with the programs, in Vietnamese and English: the documents beside this file, which
/// the build puts into the program.
package enum ShippedTemplates {
  package static func template(_ id: String) -> MessageTemplate? { all[id] }

  /// As it lies in the repository.
  package static func document(_ id: String) -> [UInt8]? { files[id] }

  private static let files: [String: [UInt8]] = [
    "points-earned": PackageResources.points_earned_json,
    "points-redeemed": PackageResources.points_redeemed_json,
    "points-received": PackageResources.points_received_json,
    "points-came-back": PackageResources.points_came_back_json,
    "tier-reached": PackageResources.tier_reached_json,
    "claim-accepted": PackageResources.claim_accepted_json,
    "claim-refused": PackageResources.claim_refused_json,
    "claims-locked": PackageResources.claims_locked_json,
    "purchases-found": PackageResources.purchases_found_json,
    "points-given": PackageResources.points_given_json,
    "email-changed": PackageResources.email_changed_json,
    "phone-changed": PackageResources.phone_changed_json,
    "points-digest": PackageResources.points_digest_json,
  ]

  private static let all = files.mapValues { bytes -> MessageTemplate in
    do throws(TemplateRefused) {
      guard case .template(let read) = try TemplateDocument(bytes).content else {
        preconditionFailure("a shipped document is a template")
      }
      return MessageTemplate(read.kind, programId: nil, version: nil, languages: read.languages, texts: read.texts)
    } catch {
      preconditionFailure("a shipped template is not valid: \(error)")
    }
  }
}
