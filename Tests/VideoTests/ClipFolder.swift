import Foundation
import Testing
import Timeline
import Video

/// A temporary folder of clips made by the ffmpeg command line, gone with the value.
final class ClipFolder {
  struct CommandFailed: Error {
    let arguments: [String]
    let status: Int32
  }

  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "video-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func path(_ name: String) -> String { url.appending(path: name).path }

  /// Runs ffmpeg in the folder with blank-separated `arguments`; the last names the file to be written. Returns its path.
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

  func write(_ name: String, _ bytes: some Sequence<UInt8>) throws -> String {
    try Data(bytes).write(to: url.appending(path: name))
    return path(name)
  }

  func bytes(_ name: String) throws -> [UInt8] { try [UInt8](Data(contentsOf: url.appending(path: name))) }
}

/// Moving pictures of 64 × 48 (columns × rows), 25 a second.
let pattern = "-f lavfi -i testsrc2=size=64x48:rate=25"

extension VideoReader {
  /// Reads to the end: every stamp, and the pixels of every frame, [rows, columns, 3] each.
  func all() throws(VideoError) -> (stamps: [FrameStamp], pixels: [[UInt8]]) {
    let picture = Picture(rows: info.outputSize.rows, columns: info.outputSize.columns)
    var stamps: [FrameStamp] = []
    var pixels: [[UInt8]] = []
    while let stamp = try next(into: picture) {
      stamps.append(stamp)
      pixels.append(Array(picture.bytes))
    }
    return (stamps, pixels)
  }
}

/// The largest difference of two equally long byte sequences, 256 if they are not.
func largestDifference(_ left: [UInt8], _ right: [UInt8]) -> Int {
  guard left.count == right.count else { return 256 }
  return zip(left, right).map { abs(Int($0) - Int($1)) }.max() ?? 0
}
