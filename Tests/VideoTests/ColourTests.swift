import Foundation
import TestSupport
import Testing
import Timeline
import Video

@Suite struct ColourTests {
  private let clips: VideoFolder

  init() throws { clips = try VideoFolder() }

  @Test(arguments: [
    ("gbrp", "ffv1"), ("bgr0", "ffv1"), ("rgb24", "rawvideo"), ("bgr24", "rawvideo"), ("rgba", "png"), ("rgb24", "png"),
    ("bgr0", "libx264rgb -qp 0"), ("gbrp", "libx264rgb -qp 0"),
  ])
  func `lossless RGB comes out as it went in`(format: String, codec: String) throws {
    // Noise in all three channels, so that any trip through YCbCr would show.
    var generator = SeededGenerator(seed: 7)
    let raw = (0..<64 * 48 * 3 * 2).map { _ in UInt8.random(in: 0...255, using: &generator) }
    _ = try clips.write("raw.rgb", raw)
    // Matroska has no raw RGB.
    let container = codec == "rawvideo" ? "nut" : "mkv"
    let pixels = codec.hasPrefix("libx264rgb") ? "bgr0" : format
    let path = try clips.make(
      "-f rawvideo -pix_fmt rgb24 -s 64x48 -i raw.rgb -pix_fmt \(pixels) -c:v \(codec) clip.\(container)")
    #expect(try VideoReader(path: path).all().pixels.flatMap { $0 } == raw)
  }

  /// A video of one colour given as YCbCr.
  private func patch(_ colour: [UInt8], rows: Int = 48, options: String) throws -> String {
    let plane = 64 * rows
    let header = Array("YUV4MPEG2 W64 H\(rows) F25:1 C444\nFRAME\n".utf8)
    _ = try clips.write("patch.y4m", header + colour.flatMap { Array(repeating: $0, count: plane) })
    return try clips.make("-i patch.y4m \(options) -c:v ffv1 clip.mkv")
  }

  /// RGB of a YCbCr colour, by the definition of the matrix with the luma weights `red` and `blue`.
  private func rgb(_ colour: [UInt8], red: Double, blue: Double, fullRange: Bool) -> [Double] {
    let (black, lumaSpan, chromaSpan) = fullRange ? (0.0, 255.0, 255.0) : (16.0, 219.0, 224.0)
    let luma = (Double(colour[0]) - black) / lumaSpan
    let r = luma + 2 * (1 - red) * (Double(colour[2]) - 128) / chromaSpan
    let b = luma + 2 * (1 - blue) * (Double(colour[1]) - 128) / chromaSpan
    let g = (luma - red * r - blue * b) / (1 - red - blue)
    return [r, g, b].map { min(255, max(0, $0 * 255)) }
  }

  private func expectPatch(_ path: String, _ expected: [Double], location: SourceLocation = #_sourceLocation) throws {
    let pixels = try #require(try VideoReader(path: path).all().pixels.first)
    for (index, value) in pixels.enumerated() where abs(Double(value) - expected[index % 3]) > 1 {
      Issue.record("byte \(index) is \(value), expected \(expected[index % 3])", sourceLocation: location)
      return
    }
  }

  @Test(arguments: [("bt709", 0.2126, 0.0722), ("smpte170m", 0.299, 0.114), ("bt2020nc", 0.2627, 0.0593)])
  func `a declared matrix and range are honoured`(matrix: String, red: Double, blue: Double) throws {
    let colour: [UInt8] = [120, 100, 160]
    for range in ["tv", "pc"] {
      let path = try patch(colour, options: "-colorspace \(matrix) -color_range \(range)")
      let info = try VideoReader(path: path).info
      #expect(info.colour.matrix == matrix)
      #expect(info.colour.range == range)
      try expectPatch(path, rgb(colour, red: red, blue: blue, fullRange: range == "pc"))
    }
  }

  @Test func `an undeclared matrix is BT.601 in standard and BT.709 in high definition`() throws {
    let colour: [UInt8] = [120, 100, 160]
    let standard = try patch(colour, rows: 576, options: "")
    #expect(try VideoReader(path: standard).info.colour.matrix == nil)
    try expectPatch(standard, rgb(colour, red: 0.299, blue: 0.114, fullRange: false))
    try expectPatch(try patch(colour, rows: 720, options: ""), rgb(colour, red: 0.2126, blue: 0.0722, fullRange: false))
  }

  @Test func `another pixel format, range or matrix in the midst of a video counts from its first frame on`() throws {
    var stream: [UInt8] = []
    var expected: [[UInt8]] = []
    let formats = [
      "yuv420p", "yuv422p10le", "yuvj420p -color_range pc", "yuv420p -colorspace bt709",
    ]
    for (part, format) in formats.enumerated() {
      let path = try clips.make("\(pattern) -frames:v 5 -c:v libx264 -bf 0 -pix_fmt \(format) part\(part).h264")
      stream += try clips.bytes("part\(part).h264")
      expected += try VideoReader(path: path).all().pixels
    }
    let reader = try VideoReader(path: clips.write("parts.h264", stream))
    #expect(try reader.all().pixels == expected)
    #expect(reader.losses.summary == nil)
  }

  @Test func `a matrix that cannot be converted is an error`() throws {
    let path = try patch([120, 100, 160], options: "-colorspace ycgco")
    let error = #expect(throws: VideoError.self) { try VideoReader(path: path).all() }
    #expect(error?.reason == .unsupported("colour matrix ycgco"))
  }

  /// 4:2:0 whose Cr rises by 6 a chroma row and 2 a chroma column.
  private func chromaRamp(_ location: String) throws -> [UInt8] {
    let luma = [UInt8](repeating: 128, count: 64 * 48)
    let cb = [UInt8](repeating: 128, count: 32 * 24)
    let cr = (0..<24 * 32).map { index -> UInt8 in
      let (row, column) = index.quotientAndRemainder(dividingBy: 32)
      return UInt8(30 + 6 * row + 2 * column)
    }
    _ = try clips.write("ramp.y4m", Array("YUV4MPEG2 W64 H48 F25:1 C420jpeg\nFRAME\n".utf8) + luma + cb + cr)
    let path = try clips.make("-i ramp.y4m -chroma_sample_location \(location) -c:v ffv1 clip.mkv")
    let reader = try VideoReader(path: path)
    #expect(reader.info.colour.chromaLocation == location)
    return try #require(try reader.all().pixels.first)
  }

  @Test(arguments: [("center", 0.5, 0.5), ("topleft", 0, 0), ("left", 0.5, 0.5)])
  func `chroma lies where it is declared, and "left" where the models' frames have it`(
    location: String, right: Double, down: Double
  ) throws {
    let pixels = try chromaRamp(location)
    // A chroma sample k lies at luma position 2k + offset; between them the ramp is straight.
    for (row, column) in [(20, 20), (21, 31), (30, 12)] {
      let cr = 30 + 3 * (Double(row) - down) + (Double(column) - right)
      let red: Double = (112.0 / 219 + 1.402 * (cr - 128) / 224) * 255
      #expect(abs(Double(pixels[(row * 64 + column) * 3]) - red) <= 1, "row \(row), column \(column)")
    }
  }
}
