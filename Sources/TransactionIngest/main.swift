import ServiceKit

// transaction-ingest: commerce.purchases → loyalty.transactions, and what is refused → commerce.rejections.
WorkerProcess.run(
  "transaction-ingest", summary: "Checks purchases against the contract and passes each on once.",
  settings: IngestSettings.declared
) { environment in
  let settings = IngestSettings(environment.settings)
  if settings.lookupSecret.isEmpty {
    environment.log.warning(
      "no --lookup-secret: cards, phones and e-mails are kept as digests that can be found out by trying; set one")
  }
  return WorkerService(IngestTopology.make(settings))
}
