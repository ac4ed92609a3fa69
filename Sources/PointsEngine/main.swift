import Contracts
import ServiceKit

WorkerProcess.run(
  Service.pointsEngine.name,
  summary: "Books what members earn, spend and give back: loyalty.transactions and loyalty.commands to loyalty.ledger.",
  settings: PointsSettings.declared
) { environment in
  WorkerService(
    PointsTopology.make(PointsSettings(environment.settings), storeRowsCached: environment.storeRowsCached))
}
