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

  /// Bytes for which a pipe that is ready to be written to has room.
  private static let pieceLength = Int(PIPE_BUF)

  /// Writes `line` and a newline as far as that takes no waiting: a reader that has stopped misses them.
  public func writeIfReady(_ line: String) { _ = writeReady(Array((line + "\n").utf8)) }

  /// Writes as many of `bytes` as can be written without waiting, in as few pieces as that takes; returns how many these were.
  func writeReady(_ bytes: [UInt8]) -> Int {
    var written = 0
    while written < bytes.count, isReady {
      let piece = bytes[written..<min(written + Self.pieceLength, bytes.count)]
      let count = piece.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { break }
      written += count
    }
    return written
  }

  /// Whether a piece of a line can be written at once.
  private var isReady: Bool {
    var wanted = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    return poll(&wanted, 1, 0) == 1 && wanted.revents & Int16(POLLOUT) != 0
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
