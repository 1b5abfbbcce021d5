import Foundation

/// Threads of the daemon's own: none of their blocking calls runs on Swift's cooperative pool.
///
/// Foundation's `Thread` does not tell when the system gives it none: whoever waits for what it should do waits for ever.
package enum WorkThread {
  /// Bytes of stack of each; decoders and the network keep their working memory on the heap.
  private static let stackSize = 4 << 20

  /// Runs `body` on a thread of its own. `name` is what `top -H` shows, of up to 15 bytes. Throws `BusError.thread`.
  package static func start(_ name: String, _ body: @escaping @Sendable () -> Void) throws(BusError) {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setstacksize(&attributes, stackSize)
    // The thread's own from here on; released below where there is none.
    let work = Unmanaged.passRetained(Work(name, body))
    var thread = pthread_t()
    let code = pthread_create(
      &thread, &attributes,
      { pointer in
        guard let pointer else { return nil }
        let work = Unmanaged<Work>.fromOpaque(pointer).takeRetainedValue()
        Thread.current.name = work.name
        work.body()
        return nil
      }, work.toOpaque())
    guard code == 0 else {
      work.release()
      throw .thread(name: name, code: code)
    }
    pthread_detach(thread)
  }

  /// What a new thread is handed.
  private final class Work: Sendable {
    let name: String
    let body: @Sendable () -> Void

    init(_ name: String, _ body: @escaping @Sendable () -> Void) {
      self.name = name
      self.body = body
    }
  }
}
