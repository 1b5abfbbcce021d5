import Bus
import Foundation
import Synchronization

/// SIGINT and SIGTERM: the first asks for an orderly end, the second ends the process at once. SIGHUP, where it is wanted, asks to
/// read files again.
///
/// The handler only writes to a pipe; a thread of its own reads it. (Waiting for blocked signals would miss those that the
/// kernel hands to threads which libraries started before `main`.)
package enum TerminationSignals {
  /// Calls `stop` once, on a thread of its own, when the first signal comes. To be called once in a process.
  package static func onFirst(_ stop: @escaping @Sendable (_ name: String) -> Void) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else {
      // Without a pipe the signals keep their default action: they still end the process.
      return
    }
    let readEnd = ends[0]
    do throws(BusError) { try WorkThread.start("spotd-signals") { readSignals(from: readEnd, stop) } } catch {
      // Nor without a thread.
      for end in ends { close(end) }
      return
    }
    writeEnd.store(ends[1], ordering: .sequentiallyConsistent)
    var both = sigset_t()
    sigemptyset(&both)
    for number in [SIGINT, SIGTERM] {
      sigaddset(&both, number)
      signal(number, handleTermination)
    }
    // Some parents start their children with signals blocked.
    pthread_sigmask(SIG_UNBLOCK, &both, nil)
  }

  /// Reads what the handler writes, for ever.
  private static func readSignals(from readEnd: Int32, _ stop: (_ name: String) -> Void) {
    var isStopping = false
    var number: UInt8 = 0
    while true {
      guard read(readEnd, &number, 1) == 1 else { continue }
      if Int32(number) == SIGHUP {
        hangUp.withLock { $0 }?()
        continue
      }
      if isStopping { _exit(128 + Int32(number)) }
      isStopping = true
      stop(Int32(number) == SIGINT ? "SIGINT" : "SIGTERM")
    }
  }

  /// Calls `reload` on the thread of `onFirst`, which must have been called before, each time that SIGHUP comes.
  package static func onHangUp(_ reload: @escaping @Sendable () -> Void) {
    guard writeEnd.load(ordering: .sequentiallyConsistent) >= 0 else { return }
    hangUp.withLock { $0 = reload }
    signal(SIGHUP, handleTermination)
    var only = sigset_t()
    sigemptyset(&only)
    sigaddset(&only, SIGHUP)
    pthread_sigmask(SIG_UNBLOCK, &only, nil)
  }

  private static let hangUp = Mutex<(@Sendable () -> Void)?>(nil)
}

/// Where the handler writes; set before it is installed.
private let writeEnd = Atomic<Int32>(-1)

private func handleTermination(_ number: Int32) {
  var byte = UInt8(truncatingIfNeeded: number)
  let former = errno
  _ = write(writeEnd.load(ordering: .sequentiallyConsistent), &byte, 1)
  errno = former
}
