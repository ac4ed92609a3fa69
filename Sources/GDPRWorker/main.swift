import ServiceKit

// gdpr-worker: privacy.requests → privacy.tasks to every service → privacy.reports → privacy.certificates.
WorkerProcess.run(
  "gdpr-worker", summary: "Carries out what members ask for under data protection law, and certifies it.",
  settings: PrivacySettings.declared
) { environment in
  WorkerService(
    PrivacyTopology.make(
      PrivacySettings(environment.settings), requestRowsCached: environment.storeRowsCached))
}
