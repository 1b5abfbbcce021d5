import Foundation
import TestSupport
import Testing
import Timeline
import Video

@Suite struct VideoWriterTests {
  private let clips: VideoFolder
  private let size = PictureSize(rows: 96, columns: 160)
  private let rate: Ratio

  init() throws {
    clips = try VideoFolder()
    rate = try #require(Ratio(30_000, 1_001))
  }

  /// A smooth picture in all colours that moves with `frame`.
  private func paint(_ picture: Picture, frame: Int) {
    for row in 0..<picture.rows {
      for column in 0..<picture.columns {
        let at = (row * picture.columns + column) * 3
        let phase = Double(column + 6 * frame) / 25
        picture.bytes[at] = UInt8(128 + 90 * sin(phase))
        picture.bytes[at + 1] = UInt8(128 + 90 * sin(Double(row) / 17 + 1))
        picture.bytes[at + 2] = UInt8(128 + 90 * sin(phase / 2 + Double(row) / 31))
      }
    }
  }

  /// Writes `frames` pictures into `name`; their pixels and the file's path.
  private func record(
    _ name: String, frames: Int, crf: Double = 8
  ) throws -> (path: String, pixels: [[UInt8]]) {
    let path = clips.path(name)
    let writer = try VideoWriter(path: path, size: size, rate: rate, settings: EncodingSettings(crf: crf))
    let picture = Picture(rows: size.rows, columns: size.columns)
    var pixels: [[UInt8]] = []
    for frame in 0..<frames {
      paint(picture, frame: frame)
      try writer.write(picture)
      pixels.append(Array(picture.bytes))
    }
    try writer.finish()
    return (path, pixels)
  }

  /// Peak signal-to-noise ratio in dB over all bytes.
  private func signalToNoise(_ left: [[UInt8]], _ right: [[UInt8]]) -> Double {
    var (sum, count) = (0, 0)
    for (one, other) in zip(left, right) {
      for (first, second) in zip(one, other) {
        let difference = Int(first) - Int(second)
        sum += difference * difference
        count += 1
      }
    }
    let power: Double = Double(sum) / Double(count)
    return 10 * log10(65_025 / power)
  }

  @Test(arguments: ["mp4", "mov", "mkv", "ts"])
  func `what was written is read back, frame by frame`(ending: String) throws {
    let (path, written) = try record("clip.\(ending)", frames: 40)
    let reader = try VideoReader(path: path)
    #expect(reader.info.colour.matrix == "smpte170m")
    #expect(reader.info.colour.range == "tv")
    let (stamps, read) = try reader.all()
    #expect(read.count == 40)
    #expect(signalToNoise(written, read) > 40)
    // Each frame is itself, not its neighbour.
    #expect(signalToNoise(Array(written.dropFirst()), read) < 35)
    let first = try #require(stamps.first).time.seconds
    let tick = reader.info.timeBase.seconds
    for (index, stamp) in stamps.enumerated() {
      let expected = Double(index) / rate.value
      #expect(abs(stamp.time.seconds - first - expected) <= (ending == "mkv" ? 0.0006 : tick * 0.51))
    }
    #expect(reader.losses.summary == nil)
  }

  @Test func `an MP4 counts its frames and keeps the exact rate`() throws {
    let info = try VideoReader(path: record("clip.mp4", frames: 7).path).info
    #expect(info.frameRate == rate)
    #expect(info.countedFrames == 7)
  }

  @Test(arguments: [48, 720], [[200, 40, 30], [30, 180, 60], [50, 60, 210], [250, 250, 250], [5, 5, 5]])
  func `colours come back as they were`(rows: Int, colour: [UInt8]) throws {
    let path = clips.path("patch.mp4")
    let writer = try VideoWriter(
      path: path, size: PictureSize(rows: rows, columns: 64), rate: rate, settings: EncodingSettings(crf: 0))
    let picture = Picture(rows: rows, columns: 64)
    for index in picture.bytes.indices { picture.bytes[index] = colour[index % 3] }
    try writer.write(picture)
    try writer.finish()
    let reader = try VideoReader(path: path)
    #expect(reader.info.colour.matrix == (rows > 576 ? "bt709" : "smpte170m"))
    let read = try #require(try reader.all().pixels.first)
    #expect(largestDifference(read, Array(picture.bytes)) <= 2)
  }

  @Test func `pictures coded in memory equal those of a file`() throws {
    let (path, written) = try record("clip.mp4", frames: 60, crf: 30)
    let coded = try CodedPictures(size: size, rate: rate, settings: EncodingSettings(crf: 30))
    let picture = Picture(rows: size.rows, columns: size.columns)
    var came: [[UInt8]] = []
    for pixels in written {
      _ = picture.bytes.update(fromContentsOf: pixels)
      try coded.push(picture) { came.append(Array($0.bytes)) }
    }
    try coded.finish { came.append(Array($0.bytes)) }
    #expect(came == (try VideoReader(path: path).all().pixels))
  }

  @Test func `a higher CRF makes a smaller file of lower quality`() throws {
    let (good, written) = try record("good.mp4", frames: 20, crf: 12)
    let (poor, _) = try record("poor.mp4", frames: 20, crf: 40)
    #expect(try clips.bytes("poor.mp4").count < clips.bytes("good.mp4").count)
    #expect(
      signalToNoise(written, try VideoReader(path: poor).all().pixels)
        < signalToNoise(written, try VideoReader(path: good).all().pixels))
  }

  /// What making `name` of pictures of `size` fails with.
  private func failure(
    _ name: String, size: PictureSize? = nil, settings: EncodingSettings = EncodingSettings()
  ) throws -> String {
    let size = size ?? self.size
    let error = #expect(throws: VideoError.self) {
      let writer = try VideoWriter(path: clips.path(name), size: size, rate: rate, settings: settings)
      let picture = Picture(rows: size.rows, columns: size.columns)
      var generator = SeededGenerator(seed: 1)
      for _ in 0..<60 {
        for index in picture.bytes.indices { picture.bytes[index] = UInt8.random(in: 0...255, using: &generator) }
        try writer.write(picture)
      }
      try writer.finish()
    }
    return try #require(error).description
  }

  @Test(arguments: ["full.ts", "full.mkv"])
  func `a full disk is an error`(name: String) throws {
    try FileManager.default.createSymbolicLink(atPath: clips.path(name), withDestinationPath: "/dev/full")
    let message = try failure(name)
    #expect(message.hasSuffix("\(name): cannot be written: refused (No space left on device, code -28)"))
    #expect(FileManager.default.fileExists(atPath: clips.path(name)), "a device that was there is left alone")
  }

  @Test func `a folder that is not there is an error`() throws {
    #expect(
      try failure("none/clip.mp4").hasSuffix(
        "none/clip.mp4: cannot be created: refused (No such file or directory, code -2)"))
  }

  @Test(arguments: ["clip", "clip.png", "mp4", "folder.mp4/clip"])
  func `a name without a container's ending is an error`(name: String) throws {
    #expect(try failure(name).hasSuffix("cannot be created: its name should end with .mp4, .mov, .mkv or .ts"))
  }

  @Test func `sizes and settings that cannot be encoded are errors that leave no file`() throws {
    #expect(
      try failure("odd.mp4", size: PictureSize(rows: 96, columns: 161)).hasSuffix(
        "cannot start the encoder: pictures of 161×96 have an odd side, expected even ones"))
    #expect(
      try failure("crf.mp4", settings: EncodingSettings(crf: 51.5)).hasSuffix(
        "a CRF of 51.5 was asked for, expected 0 to 51"))
    #expect(try failure("key.mp4", settings: EncodingSettings(keyFrameInterval: 0)).contains("a key frame every 0"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: clips.url.path).isEmpty)
  }

  @Test func `a writer that is let go before its end leaves no file`() throws {
    do {
      let writer = try VideoWriter(path: clips.path("clip.mp4"), size: size, rate: rate)
      try writer.write(Picture(rows: size.rows, columns: size.columns))
    }
    #expect(!FileManager.default.fileExists(atPath: clips.path("clip.mp4")))
  }
}
