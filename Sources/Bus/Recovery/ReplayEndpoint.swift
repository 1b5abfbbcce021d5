import Foundation
import Synchronization

/// Answers "from sequence N of run R" out of a `ReplayLog`, on a ROUTER socket of its own thread: whatever its clients do,
/// publishing goes on.
public final class ReplayEndpoint: Sendable {
  public static let defaultEndpoint = "tcp://127.0.0.1:5571"

  /// Where it is found beside a publisher unless told otherwise: at the next port, or, for `ipc`, at the path with `.replay`
  /// added. Nil where there is no next port; an endpoint that is none stays as it is.
  public static func endpoint(beside publisher: String) -> String? {
    if publisher.hasPrefix("ipc://") { return publisher + ".replay" }
    guard let colon = publisher.lastIndex(of: ":"),
      let port = UInt16(publisher[publisher.index(after: colon)...])
    else { return publisher }
    return port < .max ? "\(publisher[...colon])\(port + 1)" : nil
  }

  /// What it has done since it began.
  public struct Counters: Sendable, Equatable {
    /// Requests that arrived, of every kind.
    public var requests = 0
    /// Requests of wrong shape or size.
    public var malformed = 0
    /// Requests refused because their client asks too often.
    public var refused = 0
    /// Messages sent again.
    public var messages = 0
    /// Answers thrown away because their client does not read, or has gone.
    public var undelivered = 0

    public init() {}
  }

  /// The endpoint that is bound, with the port that was really taken.
  public let endpoint: String

  private let wake: WakeUp
  private let thread: ServiceThread
  private let state: ReplayEndpointState
  private let authenticator: Authenticator?

  /// Binds `endpoint` and starts the thread. Throws `BusError.transport`, with `isAddressInUse` when the port is taken,
  /// `BusError.exposed` and `BusError.thread`.
  public init(
    _ endpoint: String = ReplayEndpoint.defaultEndpoint, log: ReplayLog, security: ServerSecurity = .plain()
  ) throws(BusError) {
    // So many answers may wait for a client, though it is to read each before it asks again: ZeroMQ learns only for half
    // a queue at a time that answers have left.
    let context = try Context()
    let socket = try Socket(
      .router, in: context, linger: .milliseconds(200), highWaterMark: 16,
      maximumPartBytes: Int64(ReplayRequest.maximumBytes))
    try socket.set(ZeroMQOption.refuseUnroutable, Int32(1))
    authenticator = try socket.bind(endpoint, security, in: context)
    self.endpoint = socket.endpoint
    let wake = try WakeUp()
    let state = ReplayEndpointState()
    self.wake = wake
    self.state = state
    // Handed over: this thread does not touch the socket again, the new one starts after and owns it.
    nonisolated(unsafe) var handover: Socket? = socket
    thread = try ServiceThread(name: "spotd-replay") {
      guard let socket = handover else { return }
      handover = nil
      var loop = ReplayLoop(socket: socket, wake: wake, log: log, state: state)
      loop.run()
    }
  }

  public var counters: Counters { state.counters.withLock { $0 } }

  /// Ends the thread; may be called again.
  public func close() {
    state.isClosed.store(true, ordering: .releasing)
    wake.signal()
    thread.join()
    authenticator?.close()
  }

  deinit { close() }
}

/// What a replay endpoint and its thread share.
final class ReplayEndpointState: Sendable {
  let counters = Mutex(ReplayEndpoint.Counters())
  let isClosed = Atomic(false)
}
