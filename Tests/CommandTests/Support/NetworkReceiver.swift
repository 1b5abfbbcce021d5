import Foundation
import Synchronization
import Testing

/// A socket on a free port of the loopback interface that keeps all that comes, read by a thread of its own.
final class NetworkReceiver: Sendable {
  enum Transport { case udp, tcp }

  /// What was read at once: of UDP one datagram.
  struct Piece: Sendable {
    let bytes: [UInt8]
    /// Seconds of a clock that never jumps.
    let time: Double
    /// Which connection it came over, from 0.
    let connection: Int
  }

  let port: UInt16
  private let descriptor: Int32
  private let received = Mutex<[Piece]>([])
  private let isDone = Atomic(false)

  init(_ transport: Transport) throws {
    let descriptor = socket(AF_INET, Int32(transport == .udp ? SOCK_DGRAM.rawValue : SOCK_STREAM.rawValue), 0)
    try #require(descriptor >= 0)
    self.descriptor = descriptor
    // A burst must not be lost here.
    var size: Int32 = 4 << 20
    setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
      }
    }
    try #require(isBound)
    port = UInt16(bigEndian: address.sin_port)
    if transport == .tcp { try #require(listen(descriptor, 4) == 0) }
    Thread.detachNewThread { [self] in
      transport == .udp ? read(descriptor, connection: 0) : accept()
      close(descriptor)
    }
  }

  /// Ends the reading; the port is free a moment later.
  func stop() { isDone.store(true, ordering: .relaxed) }

  var pieces: [Piece] { received.withLock { $0 } }
  var bytes: [UInt8] { pieces.flatMap(\.bytes) }

  /// What has come when nothing new did for a moment.
  func settled() -> [Piece] {
    var count = -1
    while count != pieces.count {
      count = pieces.count
      usleep(200_000)
    }
    return pieces
  }

  private func accept() {
    var connection = 0
    while !isDone.load(ordering: .relaxed) {
      var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&waiting, 1, 50) == 1 else { continue }
      let peer = Glibc.accept(descriptor, nil, nil)
      read(peer, connection: connection)
      close(peer)
      connection += 1
    }
  }

  /// Reads until the end of a connection or of this receiver.
  private func read(_ descriptor: Int32, connection: Int) {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while !isDone.load(ordering: .relaxed) {
      var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&waiting, 1, 50) == 1 else { continue }
      let count = recv(descriptor, &buffer, buffer.count, 0)
      if count <= 0 { return }
      let piece = Piece(
        bytes: Array(buffer.prefix(count)), time: ProcessInfo.processInfo.systemUptime, connection: connection)
      received.withLock { $0.append(piece) }
    }
  }
}
