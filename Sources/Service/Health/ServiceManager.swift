import Foundation

/// Tells systemd how the daemon fares, as `sd_notify(3)` says: datagrams to the socket that `NOTIFY_SOCKET` names. Without one,
/// or where it cannot be reached, nothing happens.
package final class ServiceManager: Sendable {
  /// Seconds within which the watchdog wants to be fed; nil where there is none.
  package let watchdogSeconds: Double?

  /// −1 where nobody wants to know.
  private let descriptor: Int32
  private let path: [UInt8]

  package init(environment: [String: String]) {
    path = Array((environment["NOTIFY_SOCKET"] ?? "").utf8)
    let isPath = path.first == UInt8(ascii: "/") || path.first == UInt8(ascii: "@")
    descriptor = isPath ? socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0) : -1
    let isMeant = environment["WATCHDOG_PID"].map { Int32($0) == getpid() } ?? true
    let microseconds = environment["WATCHDOG_USEC"].flatMap { UInt64($0) } ?? 0
    watchdogSeconds = isMeant && microseconds > 0 ? Double(microseconds) / 1e6 : nil
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Sends variables such as `READY=1`, a line each.
  package func notify(_ variables: String...) {
    guard descriptor >= 0 else { return }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let capacity = MemoryLayout.size(ofValue: address.sun_path)
    guard path.count < capacity else { return }
    withUnsafeMutableBytes(of: &address.sun_path) { field in
      field.copyBytes(from: path)
      // A leading @ stands for the zero byte of an abstract name.
      if path[0] == UInt8(ascii: "@") { field[0] = 0 }
    }
    let length = MemoryLayout<sockaddr_un>.size - capacity + path.count
    let message = Array(variables.joined(separator: "\n").utf8)
    withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        // The manager's queue is full only while it hangs; the next message then says the same or newer things.
        _ = sendto(
          descriptor, message, message.count, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL), address,
          socklen_t(length))
      }
    }
  }
}
