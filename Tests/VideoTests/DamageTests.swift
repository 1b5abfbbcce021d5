import Foundation
import TestSupport
import Testing
import Timeline
import Video

@Suite struct DamageTests {
  private let clips: VideoFolder

  init() throws { clips = try VideoFolder() }

  /// 50 frames, a key frame every 10.
  private func clip(_ name: String) throws -> [UInt8] {
    try clips.make("\(pattern) -frames:v 50 -pix_fmt yuv420p -c:v libx264 -g 10 -movflags +faststart \(name)")
    return try clips.bytes(name)
  }

  @Test(arguments: ["mp4", "mkv"])
  func `a file that is cut short gives what is there and says so`(container: String) throws {
    let bytes = try clip("whole.\(container)")
    let reader = try VideoReader(path: clips.write("cut.\(container)", bytes.prefix(bytes.count * 6 / 10)))
    let frames = try reader.all().stamps.count
    #expect(frames > 10 && frames < 45)
    #expect(reader.losses.isTruncated)
    #expect(reader.losses.decodedFrames == frames)
    let summary = try #require(reader.losses.summary)
    #expect(summary.hasPrefix("cut short"))
    if container == "mp4" {
      #expect(reader.losses.missingFrames == 50 - frames)
      #expect(summary.contains("\(50 - frames) of 50 frames missing"))
    }
  }

  @Test func `a transport stream that is cut short gives what is there`() throws {
    let bytes = try clip("whole.ts")
    let reader = try VideoReader(path: clips.write("cut.ts", bytes.prefix(bytes.count * 6 / 10)))
    let frames = try reader.all().stamps.count
    #expect(frames > 10 && frames < 45)
  }

  @Test(arguments: ["mp4", "mkv", "ts", "avi"])
  func `a whole file has no losses`(container: String) throws {
    _ = try clip("whole.\(container)")
    let reader = try VideoReader(path: clips.path("whole.\(container)"))
    #expect(try reader.all().stamps.count == 50)
    #expect(reader.losses.summary == nil)
  }

  @Test(arguments: [0, 12])
  func `frames that an edit list hides, behind or before what it shows, are no losses`(first: Int) throws {
    try clips.make("\(pattern) -frames:v 50 -pix_fmt yuv420p -c:v libx264 -bf 0 -g 10 -movflags +faststart whole.mp4")
    var bytes = try clips.bytes("whole.mp4")
    // After the box's type, version and count: the duration in 1/1000 s and the beginning in 1/12800 s.
    let start = try #require(bytes.firstRange(of: Array("elst".utf8))).upperBound + 8
    for (field, value) in [1_000, first * 512].enumerated() {
      for byte in 0..<4 { bytes[start + field * 4 + byte] = UInt8(truncatingIfNeeded: value >> (24 - 8 * byte)) }
    }
    let reader = try VideoReader(path: clips.write("trimmed.mp4", bytes))
    #expect(reader.info.countedFrames == 25)
    #expect(try reader.all().stamps.count == 25)
    #expect(reader.losses.summary == nil)
  }

  @Test(arguments: ["mp4", "mkv", "ts", "avi"])
  func `damage in the middle is skipped and counted`(container: String) throws {
    var bytes = try clip("whole.\(container)")
    var generator = SeededGenerator(seed: 1)
    let middle = bytes.count / 2
    for index in middle..<middle + 1500 { bytes[index] = .random(in: 0...255, using: &generator) }
    let reader = try VideoReader(path: clips.write("damaged.\(container)", bytes))
    let stamps = try reader.all().stamps
    #expect(stamps.count >= 15 && stamps.count <= 50)
    // A transport stream's lost packets leave no trace but a gap in the timestamps.
    #expect(container == "ts" || reader.losses.summary != nil)
  }

  @Test func `a video of which nothing decodes is an error`() throws {
    try clips.make("\(pattern) -frames:v 5 -c:v png clip.avi")
    var bytes = try clips.bytes("clip.avi")
    // Every PNG loses its signature.
    let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47]
    while let found = bytes.firstRange(of: signature) { bytes.replaceSubrange(found, with: [0, 0, 0, 0]) }
    let path = try clips.write("undecodable.avi", bytes)
    let reader = try VideoReader(path: path)
    let error = #expect(throws: VideoError.self) { try reader.all() }
    #expect(error?.description == "\(path): cannot read: not a single frame could be decoded")
    #expect(reader.losses.undecodableFrames > 0)
  }

  /// Opens and reads whatever `bytes` are, into small pictures: only a `VideoError` may come of it, and it must end.
  private func readAnything(_ bytes: [UInt8], name: String) throws -> Bool {
    let path = try clips.write(name, bytes)
    do throws(VideoError) {
      let reader = try VideoReader(path: path, output: PictureSize(rows: 48, columns: 64))
      _ = try reader.all()
      return true
    } catch {
      #expect(!error.description.contains("\n"))
      return false
    }
  }

  @Test func `random bytes never crash the reader`() throws {
    var generator = SeededGenerator(seed: 2)
    for round in 0..<60 {
      let count = Int.random(in: 1...20_000, using: &generator)
      _ = try readAnything((0..<count).map { _ in .random(in: 0...255, using: &generator) }, name: "random\(round % 4)")
    }
  }

  @Test(arguments: ["mp4", "mkv", "ts", "avi", "h264"])
  func `files with random damage never crash the reader`(container: String) throws {
    try clips.make("\(pattern) -frames:v 6 -pix_fmt yuv420p -c:v libx264 whole.\(container)")
    let whole = try clips.bytes("whole.\(container)")
    var generator = SeededGenerator(seed: 3)
    var readable = 0
    for _ in 0..<40 {
      var bytes = whole
      for _ in 0..<Int.random(in: 1...40, using: &generator) {
        bytes[.random(in: bytes.indices, using: &generator)] = .random(in: 0...255, using: &generator)
      }
      if Bool.random(using: &generator) { bytes.removeLast(.random(in: 0..<bytes.count, using: &generator)) }
      if try readAnything(bytes, name: "damaged.\(container)") { readable += 1 }
    }
    #expect(readable > 0)
  }
}
