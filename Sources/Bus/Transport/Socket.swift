import CZeroMQ
import Foundation

/// Owns a ZeroMQ socket. It belongs to one thread at a time and is not Sendable; handing it to the thread that will
/// use it is allowed once, before that thread starts.
final class Socket {
  enum Kind {
    case xpub, sub, router, dealer

    fileprivate var code: Int32 {
      switch self {
      case .xpub: ZMQ_XPUB
      case .sub: ZMQ_SUB
      case .router: ZMQ_ROUTER
      case .dealer: ZMQ_DEALER
      }
    }
  }

  /// What became of a message that was handed over.
  enum Sending {
    case sent
    /// The queue toward a peer is full (EAGAIN).
    case wouldBlock
    /// The peer that the message is addressed to has gone (EHOSTUNREACH, ROUTER only).
    case unreachable
  }

  enum Reception {
    case message([[UInt8]])
    /// A message of more parts than asked for; it has been read to its end and thrown away.
    case tooManyParts
    /// Nothing has arrived (EAGAIN).
    case nothing
  }

  /// By how much a part may be longer on the wire, where ZeroMQ looks at its length: CURVE adds 33 bytes, a subscription's command 10.
  private static let wireBytes: Int64 = 64

  private let handle: UnsafeMutableRawPointer
  private let context: Context
  /// The endpoint of the last bind or connect, with the port that was really taken.
  private(set) var endpoint = ""

  /// `linger` bounds how long unsent messages outlive the socket; `highWaterMark` is the queue of each peer, in
  /// messages; a peer that sends a longer part than `maximumPartBytes` is disconnected by ZeroMQ, though one of a few bytes more may
  /// pass.
  init(_ kind: Kind, in context: Context, linger: Duration, highWaterMark: Int32, maximumPartBytes: Int64)
    throws(BusError)
  {
    guard let handle = zmq_socket(context.handle, kind.code) else {
      throw .transport(operation: "create a socket", endpoint: "", code: zmq_errno())
    }
    self.handle = handle
    self.context = context
    try set(ZMQ_LINGER, linger.milliseconds)
    try set(ZMQ_SNDHWM, highWaterMark)
    try set(ZMQ_RCVHWM, highWaterMark)
    try set(ZMQ_MAXMSGSIZE, maximumPartBytes + Self.wireBytes)
    // A peer that vanished without a word is noticed after some 15 s. Clients leave that to the kernel: a client whose queue is
    // full does not see the answers to its own heartbeats, and libzmq (4.3.5 and before, its issue 3937) ends the process when
    // a connection breaks so.
    switch kind {
    case .xpub, .router:
      try set(ZMQ_HEARTBEAT_IVL, Int32(5_000))
      try set(ZMQ_HEARTBEAT_TIMEOUT, Int32(15_000))
    case .sub, .dealer:
      try set(ZMQ_TCP_KEEPALIVE, Int32(1))
      try set(ZMQ_TCP_KEEPALIVE_IDLE, Int32(5))
      try set(ZMQ_TCP_KEEPALIVE_INTVL, Int32(5))
      try set(ZMQ_TCP_KEEPALIVE_CNT, Int32(2))
    }
  }

  deinit { zmq_close(handle) }

  func set<Value: FixedWidthInteger>(_ option: Int32, _ value: Value) throws(BusError) {
    var value = value
    if zmq_setsockopt(handle, option, &value, MemoryLayout<Value>.size) != 0 { throw failure("set option \(option)") }
  }

  func set(_ option: Int32, bytes: [UInt8]) throws(BusError) {
    if zmq_setsockopt(handle, option, bytes, bytes.count) != 0 { throw failure("set option \(option)") }
  }

  func bind(_ endpoint: String) throws(BusError) {
    try take(endpoint, to: "bind")
    if zmq_bind(handle, endpoint) != 0 { throw failure("bind") }
    var buffer = [CChar](repeating: 0, count: 512)
    var length = buffer.count
    if zmq_getsockopt(handle, ZMQ_LAST_ENDPOINT, &buffer, &length) != 0 { throw failure("read the bound address") }
    self.endpoint = String(decoding: buffer.prefix(max(length - 1, 0)).map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// Starts connecting. While nobody answers, and when a connection breaks, ZeroMQ goes on trying in the background; once the other
  /// side has refused (a key, a mechanism) or sent what is no ZeroMQ or too long, it never tries again: see `reconnect`.
  func connect(_ endpoint: String) throws(BusError) {
    try take(endpoint, to: "connect")
    if zmq_connect(handle, endpoint) != 0 { throw failure("connect") }
  }

  /// Connects anew to where it was connected. Options and subscriptions stay; what has arrived and was not received is lost.
  func reconnect() throws(BusError) {
    // A poll may have read the first part of a message. The rest would go with the connection, and libzmq then ends the process.
    _ = try receive(atMost: 0)
    if zmq_disconnect(handle, endpoint) != 0 { throw failure("disconnect") }
    if zmq_connect(handle, endpoint) != 0 { throw failure("connect") }
  }

  /// ZeroMQ takes a port over 65535 modulo 65536: another than asked for.
  private func take(_ endpoint: String, to operation: String) throws(BusError) {
    self.endpoint = endpoint
    // Only for addresses that say so: otherwise `*`, names and interfaces would mean IPv6, too.
    if endpoint.hasPrefix("tcp://[") { try set(ZMQ_IPV6, Int32(1)) }
    let port = endpoint.utf8.reversed().prefix(while: isDigit).reversed()
    if endpoint.hasPrefix("tcp://"), !port.isEmpty, number(Array(port)).map({ $0 > 65_535 }) ?? true {
      throw .transport(operation: operation, endpoint: endpoint, code: EINVAL)
    }
  }

  func subscribe(_ prefix: String) throws(BusError) {
    if zmq_setsockopt(handle, ZMQ_SUBSCRIBE, prefix, prefix.utf8.count) != 0 { throw failure("subscribe") }
  }

  /// Hands over one message of `parts`, all or nothing, without waiting.
  func send(_ parts: [[UInt8]]) throws(BusError) -> Sending {
    for (index, part) in parts.enumerated() {
      let flags = ZMQ_DONTWAIT | (index + 1 < parts.count ? ZMQ_SNDMORE : 0)
      while zmq_send(handle, part, part.count, flags) < 0 {
        switch zmq_errno() {
        case EINTR: continue
        // Only the first part can meet a full queue or a lost peer: ZeroMQ takes a message whole.
        case EAGAIN where index == 0: return .wouldBlock
        case EHOSTUNREACH where index == 0: return .unreachable
        default: throw failure("send")
        }
      }
    }
    return .sent
  }

  /// Takes one message of at most `limit` parts, without waiting.
  func receive(atMost limit: Int) throws(BusError) -> Reception {
    var parts: [[UInt8]] = []
    var excess = false
    var message = zmq_msg_t()
    zmq_msg_init(&message)
    defer { zmq_msg_close(&message) }
    repeat {
      while zmq_msg_recv(&message, handle, ZMQ_DONTWAIT) < 0 {
        switch zmq_errno() {
        case EINTR: continue
        case EAGAIN where parts.isEmpty: return .nothing
        default: throw failure("receive")
        }
      }
      if parts.count < limit {
        let bytes = UnsafeRawBufferPointer(start: zmq_msg_data(&message), count: zmq_msg_size(&message))
        parts.append([UInt8](bytes))  // a copy: the C message is reused for the next part
      } else {
        excess = true
      }
    } while zmq_msg_more(&message) != 0
    return excess ? .tooManyParts : .message(parts)
  }

  /// Waits until one of `sockets` can be read or `wake` was signalled, at most until `deadline` (monotonic nanoseconds).
  /// A signal to the process may end the wait early: callers look at their own conditions again.
  static func wait(for sockets: [Socket], until deadline: UInt64, wake: WakeUp? = nil) throws(BusError) {
    let now = MonotonicClock.now
    let timeout = deadline > now ? Int(min((deadline - now + 999_999) / 1_000_000, 3_600_000)) : 0
    var items = sockets.map { zmq_pollitem_t(socket: $0.handle, fd: 0, events: Int16(ZMQ_POLLIN), revents: 0) }
    if let wake {
      items.append(zmq_pollitem_t(socket: nil, fd: wake.descriptor, events: Int16(ZMQ_POLLIN), revents: 0))
    }
    if zmq_poll(&items, Int32(items.count), timeout) < 0 && zmq_errno() != EINTR {
      throw .transport(operation: "poll", endpoint: sockets.first?.endpoint ?? "", code: zmq_errno())
    }
    wake?.clear()
  }

  private func failure(_ operation: String) -> BusError {
    .transport(operation: operation, endpoint: endpoint, code: zmq_errno())
  }
}
