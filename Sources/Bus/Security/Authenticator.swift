import Foundation
import Synchronization

/// Answers ZeroMQ's question, for every connection of one context, whether its client may come in (ZAP, ZeroMQ RFC 27), on a
/// thread of its own.
final class Authenticator: Sendable {
  private let wake: WakeUp
  private let isClosed: Flag
  private let thread: ServiceThread

  private static let endpoint = "inproc://zeromq.zap.01"

  /// To be there before a socket of `context` is bound.
  init(for allowed: ClientAllowList, in context: Context) throws(BusError) {
    let socket = try Socket(.router, in: context, linger: .zero, highWaterMark: 1_000, maximumPartBytes: 1_024)
    try socket.bind(Self.endpoint)
    let wake = try WakeUp()
    let isClosed = Flag()
    self.wake = wake
    self.isClosed = isClosed
    // Handed over: this thread does not touch the socket again, the new one starts after and owns it.
    nonisolated(unsafe) var handover: Socket? = socket
    thread = try ServiceThread(name: "spotd-zap") {
      guard let socket = handover else { return }
      handover = nil
      while !isClosed.value.load(ordering: .acquiring) {
        Self.serve(socket, allowed, wake)
      }
    }
  }

  /// Ends the thread; may be called again. Nobody can connect from here on.
  func close() {
    isClosed.value.store(true, ordering: .releasing)
    wake.signal()
    thread.join()
  }

  deinit { close() }

  private static func serve(_ socket: Socket, _ allowed: ClientAllowList, _ wake: WakeUp) {
    do {
      guard case .message(let parts) = try socket.receive(atMost: 16) else {
        return try Socket.wait(for: [socket], until: .max, wake: wake)
      }
      guard let answer = answer(to: parts, allowed) else { return }
      _ = try socket.send(answer)
    } catch {
      usleep(10_000)  // no reason is known why this should happen; if it does, nobody is let in meanwhile
    }
  }

  /// `parts` are ZeroMQ's identity on this socket, an empty part, then version, request, domain, address, the client's
  /// identity, mechanism and credentials. Nil for what is no request.
  private static func answer(to parts: [[UInt8]], _ allowed: ClientAllowList) -> [[UInt8]]? {
    guard parts.count >= 8, parts[2] == Array("1.0".utf8) else { return nil }
    let isAllowed = parts[7] == Array("CURVE".utf8) && parts.count == 9 && allowed.contains(parts[8])
    let status = isAllowed ? ["200", "OK", "client", ""] : ["400", "not on the list", "", ""]
    return Array(parts[0...3]) + status.map { Array($0.utf8) }
  }

  private final class Flag: Sendable { let value = Atomic(false) }
}

extension Socket {
  /// Binds `endpoint` under `security`. The authenticator returned, if any, must live as long as clients may come, and be
  /// closed after this socket.
  func bind(
    _ endpoint: String, _ security: ServerSecurity, in context: Context
  ) throws(BusError) -> Authenticator? {
    try security.check(endpoint)
    var authenticator: Authenticator?
    if case .curve(_, let allowed) = security { authenticator = try Authenticator(for: allowed, in: context) }
    try secure(security)
    try bind(endpoint)
    return authenticator
  }
}
