import Foundation

/// Keeps two processes from writing to the same file or folder. The kernel lets go of a lock with the descriptor, also of a process
/// that was killed.
enum FileLock {
  /// Takes the lock for as long as `descriptor` is open. Throws `BusError.file` when another process (or another object of this
  /// one) has it; where the file system has no locks there is none.
  static func take(_ descriptor: Int32, _ path: String) throws(BusError) {
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      switch errno {
      case EINTR: continue
      case EWOULDBLOCK: throw .inUse(path: path)
      default: return
      }
    }
  }

  /// Lets go of the lock and closes `descriptor`. Closing alone leaves it with a child that has been forked and has not yet begun its
  /// own program: the descriptor is that one's, too, until then.
  static func release(_ descriptor: Int32) {
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }
}
