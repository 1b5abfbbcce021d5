import Glibc

/// A file that gets its name when it is whole.
///
/// Until then it has none, and whatever ends the process, a signal or the power's end, leaves nothing of it. Where the file system knows
/// no such files (NFS, old overlays) it lies in the same folder under a hidden name, and stays there if the process is killed.
///
/// What is there and no regular file, such as a device or a FIFO, is written in place: a rename would put a plain file there.
struct FileDraft: ~Copyable {
  /// `O_TMPFILE`, which C makes of two macros: a file without a name in the folder that is opened.
  private static let nameless: Int32 = 0o20_000_000 | O_DIRECTORY

  /// Where to write; it may be opened several times.
  let path: String
  /// The name beside the target, with which the file is written or which it has for a moment before the rename.
  private let hidden: String
  /// Holds the file that has no name, to which `path` leads; -1 where it has one.
  private let descriptor: Int32
  /// What `publish` replaces; nil where `path` is the file itself, and once it is replaced.
  private var target: String?

  /// - Parameters:
  ///   - target: The file to make or replace; a link to a file stays, and what it leads to is replaced. There is nothing to be seen yet.
  ///   - ending: That of the hidden name, without its dot.
  init(of target: String, ending: String) {
    var status = stat()
    let exists = stat(target, &status) == 0
    guard !exists || status.st_mode & S_IFMT == S_IFREG else {
      path = target
      hidden = target
      descriptor = -1
      return
    }
    let file = exists ? Self.resolved(target) : target
    let folder = file.lastIndex(of: "/").map { String(file[...$0]) } ?? "./"
    // The name does not grow with the file's, which may be as long as the file system takes.
    let hidden = "\(folder).\(UInt64.random(in: 0 ... .max)).partial.\(ending)"
    self.hidden = hidden
    self.target = file
    let descriptor = open(folder, O_RDWR | Self.nameless | O_CLOEXEC, 0o666)
    let link = "/proc/self/fd/\(descriptor)"
    if descriptor >= 0 && access(link, R_OK | W_OK) == 0 {
      path = link
      self.descriptor = descriptor
    } else {
      if descriptor >= 0 { close(descriptor) }
      path = hidden
      self.descriptor = -1
    }
  }

  /// Takes away what is not whole; the file that was there before is still there.
  deinit {
    if descriptor >= 0 {
      close(descriptor)
    } else if target != nil {
      unlink(path)
    }
  }

  /// Puts what was written, which is closed by now, in the file's place. Throws the errno of what failed; then nothing has changed.
  mutating func publish() throws(Errno) {
    guard let target else { return }
    try synchronize()
    if descriptor >= 0 {
      // A link replaces nothing, a rename does.
      guard linkat(AT_FDCWD, path, AT_FDCWD, hidden, AT_SYMLINK_FOLLOW) == 0 else { throw Errno(code: errno) }
    }
    guard rename(hidden, target) == 0 else {
      let code = errno
      if descriptor >= 0 { unlink(hidden) }
      throw Errno(code: code)
    }
    self.target = nil
  }

  /// Returns when the disk has everything: a rename must not outlive a crash that the data did not.
  private func synchronize() throws(Errno) {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw Errno(code: errno) }
    defer { close(file) }
    guard fsync(file) == 0 else { throw Errno(code: errno) }
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
