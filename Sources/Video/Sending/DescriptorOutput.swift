import Glibc

/// Standard output, a new file or a FIFO. Owns the descriptor. The process must ignore SIGPIPE, so that a reader that goes away is
/// an error here.
final class DescriptorOutput: ByteOutput {
  /// How long a cancellation may go unnoticed while nobody reads.
  private static let pollMilliseconds: Int32 = 50

  private let name: String
  private let cancellation: Cancellation
  private var descriptor: Int32

  /// Makes the file, which must not be there yet, or waits until somebody reads the FIFO.
  init(path: String, cancellation: Cancellation) throws(VideoError) {
    name = path
    self.cancellation = cancellation
    descriptor = -1
    var status = stat()
    let isThere = stat(path, &status) == 0
    switch isThere ? status.st_mode & S_IFMT : S_IFREG {
    case S_IFREG: descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    case S_IFIFO: descriptor = try Self.openFIFO(path, cancellation)
    default: descriptor = open(path, O_WRONLY | O_CLOEXEC)
    }
    if descriptor < 0 { throw VideoError(path, .connect, .refused, code: errno) }
  }

  private init(name: String, descriptor: Int32, cancellation: Cancellation) {
    self.name = name
    self.descriptor = descriptor
    self.cancellation = cancellation
  }

  deinit { if descriptor >= 0 { Glibc.close(descriptor) } }

  static func standardOutput(_ cancellation: Cancellation) throws(VideoError) -> DescriptorOutput {
    let name = SendingTarget.standardOutput.name
    if isatty(STDOUT_FILENO) == 1 { throw VideoError(name, .connect, .isTerminal) }
    // A copy, because this type closes its own.
    let copy = dup(STDOUT_FILENO)
    if copy < 0 { throw VideoError(name, .connect, .refused, code: errno) }
    return DescriptorOutput(name: name, descriptor: copy, cancellation: cancellation)
  }

  func write(_ bytes: UnsafeRawBufferPointer) throws(VideoError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      if cancellation.isCancelled { throw VideoError(name, .send, .cancelled) }
      var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      if poll(&waiting, 1, Self.pollMilliseconds) == 0 { continue }
      // A pipe that polls as writable takes this much without blocking.
      let count = Glibc.write(
        descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, min(rest.count, Int(PIPE_BUF)))
      if count >= 0 {
        rest = rest.dropFirst(count)
      } else if errno != EINTR && errno != EAGAIN {
        throw VideoError(name, .send, .refused, code: errno)
      }
    }
  }

  func close() throws(VideoError) {
    let code = Glibc.close(descriptor)
    descriptor = -1
    if code != 0 { throw VideoError(name, .send, .refused, code: errno) }
  }

  /// open(2) would wait where no cancellation reaches it; without waiting it fails until there is a reader.
  private static func openFIFO(_ path: String, _ cancellation: Cancellation) throws(VideoError) -> Int32 {
    while !cancellation.isCancelled {
      let descriptor = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC)
      if descriptor >= 0 || errno != ENXIO { return descriptor }
      poll(nil, 0, pollMilliseconds)
    }
    throw VideoError(path, .connect, .cancelled)
  }
}
