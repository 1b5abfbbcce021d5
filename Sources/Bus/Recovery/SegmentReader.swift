import Foundation

/// The bytes of a segment from a place on. Unlike Foundation's file handle it says why they cannot be read.
///
/// It belongs to the thread that uses it.
final class SegmentReader {
  private let path: String
  private let descriptor: Int32

  /// Throws `BusError.file`.
  init(_ path: String, from offset: Int = 0) throws(BusError) {
    self.path = path
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0, lseek(descriptor, off_t(offset), SEEK_SET) >= 0 else { throw failure }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// The next bytes, at most `count`; none at the end. Throws `BusError.file`.
  func next(atMost count: Int) throws(BusError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    while true {
      let taken = read(descriptor, &bytes, count)
      if taken >= 0 { return Array(bytes.prefix(taken)) }
      if errno != EINTR { throw failure }
    }
  }

  /// Bytes of the whole file. Throws `BusError.file`.
  func length() throws(BusError) -> Int {
    var information = stat()
    guard fstat(descriptor, &information) == 0 else { throw failure }
    return Int(information.st_size)
  }

  private var failure: BusError { .file(path: path, operation: "read the segment", code: errno) }
}
