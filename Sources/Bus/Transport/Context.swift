import CZeroMQ

/// Owns a ZeroMQ context. Every socket holds its context, so that the context ends after the last of them.
final class Context: @unchecked Sendable {  // a ZeroMQ context may be used from any thread
  let handle: UnsafeMutableRawPointer

  init() throws(BusError) {
    guard let handle = zmq_ctx_new() else {
      throw .transport(operation: "create a context", endpoint: "", code: zmq_errno())
    }
    self.handle = handle
  }

  /// Waits until what the closed sockets still had to send has left, at most for their LINGER.
  deinit {
    while zmq_ctx_term(handle) != 0 && zmq_errno() == EINTR {}
  }
}
