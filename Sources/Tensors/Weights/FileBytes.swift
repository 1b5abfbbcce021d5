import Glibc

/// A whole file in memory, with its path for error messages.
///
/// Read rather than mapped: a mapped file that someone truncates kills the process, one in memory cannot.
package struct FileBytes: Sendable {
  /// Larger weights files are refused; the models served here are a hundred times smaller.
  package static let maximumByteCount = 1 << 30

  let path: String
  package let bytes: [UInt8]

  init(path: String, bytes: [UInt8]) {
    self.path = path
    self.bytes = bytes
  }

  /// Reads a regular file of at most `limit` bytes.
  package init(reading path: String, limit: Int = FileBytes.maximumByteCount) throws(TensorsError) {
    // Without O_NONBLOCK opening a FIFO would wait for its writer.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw TensorsError(path: path, operation: "cannot be opened", errno: errno) }
    defer { close(descriptor) }

    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw TensorsError(path: path, operation: "cannot be examined", errno: errno)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw TensorsError(path: path, problem: "is not a regular file")
    }
    let count = Int(status.st_size)
    guard count <= limit else {
      throw TensorsError(path: path, problem: "has \(count) bytes", expected: "at most \(limit)")
    }

    var failure: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      while initialized < count {
        let received = read(descriptor, buffer.baseAddress! + initialized, count - initialized)
        if received < 0 && errno == EINTR { continue }
        if received < 0 { failure = errno }
        if received <= 0 { break }
        initialized += received
      }
    }
    guard failure == 0 else { throw TensorsError(path: path, operation: "cannot be read", errno: failure) }
    guard bytes.count == count else {
      throw TensorsError(path: path, problem: "ended after \(bytes.count) bytes", expected: "\(count)")
    }
    self.init(path: path, bytes: bytes)
  }
}

extension TensorsError {
  /// A failed system call.
  init(path: String, operation: String, errno code: Int32) {
    self.init(path: path, problem: "\(operation): \(String(cString: strerror(code))) (errno \(code))")
  }
}
