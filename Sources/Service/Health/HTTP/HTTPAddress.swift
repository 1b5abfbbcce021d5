import Foundation

/// Where the daemon answers HTTP: a numeric address with its port, such as `127.0.0.1:9570` or `[::1]:9570`. Names are not
/// resolved, `localhost` excepted; port `*` takes a free one.
package struct HTTPAddress: Sendable, Equatable {
  /// Without brackets.
  package let host: String
  /// 0: a free one.
  package let port: UInt16

  /// Nil for anything else.
  package init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":") else { return nil }
    let (head, tail) = (text[..<colon], text[text.index(after: colon)...])
    guard let port = tail == "*" ? 0 : UInt16(tail), tail == "*" || port > 0 else { return nil }
    self.port = port
    if head == "localhost" {
      host = "127.0.0.1"
    } else if head.hasPrefix("["), head.hasSuffix("]") {
      host = String(head.dropFirst().dropLast())
      guard Self.v6(host) != nil else { return nil }
    } else {
      host = String(head)
      guard Self.v4(host) != nil else { return nil }
    }
  }

  /// Whether only this machine can reach it.
  package var isLoopback: Bool {
    if let address = Self.v4(host) { return UInt32(bigEndian: address.s_addr) >> 24 == 127 }
    guard var address = Self.v6(host) else { return false }
    return withUnsafeBytes(of: &address) { bytes in bytes.dropLast().allSatisfy { $0 == 0 } && bytes[15] == 1 }
  }

  /// A listening socket at the address, which does not block; −1 with `errno` where there can be none.
  func listen() -> Int32 {
    let family = Self.v4(host) == nil ? AF_INET6 : AF_INET
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let descriptor = socket(family, kind, 0)
    guard descriptor >= 0 else { return -1 }
    var yes: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    guard bind(descriptor) == 0, Foundation.listen(descriptor, 16) == 0 else {
      let code = errno
      close(descriptor)
      errno = code
      return -1
    }
    return descriptor
  }

  private func bind(_ descriptor: Int32) -> Int32 {
    if let address = Self.v4(host) {
      var name = sockaddr_in()
      name.sin_family = sa_family_t(AF_INET)
      name.sin_port = port.bigEndian
      name.sin_addr = address
      return Self.withAddress(&name) { Foundation.bind(descriptor, $0, $1) }
    }
    var name = sockaddr_in6()
    name.sin6_family = sa_family_t(AF_INET6)
    name.sin6_port = port.bigEndian
    name.sin6_addr = Self.v6(host) ?? in6addr_loopback
    return Self.withAddress(&name) { Foundation.bind(descriptor, $0, $1) }
  }

  /// The address with the port that `descriptor` has really taken.
  func taken(by descriptor: Int32) -> String {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let code = Self.withAddress(&storage) { address, _ in getsockname(descriptor, address, &length) }
    // Both families have the port behind the family's two bytes, most significant byte first.
    let port = withUnsafeBytes(of: &storage) { UInt16($0[2]) << 8 | UInt16($0[3]) }
    return Self.text(host, code == 0 ? port : self.port)
  }

  private static func text(_ host: String, _ port: UInt16) -> String {
    host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
  }

  private static func withAddress<Name, Result>(
    _ name: inout Name, _ body: (UnsafeMutablePointer<sockaddr>, socklen_t) -> Result
  ) -> Result {
    withUnsafeMutablePointer(to: &name) { pointer in
      // Every kind of socket address begins as `sockaddr` does.
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<Name>.size)) }
    }
  }

  private static func v4(_ text: String) -> in_addr? {
    var address = in_addr()
    return inet_pton(AF_INET, text, &address) == 1 ? address : nil
  }

  private static func v6(_ text: String) -> in6_addr? {
    var address = in6_addr()
    return inet_pton(AF_INET6, text, &address) == 1 ? address : nil
  }
}

extension HTTPAddress: CustomStringConvertible {
  package var description: String { port == 0 ? String(Self.text(host, 0).dropLast()) + "*" : Self.text(host, port) }
}
