import Foundation
import Testing

/// Connections to an HTTP server on loopback, byte by byte.
enum HTTPClient {
  struct Answer {
    let status: Int
    let head: String
    let body: String
  }

  /// A connected socket; receiving gives up after `patience` seconds.
  static func connect(port: UInt16, patience: Int = 10) throws -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr = in_addr(s_addr: UInt32(0x7F00_0001).bigEndian)
    let code = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Foundation.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    try #require(code == 0, "port \(port): \(errno)")
    var time = timeval(tv_sec: patience, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
    return descriptor
  }

  static func send(_ text: String, to descriptor: Int32) {
    _ = Array(text.utf8).withUnsafeBytes { Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
  }

  /// Everything up to the server's end of the connection.
  static func receive(from descriptor: Int32) -> String {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = recv(descriptor, &buffer, buffer.count, 0), count > 0 { bytes += buffer[..<count] }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The answer to a whole request, its last line empty.
  static func ask(port: UInt16, _ request: String) throws -> Answer {
    let descriptor = try connect(port: port)
    defer { close(descriptor) }
    send(request, to: descriptor)
    let text = receive(from: descriptor)
    let parts = text.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
    let status = try #require(text.firstMatch(of: #/^HTTP/1\.1 (\d+)/#).flatMap { Int($0.1) }, "\(text)")
    return Answer(status: status, head: String(parts[0]), body: parts.count > 1 ? String(parts[1]) : "")
  }

  static func get(port: UInt16, _ path: String) throws -> Answer {
    try ask(port: port, "GET \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n")
  }
}
