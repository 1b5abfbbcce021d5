import Foundation
import Synchronization

/// Stands between a client and a server on TCP, and keeps every byte that the server sends.
final class WireTap: Sendable {
  let endpoint: String
  private let listener: Int32
  private let capture = Capture()

  /// Forwards what connects here to `server`, an endpoint like `tcp://127.0.0.1:1234`; what it answers, after `delay` microseconds.
  init(_ server: String, delay: UInt32 = 0) throws {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    self.listener = listener
    var address = TCP.loopback(port: 0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let port = TCP.withAddress(&address) { pointer in
      bind(listener, pointer, length) == 0 && listen(listener, 8) == 0 && getsockname(listener, pointer, &length) == 0
    }
    guard port else { throw POSIXError(.EADDRNOTAVAIL) }
    endpoint = "tcp://127.0.0.1:\(UInt16(bigEndian: address.sin_port))"
    Thread.detachNewThread { [capture] in
      while true {
        let client = accept(listener, nil, nil)
        guard client >= 0, let upstream = try? TCP.connect(server) else { return }
        Thread.detachNewThread { Self.copy(client, upstream) { _ in } }
        Thread.detachNewThread {
          Self.copy(upstream, client) { bytes in
            capture.add(bytes)
            usleep(delay)
          }
        }
      }
    }
  }

  deinit { shutdown(listener, Int32(SHUT_RDWR)) }

  /// What the server has sent so far, over all connections.
  var bytes: [UInt8] { capture.bytes.withLock { $0 } }

  private final class Capture: Sendable {
    let bytes = Mutex<[UInt8]>([])
    func add(_ more: [UInt8]) { bytes.withLock { $0 += more } }
  }

  private static func copy(_ source: Int32, _ target: Int32, _ note: ([UInt8]) -> Void) {
    while let bytes = TCP.read(source) {
      note(bytes)
      _ = send(target, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }
    shutdown(target, Int32(SHUT_WR))
  }
}

/// Plain TCP connections.
enum TCP {
  static func loopback(port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    address.sin_port = port.bigEndian
    return address
  }

  static func withAddress<Result>(
    _ address: inout sockaddr_in, _ body: (UnsafeMutablePointer<sockaddr>) -> Result
  ) -> Result {
    withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1, body)  // the form that the C calls take
    }
  }

  static func connect(_ endpoint: String) throws -> Int32 {
    let port = endpoint.split(separator: ":").last.flatMap { UInt16($0) } ?? 0
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = loopback(port: port)
    let length = socklen_t(MemoryLayout<sockaddr_in>.size)
    guard withAddress(&address, { Foundation.connect(descriptor, $0, length) }) == 0 else {
      throw POSIXError(.ECONNREFUSED)
    }
    return descriptor
  }

  /// Some bytes; nil at the end, and after `timeout` seconds of silence if given.
  static func read(_ descriptor: Int32, timeout: Int? = nil) -> [UInt8]? {
    if let timeout {
      var limit = timeval(tv_sec: timeout, tv_usec: 0)
      setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    return count > 0 ? Array(buffer.prefix(count)) : nil
  }
}
