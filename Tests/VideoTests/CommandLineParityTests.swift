import Foundation
import TestSupport
import Testing
import Video

/// The models' frames were made by the ffmpeg command line; ours must be those bytes.
@Suite struct CommandLineParityTests {
  private let clips: VideoFolder

  init() throws { clips = try VideoFolder() }

  private func expectEqual(
    _ clip: String, size: PictureSize? = nil, within tolerance: Int = 0, location: SourceLocation = #_sourceLocation
  ) throws {
    let scale = size.map { "-s \($0.columns)x\($0.rows)" } ?? ""
    try clips.make(
      "-i \(clip) \(scale) -vsync passthrough -pix_fmt rgb24 -sws_flags bicubic+accurate_rnd+full_chroma_int "
        + "-f rawvideo expected.rgb")
    let expected = try clips.bytes("expected.rgb")
    let reader = try VideoReader(path: clips.path(clip), output: size)
    let actual = try reader.all().pixels.flatMap { $0 }
    #expect(actual.count == expected.count, sourceLocation: location)
    #expect(largestDifference(actual, expected) <= tolerance, sourceLocation: location)
  }

  @Test func `H.264 that declares nothing gives the command line's bytes`() throws {
    try clips.make("\(pattern) -frames:v 8 -pix_fmt yuv420p clip.mp4")
    try expectEqual("clip.mp4")
  }

  @Test func `a width that is no multiple of the vector size gives the command line's bytes`() throws {
    try clips.make("-f lavfi -i testsrc2=size=398x224:rate=25 -frames:v 3 -pix_fmt yuv420p clip.mp4")
    try expectEqual("clip.mp4")
  }

  @Test(arguments: [PictureSize(rows: 30, columns: 50), PictureSize(rows: 96, columns: 128)])
  func `scaled H.264 gives the command line's bytes`(size: PictureSize) throws {
    try clips.make("\(pattern) -frames:v 4 -pix_fmt yuv420p clip.mp4")
    try expectEqual("clip.mp4", size: size)
  }

  @Test(arguments: [
    ("yuv422p", "ffv1"), ("yuv444p", "ffv1"), ("yuvj420p", "ffv1"), ("yuv420p10le", "ffv1"), ("gray", "ffv1"),
    ("gbrp", "ffv1"), ("pal8", "png"),
  ])
  func `other pixel formats give the command line's bytes`(format: String, codec: String) throws {
    try clips.make("\(pattern) -frames:v 3 -pix_fmt \(format) -c:v \(codec) clip.mkv")
    try expectEqual("clip.mkv")
  }

  @Test(arguments: [("bt709", "tv"), ("bt470bg", "tv"), ("bt2020nc", "tv"), ("bt709", "pc"), ("smpte170m", "pc")])
  func `declared matrices and ranges give the command line's bytes`(matrix: String, range: String) throws {
    try clips.make("\(pattern) -frames:v 3 -pix_fmt yuv420p -colorspace \(matrix) -color_range \(range) clip.mp4")
    try expectEqual("clip.mp4")
  }
}
