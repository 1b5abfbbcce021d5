import CZeroMQ
import Glibc

/// Owns a ZeroMQ context. Every socket holds its context, so that the context ends after the last of them.
final class Context: @unchecked Sendable {  // a ZeroMQ context may be used from any thread
  let handle: UnsafeMutableRawPointer

  /// What a context with a few sockets opens (threads' event queues, signals between them), and some for peers.
  private static let neededDescriptors = 24

  /// Throws `BusError.transport` also when the process has too few file descriptors left: libzmq ends the process when it gets none.
  init() throws(BusError) {
    try Self.checkDescriptors()
    guard let handle = zmq_ctx_new() else {
      throw .transport(operation: "create a context", endpoint: "", code: zmq_errno())
    }
    self.handle = handle
  }

  private static func checkDescriptors() throws(BusError) {
    var descriptors: [Int32] = []
    defer { for descriptor in descriptors { close(descriptor) } }
    for _ in 0..<neededDescriptors {
      let descriptor = eventfd(0, Int32(EFD_CLOEXEC))
      guard descriptor >= 0 else { throw .transport(operation: "create a context", endpoint: "", code: errno) }
      descriptors.append(descriptor)
    }
  }

  /// Waits until what the closed sockets still had to send has left, at most for their LINGER.
  deinit {
    while zmq_ctx_term(handle) != 0 && zmq_errno() == EINTR {}
  }
}
