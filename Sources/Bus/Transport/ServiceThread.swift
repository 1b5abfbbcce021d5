import Foundation

/// A thread of the bus's own, so that no blocking call runs on Swift's cooperative pool.
final class ServiceThread: Sendable {
  private let finished = DispatchSemaphore(value: 0)

  /// Starts a thread that runs `body` to its end.
  init(name: String, body: @escaping @Sendable () -> Void) {
    let finished = finished
    let thread = Thread {
      body()
      finished.signal()
    }
    thread.name = name
    thread.start()
  }

  /// Waits until the thread's body has returned; may be called again and from several threads.
  func join() {
    finished.wait()
    finished.signal()
  }
}
