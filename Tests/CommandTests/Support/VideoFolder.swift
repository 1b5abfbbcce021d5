import Foundation

/// A temporary folder of videos and other files for the programs, gone with the value.
final class VideoFolder {
  struct CommandFailed: Error {
    let arguments: [String]
    let status: Int32
  }

  /// Moving pictures in the demo model's shape, 25 a second.
  static let pattern = "-f lavfi -i testsrc2=size=398x224:rate=25"

  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "command-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func path(_ name: String) -> String { url.appending(path: name).path }

  /// Names of all files, sorted.
  var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: url.path).sorted() }
  }

  /// Runs ffmpeg in the folder with blank-separated `arguments`, the last of which names the file to be written. Returns its path.
  @discardableResult
  func make(_ arguments: String) throws -> String {
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

  /// An H.264 video of `frames` frames with a key frame every tenth, its index at the front.
  func makeVideo(_ name: String = "clip.mp4", frames: Int) throws -> String {
    try make("\(Self.pattern) -frames:v \(frames) -pix_fmt yuv420p -c:v libx264 -g 10 -movflags +faststart \(name)")
  }

  @discardableResult
  func write(_ name: String, _ bytes: some Sequence<UInt8>) throws -> String {
    try Data(bytes).write(to: url.appending(path: name))
    return path(name)
  }

  func bytes(_ name: String) throws -> [UInt8] { try [UInt8](Data(contentsOf: url.appending(path: name))) }
}
