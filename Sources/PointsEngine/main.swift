import Contracts
import ServiceKit

WorkerProcess.run(
  Service.pointsEngine.name,
  summary: "Books what members earn, spend and give back: loyalty.transactions and loyalty.commands to loyalty.ledger."
) { environment in
  WorkerService(PointsEngine.topology(storeRowsCached: environment.storeRowsCached))
}
