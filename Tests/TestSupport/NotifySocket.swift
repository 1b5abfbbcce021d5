import Foundation

/// Where a daemon that is told by `NOTIFY_SOCKET` sends its datagrams, as to systemd.
package final class NotifySocket {
  package let path = FileManager.default.temporaryDirectory.appending(path: "notify-\(UUID().uuidString)").path
  private let descriptor: Int32
  /// All that came so far, in order.
  package private(set) var messages: [String] = []

  package init() throws {
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let code = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard code == 0 else { throw Refused(code: errno) }
    var patience = timeval(tv_sec: 0, tv_usec: 100_000)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
  }

  deinit {
    close(descriptor)
    unlink(path)
  }

  package struct Refused: Error { package let code: Int32 }

  package struct Missing: Error { package let messages: [String] }

  /// Receives until `isEnough` holds for all that came.
  package func receive(timeout: Double = 60, until isEnough: ([String]) -> Bool) throws {
    let deadline = Date(timeIntervalSinceNow: timeout)
    var buffer = [UInt8](repeating: 0, count: 4_096)
    while !isEnough(messages) {
      guard Date() < deadline else { throw Missing(messages: messages) }
      let count = recv(descriptor, &buffer, buffer.count, 0)
      if count >= 0 { messages.append(String(decoding: buffer[..<count], as: UTF8.self)) }
    }
  }

  /// What has come since the last call, without waiting.
  package func received() -> [String] {
    var new: [String] = []
    var buffer = [UInt8](repeating: 0, count: 4_096)
    while case let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT)), count >= 0 {
      new.append(String(decoding: buffer[..<count], as: UTF8.self))
    }
    messages += new
    return new
  }
}
