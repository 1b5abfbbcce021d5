import Dispatch

/// A thread of the bus's own, whose end can be waited for.
final class ServiceThread: Sendable {
  private let finished = DispatchSemaphore(value: 0)

  /// Starts a thread that runs `body` to its end. Throws `BusError.thread`.
  init(name: String, body: @escaping @Sendable () -> Void) throws(BusError) {
    let finished = finished
    try WorkThread.start(name) {
      body()
      finished.signal()
    }
  }

  /// Waits until the thread's body has returned; may be called again and from several threads.
  func join() {
    finished.wait()
    finished.signal()
  }
}
