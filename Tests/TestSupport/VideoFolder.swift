package import Foundation

/// A temporary folder of videos made by the ffmpeg command line, and of other files; gone with the value.
package final class VideoFolder {
  package struct CommandFailed: Error {
    package let arguments: [String]
    package let status: Int32
  }

  package let url: URL

  package init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "spotd-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  package func path(_ name: String) -> String { url.appending(path: name).path }

  /// Names of all files, sorted.
  package var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: url.path).sorted() }
  }

  /// Runs ffmpeg in the folder with blank-separated `arguments`, the last of which names the file to be written. Returns its path.
  @discardableResult
  package func make(_ arguments: String) throws -> String {
    let words = arguments.split(whereSeparator: \.isWhitespace).map(String.init)
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["ffmpeg", "-nostdin", "-v", "quiet", "-y"] + words
    process.currentDirectoryURL = url
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0, let name = words.last else {
      throw CommandFailed(arguments: words, status: process.terminationStatus)
    }
    return path(name)
  }

  @discardableResult
  package func write(_ name: String, _ bytes: some Sequence<UInt8>) throws -> String {
    try Data(bytes).write(to: url.appending(path: name))
    return path(name)
  }

  package func bytes(_ name: String) throws -> [UInt8] { try [UInt8](Data(contentsOf: url.appending(path: name))) }
}
