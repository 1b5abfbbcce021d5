import Foundation

/// A file in `RecordFormat` that only grows: after a failed append it still ends with the last whole record. No other process can
/// write to it by this type meanwhile.
final class RecordFile: @unchecked Sendable {  // used by one thread at a time, the one that appends
  let path: String
  /// Bytes, all of them whole records and the header.
  private(set) var length = 0

  private let descriptor: Int32

  /// Creates the file with the header. Throws `BusError.file`, also when there is one at `path` already.
  init(creating path: String, mode: mode_t) throws(BusError) {
    self.path = path
    descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw .file(path: path, operation: "create the file", code: errno) }
    try FileLock.take(descriptor, path)
    do throws(BusError) { try append(RecordFormat.header) } catch {
      unlink(path)  // nobody could go on with it, and it would stand in the way of the next attempt
      throw error
    }
  }

  /// Goes on with the file at `path`; before the first append `cut` must have said where. Throws `BusError.file`.
  init(continuing path: String) throws(BusError) {
    self.path = path
    descriptor = open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
    guard descriptor >= 0 else { throw .file(path: path, operation: "go on with the file", code: errno) }
    try FileLock.take(descriptor, path)
  }

  /// Cuts off what follows the first `length` bytes, which are the header and whole records; of a file without a whole header
  /// all, and begins it anew. Throws `BusError.file`.
  func cut(to length: Int) throws(BusError) {
    self.length = length < RecordFormat.header.count ? 0 : length
    guard ftruncate(descriptor, off_t(self.length)) == 0 else {
      throw .file(path: path, operation: "go on with the file", code: errno)
    }
    if self.length == 0 { try append(RecordFormat.header) }
  }

  deinit { if descriptor >= 0 { FileLock.release(descriptor) } }

  /// Throws `BusError.file` when the disk refuses.
  func append(_ record: [UInt8]) throws(BusError) {
    var rest = record[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if written > 0 {
        rest = rest.dropFirst(written)
      } else if errno != EINTR {
        let code = errno
        ftruncate(descriptor, off_t(length))
        throw .file(path: path, operation: "append", code: code)
      }
    }
    length += record.count
  }

  /// Waits until all is on the disk itself.
  func synchronize() throws(BusError) {
    // A pipe or a terminal has nothing to wait for.
    if fsync(descriptor) != 0 && errno != EINVAL { throw .file(path: path, operation: "write to disk", code: errno) }
  }
}
