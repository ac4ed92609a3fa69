// A process for StopSignalTests to send signals to. It says on standard output how far it has come.
//   stop-signal-probe ends       ends by itself after the first signal
//   stop-signal-probe hangs      does not end after the first signal
//   stop-signal-probe starts     has stream threads that do not come to an end of their start
//   stop-signal-probe works      the same, and one that has and is at work
import Foundation
import ServiceKit
import Threads

let stop = try StopSignal.install()
let stopped = DispatchSemaphore(value: 0)

func say(_ word: String) {
  FileHandle.standardOutput.write(Data((word + "\n").utf8))
}

if ["starts", "works"].contains(CommandLine.arguments.last) {
  let threads = StreamThreads(stop) {
    say("at once")
    _exit(0)
  }
  for _ in 0..<2 { try threads.start { _, _, _ in while true { pause() } } }
  if CommandLine.arguments.last == "works" {
    try threads.start { _, stop, begin in
      say("begins \(begin())")
      while !stop.isStopping { usleep(1_000) }
      say("finishes")
    }
  } else {
    say("begins nothing")
    _ = threads.join()
    // The end at once has the last word.
    while true { pause() }
  }
  say("leaves \(threads.join().leavesSome)")
  _exit(0)
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
