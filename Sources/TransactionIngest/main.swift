import ServiceKit

// transaction-ingest: commerce.purchases → loyalty.transactions, and what is refused → commerce.rejections.
WorkerProcess.run(
  "transaction-ingest", summary: "Checks purchases against the contract and passes each on once.",
  settings: IngestSettings.declared
) { environment in
  WorkerService(IngestTopology.make(IngestSettings(environment.settings)))
}
