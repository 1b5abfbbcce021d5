import Foundation

/// Writes whole lines to a file descriptor, unbuffered.
public struct LineWriter: Sendable {
  public static let standardOutput = LineWriter(descriptor: STDOUT_FILENO)
  public static let standardError = LineWriter(descriptor: STDERR_FILENO)

  public let descriptor: Int32

  /// Opens whichever of the standard streams were closed to nowhere: the next file to be opened, a socket perhaps, would take
  /// their number, and get the log.
  static func openStandardStreams() {
    while case let descriptor = open("/dev/null", O_RDWR), descriptor >= 0 {
      guard descriptor <= STDERR_FILENO else {
        close(descriptor)
        return
      }
    }
  }

  /// Writes `line` and a newline at once. Returns 0, or the errno of what prevented it (EPIPE: the reader is gone; the process
  /// must then ignore SIGPIPE).
  @discardableResult
  public func write(_ line: String) -> Int32 {
    var rest = Array((line + "\n").utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 {
        if errno == EINTR { continue }
        return errno
      }
      rest = rest.dropFirst(count)
    }
    return 0
  }
}
