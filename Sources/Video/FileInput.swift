import CLibav
import Glibc

/// A local file, FIFO or device as a byte source of libav.
///
/// libav's own `file:` protocol blocks in open(2) and read(2) of a FIFO where no cancellation reaches it, and takes paths
/// with a colon for URLs. This one polls, and takes a path as it is.
final class FileInput {
  /// How long a cancellation may go unnoticed while no data come.
  private static let pollMilliseconds: Int32 = 50
  private static let bufferSize = 1 << 16

  private let descriptor: Int32
  private let isRegular: Bool
  private let interruption: Interruption
  /// Owned, together with its buffer, which libav may have replaced by another.
  private(set) var context: UnsafeMutablePointer<AVIOContext>?

  convenience init(path: String, interruption: Interruption) throws(VideoError) {
    // Non-blocking, so that opening a FIFO does not wait for its writer.
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else {
      let code = errno
      throw VideoError(path, .open, code == ENOENT ? .noSuchFile : .refused, code: code)
    }
    try self.init(descriptor: descriptor, path: path, interruption: interruption)
  }

  /// What the process's standard input delivers. It is the process's own, so it is read through a duplicate.
  convenience init(standardInputFor interruption: Interruption) throws(VideoError) {
    let descriptor = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
    guard descriptor >= 0 else { throw VideoError("-", .open, .refused, code: errno) }
    try self.init(descriptor: descriptor, path: "-", interruption: interruption)
  }

  /// Takes over `descriptor`; `path` is for error messages.
  private init(descriptor: Int32, path: String, interruption: Interruption) throws(VideoError) {
    self.descriptor = descriptor
    var status = stat()
    let known = fstat(descriptor, &status) == 0
    let kind = status.st_mode & S_IFMT
    isRegular = kind == S_IFREG
    self.interruption = interruption
    context = nil
    // Everything is initialised: from here on, deinit cleans up after a throw.
    if !known { throw VideoError(path, .open, .refused, code: errno) }
    if kind == S_IFDIR { throw VideoError(path, .open, .isDirectory, code: EISDIR) }
    if isRegular && status.st_size == 0 { throw VideoError(path, .open, .emptyFile) }

    let buffer = av_malloc(Self.bufferSize)?.assumingMemoryBound(to: UInt8.self)
    let seek: (@convention(c) (UnsafeMutableRawPointer?, Int64, Int32) -> Int64)? =
      isRegular ? { FileInput.of($0).seek(to: $1, whence: $2) } : nil
    context = avio_alloc_context(
      buffer, Int32(Self.bufferSize), 0, Unmanaged.passUnretained(self).toOpaque(),
      { FileInput.of($0).read(into: $1, count: $2) }, nil, seek)
    if context == nil {
      av_free(buffer)
      throw VideoError(path, .open, .refused, code: ENOMEM)
    }
  }

  deinit {
    if let context { av_free(context.pointee.buffer) }
    avio_context_free(&context)
    if descriptor >= 0 { close(descriptor) }
  }

  /// The input that libav's callback is for: it lives as long as the context that holds the pointer.
  private static func of(_ opaque: UnsafeMutableRawPointer?) -> FileInput {
    Unmanaged<FileInput>.fromOpaque(opaque.unsafelyUnwrapped).takeUnretainedValue()
  }

  /// Bytes read, or an AVERROR.
  private func read(into buffer: UnsafeMutablePointer<UInt8>?, count: Int32) -> Int32 {
    while !interruption.isDue {
      if !isRegular {
        // Without this a FIFO that has no writer yet would look like one at its end.
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        if poll(&waiting, 1, Self.pollMilliseconds) == 0 { continue }
      }
      let got = Glibc.read(descriptor, buffer, Int(count))
      if got > 0 { return Int32(got) }
      if got == 0 { return CLIBAV_ERROR_EOF }
      if errno != EINTR && errno != EAGAIN { return -errno }
    }
    return CLIBAV_ERROR_EXIT
  }

  /// The new position, or with AVSEEK_SIZE the file's size, or an AVERROR.
  private func seek(to offset: Int64, whence: Int32) -> Int64 {
    if whence & AVSEEK_SIZE != 0 {
      var status = stat()
      return fstat(descriptor, &status) == 0 ? Int64(status.st_size) : Int64(-errno)
    }
    let position = lseek(descriptor, Int(offset), whence & ~AVSEEK_FORCE)
    return position >= 0 ? Int64(position) : Int64(-errno)
  }
}
