import Foundation
import Synchronization
import TestSupport
import Testing
import Timeline
import Video

@Suite struct GeometryTests {
  private let clips: VideoFolder

  init() throws { clips = try VideoFolder() }

  /// One lossless frame, 64 × 48, in a file whose display matrix can be set.
  private func upright() throws -> (path: String, pixels: [UInt8]) {
    let path = try clips.make("\(pattern) -frames:v 1 -pix_fmt rgb24 -c:v png upright.mov")
    return (path, try #require(try VideoReader(path: path).all().pixels.first))
  }

  /// The upright clip with another display matrix (a, b, c, d; 1 is 65,536) written over its own.
  private func turned(_ matrix: [Int32]) throws -> String {
    _ = try upright()
    var bytes = try clips.bytes("upright.mov")
    let header = try #require(bytes.firstRange(of: Array("tkhd".utf8))).lowerBound
    for (value, field) in zip(matrix, [0, 1, 3, 4]) {
      // The matrix begins 44 bytes after the box's type in a version 0 track header.
      let start = header + 44 + field * 4
      for byte in 0..<4 { bytes[start + byte] = UInt8(truncatingIfNeeded: value >> (24 - 8 * Int32(byte))) }
    }
    return try clips.write("turned.mov", bytes)
  }

  @Test(arguments: [90, 180, 270])
  func `a rotation gives the command line's picture`(degrees: Int) throws {
    _ = try upright()
    let path = try clips.make("-i upright.mov -c copy -metadata:s:v rotate=\(degrees) turned.mov")
    try clips.make("-i turned.mov -pix_fmt rgb24 -f rawvideo expected.rgb")
    let reader = try VideoReader(path: path)
    // The tag counts anticlockwise.
    #expect(reader.info.orientation.degrees == 360 - degrees)
    #expect(!reader.info.orientation.isMirrored)
    #expect(reader.info.outputSize == PictureSize(rows: degrees == 180 ? 48 : 64, columns: degrees == 180 ? 64 : 48))
    #expect(try reader.all().pixels.first == clips.bytes("expected.rgb"))
  }

  @Test func `a turned picture is scaled as it is shown`() throws {
    // Strong colours overshoot at edges, and are clipped in the other direction first when turned.
    try clips.make("\(pattern) -frames:v 2 -vf hue=s=0.3 -pix_fmt yuv420p upright.mp4")
    let path = try clips.make("-i upright.mp4 -c copy -metadata:s:v rotate=90 turned.mp4")
    let size = PictureSize(rows: 100, columns: 70)
    try clips.make(
      "-i turned.mp4 -vf scale=70:100 -pix_fmt rgb24 -sws_flags bicubic+accurate_rnd+full_chroma_int -f rawvideo "
        + "expected.rgb")
    let pixels = try VideoReader(path: path, output: size).all().pixels.flatMap { $0 }
    // The command line turns before it scales, we after: rounding may differ.
    #expect(largestDifference(pixels, try clips.bytes("expected.rgb")) <= 2)
  }

  @Test func `mirrors and turns move every pixel to its place`() throws {
    let one: Int32 = 65_536
    let (_, pixels) = try upright()
    // Matrix (a, b, c, d), its turn, and where the pixel shown at (row, column) comes from.
    let cases: [([Int32], Int, (Int, Int) -> (Int, Int))] = [
      ([-one, 0, 0, one], 0, { ($0, 63 - $1) }),
      ([one, 0, 0, -one], 180, { (47 - $0, $1) }),
      ([0, one, one, 0], 270, { ($1, $0) }),
      ([0, -one, -one, 0], 90, { (47 - $1, 63 - $0) }),
    ]
    for (matrix, degrees, origin) in cases {
      let reader = try VideoReader(path: turned(matrix))
      #expect(reader.info.orientation.isMirrored)
      #expect(reader.info.orientation.degrees == degrees)
      let size = reader.info.outputSize
      let expected = (0..<size.rows).flatMap { row in
        (0..<size.columns).flatMap { column -> [UInt8] in
          let from = origin(row, column)
          let start = (from.0 * 64 + from.1) * 3
          return Array(pixels[start..<start + 3])
        }
      }
      #expect(try reader.all().pixels.first == expected)
    }
  }

  @Test func `a slanted display matrix is refused`() throws {
    let path = try turned([52_339, 39_441, -39_441, 52_339])
    let error = #expect(throws: VideoError.self) { try VideoReader(path: path) }
    #expect(
      error?.description.hasSuffix("a display matrix other than turns by 90° and mirrors is not supported") == true)
  }

  @Test func `pixels that are not square widen the display, and a wrong output is told`() throws {
    let path = try clips.make("\(pattern) -frames:v 2 -vf setsar=4/3 -pix_fmt yuv420p clip.mp4")
    let info = try VideoReader(path: path).info
    #expect(info.sampleAspectRatio == Ratio(4, 3))
    #expect(info.codedSize == PictureSize(rows: 48, columns: 64))
    #expect(info.displaySize == PictureSize(rows: 48, columns: 85))
    #expect(info.outputSize == info.displaySize)
    #expect(info.aspectMismatch == nil)
    let square = try VideoReader(path: path, output: PictureSize(rows: 96, columns: 128)).info
    let mismatch = try #require(square.aspectMismatch)
    #expect(abs(mismatch - 0.753) < 0.001)
    #expect(square.table().contains { $0.0 == "aspect" })
    #expect(try VideoReader(path: path, output: PictureSize(rows: 96, columns: 170)).info.aspectMismatch == nil)
  }

  @Test func `a change of the picture size is announced and reading goes on`() throws {
    try clips.make("\(pattern) -frames:v 10 -pix_fmt yuv420p -bf 0 small.h264")
    try clips.make("-f lavfi -i testsrc2=size=96x64:rate=25 -frames:v 10 -pix_fmt yuv420p -bf 0 large.h264")
    let path = try clips.write("both.h264", clips.bytes("small.h264") + clips.bytes("large.h264"))
    let size = PictureSize(rows: 48, columns: 64)
    let notices = Mutex<[VideoNotice]>([])
    let reader = try VideoReader(path: path, output: size, notify: { notice in notices.withLock { $0.append(notice) } })
    let pixels = try reader.all().pixels
    #expect(pixels.count == 20)
    #expect(
      notices.withLock { $0 } == [.frameSizeChanged(frame: 10, from: size, to: PictureSize(rows: 64, columns: 96))])
    let large = try VideoReader(path: clips.path("large.h264"), output: size).all().pixels
    #expect(Array(pixels[10...]) == large)
  }
}
