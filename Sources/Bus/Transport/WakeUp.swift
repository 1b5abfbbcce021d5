import CZeroMQ
import Foundation

/// Ends another thread's `Socket.wait`: an eventfd, since ZeroMQ polls descriptors beside sockets.
final class WakeUp: Sendable {
  let descriptor: Int32

  init() throws(BusError) {
    descriptor = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
    if descriptor < 0 { throw .transport(operation: "create an eventfd", endpoint: "", code: errno) }
  }

  deinit { close(descriptor) }

  /// Wakes the waiting thread, or the next wait if none waits now. Never blocks.
  func signal() {
    var one: UInt64 = 1
    // Fails only when 2⁶⁴ − 1 signals are pending: the thread wakes then, too.
    _ = write(descriptor, &one, MemoryLayout<UInt64>.size)
  }

  /// Forgets the signals so far.
  func clear() {
    var count: UInt64 = 0
    _ = read(descriptor, &count, MemoryLayout<UInt64>.size)
  }
}
