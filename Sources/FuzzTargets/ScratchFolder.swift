internal import Foundation

/// A folder of this process, for readers that take a path. Files are written over and over; the last ones stay until the
/// system cleans its temporary folder.
struct ScratchFolder: Sendable {
  static let shared = ScratchFolder()

  private let path = FileManager.default.temporaryDirectory.appending(path: "spotd-fuzz-\(getpid())").path

  struct NotWritten: Error {
    let path: String
  }

  /// The path of the folder `name` within, which is made if need be.
  func folder(_ name: String) throws -> String {
    let folder = "\(path)/\(name)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    return folder
  }

  /// Writes a file; its path.
  func write(_ bytes: [UInt8], to name: String) throws -> String {
    let file = "\(path)/\(name)"
    var descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    if descriptor < 0 {
      _ = try folder("")
      descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    }
    defer { close(descriptor) }
    guard Foundation.write(descriptor, bytes, bytes.count) == bytes.count else { throw NotWritten(path: file) }
    return file
  }
}
