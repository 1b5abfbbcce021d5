import Glibc

/// A file that is written beside its name, in the same folder under a hidden one, and gets its own when it is whole.
///
/// What is there and no regular file, such as a device or a FIFO, is written in place: a rename would put a plain file there.
struct FileDraft: ~Copyable {
  /// Where to write.
  let path: String
  /// What `publish` replaces; nil where `path` is the file itself, and once it is replaced.
  private var target: String?

  /// - Parameters:
  ///   - target: The file to make or replace; a link to a file stays, and what it leads to is replaced. Nothing is made yet.
  ///   - ending: That of the hidden name, without its dot.
  init(of target: String, ending: String) {
    var status = stat()
    let exists = stat(target, &status) == 0
    guard !exists || status.st_mode & S_IFMT == S_IFREG else {
      path = target
      return
    }
    let file = exists ? Self.resolved(target) : target
    let folder = file.lastIndex(of: "/").map { file[...$0] } ?? ""
    // The name does not grow with the file's, which may be as long as the file system takes.
    path = "\(folder).\(UInt64.random(in: 0 ... .max)).partial.\(ending)"
    self.target = file
  }

  /// Takes away what is not whole; the file that was there before is still there.
  deinit { if target != nil { unlink(path) } }

  /// Puts what was written, which is closed by now, in the file's place. Throws the errno of what failed; then nothing has changed.
  mutating func publish() throws(Errno) {
    guard let target else { return }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Errno(code: errno) }
    defer { close(descriptor) }
    // A rename must not outlive a crash that the data did not.
    guard fsync(descriptor) == 0 else { throw Errno(code: errno) }
    guard rename(path, target) == 0 else { throw Errno(code: errno) }
    self.target = nil
  }

  /// The error of a system call.
  struct Errno: Error {
    let code: Int32
  }

  /// Where the links of `path` lead.
  private static func resolved(_ path: String) -> String {
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
  }
}
