import Glibc

/// A file that appears under its name whole or not at all: written in the same folder under a hidden name, forced to the disk, then
/// renamed.
package struct FileReplacement: ~Copyable {
  private let descriptor: Int32
  private let path: String

  /// Writes the file at `path`, replacing what was there; when anything fails, nothing has changed. A link to a file stays, and what
  /// it leads to is replaced. A file that is replaced keeps its permissions.
  package static func write(
    to path: String, _ body: (borrowing FileReplacement) throws(TensorsError) -> Void
  ) throws(TensorsError) {
    var status = stat()
    let exists = stat(path, &status) == 0
    if exists, status.st_mode & S_IFMT != S_IFREG {
      // A rename would put a plain file in the place of, say, /dev/null.
      throw TensorsError(path: path, problem: "is there and no regular file", expected: "a new file or one to replace")
    }
    let target = exists ? resolved(path) : path
    // The temporary file must lie in the same directory: a rename cannot leave its file system. Its name does not grow with the
    // file's, which may be as long as the file system takes.
    let folder = target.lastIndex(of: "/").map { target[...$0] } ?? ""
    let temporaryPath = "\(folder).\(UInt64.random(in: 0 ... .max)).partial"
    let descriptor = open(temporaryPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw TensorsError(path: path, operation: "cannot be created", errno: errno) }
    if exists { fchmod(descriptor, status.st_mode & 0o777) }
    do throws(TensorsError) {
      let file = FileReplacement(descriptor: descriptor, path: path)
      try body(file)
      try file.synchronize()
    } catch {
      unlink(temporaryPath)
      throw error
    }
    guard rename(temporaryPath, target) == 0 else {
      let code = errno
      unlink(temporaryPath)
      throw TensorsError(path: path, operation: "cannot be replaced", errno: code)
    }
  }

  /// Where the links of `path` lead.
  private static func resolved(_ path: String) -> String {
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// Takes over `descriptor`, which is closed in the end.
  package init(descriptor: Int32, path: String) {
    self.descriptor = descriptor
    self.path = path
  }

  deinit { close(descriptor) }

  package borrowing func write(_ bytes: [UInt8]) throws(TensorsError) {
    try bytes.span.withUnsafeBytes { (buffer) throws(TensorsError) in
      var rest = buffer[...]
      while !rest.isEmpty {
        let written = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if written < 0 && errno == EINTR { continue }
        guard written >= 0 else { throw TensorsError(path: path, operation: "cannot be written", errno: errno) }
        rest = rest.dropFirst(written)
      }
    }
  }

  /// Returns when the disk has everything, so that a rename cannot outlive a crash that the data did not.
  private borrowing func synchronize() throws(TensorsError) {
    guard fsync(descriptor) == 0 else {
      throw TensorsError(path: path, operation: "cannot be forced to the disk", errno: errno)
    }
  }
}
