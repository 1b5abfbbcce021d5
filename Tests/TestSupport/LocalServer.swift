import Foundation
import Glibc

/// A TCP server on loopback for one test: gives each connection to `serve` on a thread of its own, with the number of the connection,
/// from 0, and closes it when that returns. Gone with the value.
package final class LocalServer: Sendable {
  package struct Refused: Error {
    package let code: Int32
    package init(code: Int32) { self.code = code }
  }

  package let port: UInt16
  private let listener: Int32

  /// Listens on `port`, 0 for a free one.
  package init(
    port wanted: UInt16 = 0, _ serve: @escaping @Sendable (_ connection: Int32, _ number: Int) -> Void
  ) throws {
    signal(SIGPIPE, SIG_IGN)
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var reuse: Int32 = 1
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &reuse, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_port = wanted.bigEndian
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    // Which free port the system picked, getsockname tells.
    let isReady = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, length) == 0 && listen(listener, 16) == 0 && getsockname(listener, $0, &length) == 0
      }
    }
    guard isReady else { throw Refused(code: errno) }
    self.listener = listener
    port = UInt16(bigEndian: address.sin_port)
    Thread.detachNewThread {
      var number = 0
      while case let connection = accept(listener, nil, nil), connection >= 0 {
        let own = number
        Thread.detachNewThread {
          serve(connection, own)
          close(connection)
        }
        number += 1
      }
    }
  }

  deinit {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }

  /// Writes all of `bytes`, as far as the other side takes them.
  package static func write(_ bytes: [UInt8], to connection: Int32) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(connection, $0.baseAddress, $0.count) }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }

  /// Waits until the other side closes the connection.
  package static func waitForEnd(of connection: Int32) {
    var byte: UInt8 = 0
    while Glibc.read(connection, &byte, 1) > 0 {}
  }

  /// An HTTP server of the given bodies by path, 404 for others.
  package static func http(_ bodies: [String: [UInt8]]) throws -> LocalServer { try http { bodies[$0] } }

  /// The same with bodies that may change.
  package static func http(_ body: @escaping @Sendable (_ path: String) -> [UInt8]?) throws -> LocalServer {
    try LocalServer { connection, _ in
      var request = [UInt8]()
      var buffer = [UInt8](repeating: 0, count: 4_096)
      while !request.suffix(4).elementsEqual("\r\n\r\n".utf8) {
        let count = Glibc.read(connection, &buffer, buffer.count)
        guard count > 0 else { return }
        request += buffer[..<count]
      }
      let words = String(decoding: request, as: UTF8.self).split(separator: " ")
      let body = words.count > 1 ? body(String(words[1])) : nil
      let head =
        "HTTP/1.1 \(body == nil ? "404 Not Found" : "200 OK")\r\nContent-Length: \(body?.count ?? 0)\r\n"
        + "Connection: close\r\n\r\n"
      write(Array(head.utf8) + (body ?? []), to: connection)
    }
  }
}
