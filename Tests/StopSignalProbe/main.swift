// A process for StopSignalTests to send signals to. It says on standard output how far it has come.
//   stop-signal-probe ends       ends by itself after the first signal
//   stop-signal-probe hangs      does not end after the first signal
import Foundation
import ServiceKit
import Threads

let stop = try StopSignal.install()
let stopped = DispatchSemaphore(value: 0)

func say(_ word: String) {
  FileHandle.standardOutput.write(Data((word + "\n").utf8))
}

stop.onStop {
  say("stopping \(stop.isStopping)")
  stopped.signal()
}
// Other threads are here already when the signals come, as in a worker.
let worker = try OwnedThread("worker") { stopped.wait() }
say("running \(stop.isStopping)")
try worker.join()
if CommandLine.arguments.last == "hangs" { while true { pause() } }
stop.onStop { say("late callback") }
try stop.close()
say("closed")
