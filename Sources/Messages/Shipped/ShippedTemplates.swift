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
    "points-taken-back": PackageResources.points_taken_back_json,
    "points-adjusted": PackageResources.points_adjusted_json,
    "points-released": PackageResources.points_released_json,
    "tier-lost": PackageResources.tier_lost_json,
    "tier-kept": PackageResources.tier_kept_json,
    "account-frozen": PackageResources.account_frozen_json,
    "account-unfrozen": PackageResources.account_unfrozen_json,
    "account-closed": PackageResources.account_closed_json,
    "welcome": PackageResources.welcome_json,
    "points-expiring": PackageResources.points_expiring_json,
    "tier-ending": PackageResources.tier_ending_json,
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
