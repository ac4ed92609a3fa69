/// The environment variables that set something of some program. One file of variables may serve all programs, so each
/// knows those of the others; `Tests/System/test_commands.py` holds this list against their `--help`.
enum EnvironmentNames {
  private static let ofAllPrograms = """
    ACTOR ADJUST_POINTS_DAY_MAX ADJUST_POINTS_MAX ANNOUNCE_WITHIN_DAYS AT BATCH_RECORDS_MAX BROKERS BROKER_PATIENCE_MS
    CASE CHANGELOG_DELETE_RETENTION_MS CHANNEL CLAIM_LOCK_HOURS CLOCK CODE COMMAND_MEMORY_DAYS COMMIT_INTERVAL_MS
    CONNECTIONS_MAX CONNECTIONS_PER_ADDRESS_MAX DATE DRY_RUN ENTRIES EVERY FEEDBACK_SECRET FOR FROM FROM_START
    FUTURE_TOLERANCE_MS HTML_OUT HTTP_HOST HTTP_PORT ID INSTANCE KAFKA_OAUTH_TOKEN_COMMAND KAFKA_OAUTH_TOKEN_FILE
    KAFKA_PROPERTIES KAFKA_PROPERTIES_FILE LANGUAGE LEAVE_GROUP_ON_STOP LIMIT LINK_SECRET LOGIN_WITHOUT_TLS LOG_LEVEL
    LOOKUP_SECRET LOTS MAILGUN_SIGNING_KEY MAIL_FROM MAIL_PROVIDER MAPPING MEMBER MEMBER_NAME MEMORY_DAYS MEND
    MESSAGE_MEMORY_DAYS NEW_LOOKUP_SECRET OVERDUE_AFTER_HOURS PAGE_NAME PARTITION PARTITIONS PARTNER_CALLS
    PARTNER_CREDENTIALS PARTNER_CREDENTIALS_FOLDER PARTNER_TIMEOUT_MS POINTS PREFERENCES_URL PREFER_DOUBLE
    PRINCIPAL_PREFIX PROFILE_WAIT_MS PROGRAM PROGRAMS PROGRAM_FILE PROGRAM_NAME PROPOSAL_DAYS PURCHASE
    PURCHASE_MEMORY_DAYS RATE REASON REDEMPTION REDEMPTION_MEMORY_DAYS REPLACE REPLICATION_FACTOR
    REQUIRE_SIGNED_COMMANDS RETURN_PATH SENDER_THREADS SENDGRID_PUBLIC_KEY SEND_ATTEMPTS_MAX SEND_RETRY_DELAY_MAX_MS
    SEND_RETRY_DELAY_MS SEND_SLOTS_MAX SEND_TIMEOUT_MS SESSION_TIMEOUT_MS SHIPPED SIGNING_KEY_FILE SINCE SKIP_BAD
    SMS_ACCOUNT SMS_AUTHORIZATION SMS_CALLBACK_URL SMS_FROM SMS_GATEWAY SMS_LETTERS SMS_PASSWORD SMS_PREFERENCES_LINK
    SMS_PROVIDER SMS_SECRET SMS_SEGMENTS_MAX SMS_URL SMS_USER SMTP_CA_FILE SMTP_FINAL_TIMEOUT_MS SMTP_PASSWORD
    SMTP_REPLY_TIMEOUT_MS SMTP_STARTTLS SMTP_URL SMTP_USER SNS_CERTIFICATE_FILE SNS_TOPIC_ARN SOFT_BOUNCES_MAX
    SOFT_BOUNCE_DAYS SOURCE STARTUP_TIMEOUT_MS STATE_DIR STORE_CACHE_KIB STORE_ROWS_CACHED THREADS TIER
    TIER_SETS_DAY_MAX TIMEOUT_MS TLS_CERTIFICATE_FILE TLS_KEY_FILE TO TOPIC TOPICS_DIR TOTAL UNMATCHED_DAYS
    UNSUBSCRIBE_URL UNTIL UP_TO VIEW_MEMBERS_MAX VOUCHER_SECRET WAIT WEB_HOST WEB_PORT WITHOUT_CHANNELS WRONG_CLAIMS_MAX
    WRONG_CLAIMS_WINDOW_HOURS WRONG_CODES_MAX WRONG_CODES_MINUTES ZALO_OA_SECRET ZNS_PROVIDER ZNS_TEMPLATES
    ZNS_TOKEN_FILE ZNS_URL
    """

  /// What the tests and tools of the project pass to each other.
  private static let testPrefixes = ["TEST_", "SEED"]

  /// A sentence on each variable that looks as if it set something, and sets nothing.
  /// - Parameter own: the settings of the program that asks.
  static func remarks(on variables: some Sequence<String>, own: [SettingDeclaration]) -> [String] {
    let prefix = CommandDeclaration.environmentPrefix
    let known = Set(ofAllPrograms.split { $0.isWhitespace }.map { prefix + $0 })
      .union(own.compactMap(\.environmentName))
    let secretFiles = Set(known.map { $0 + "_FILE" })
    return variables.filter { $0.hasPrefix(prefix) && !known.contains($0) && !secretFiles.contains($0) }
      .filter { name in !testPrefixes.contains { name.hasPrefix(prefix + $0) } }.sorted().map { name in
        let short = known.map { String($0.dropFirst(prefix.count)) }.sorted()
        let nearest = NearestName.to(String(name.dropFirst(prefix.count)), among: short)
        let hint = nearest.map { "; did you mean \(prefix)\($0)?" } ?? ""
        return "the variable \(name) sets nothing of any program\(hint)"
      }
  }
}
