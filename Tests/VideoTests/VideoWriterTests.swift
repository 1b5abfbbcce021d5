import Foundation
import Glibc
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

  @Test func `x264 encodes alike on every machine`() throws {
    let (path, written) = try record("clip.mp4", frames: 40, crf: 18)
    try clips.write("clip.rgb", written.joined())
    // Of x264, and of what swscale does before, only the portable code: what every machine has.
    let portable = try clips.make(
      """
      -cpuflags 0 -f rawvideo -pix_fmt rgb24 -s 160x96 -r 30000/1001 -i clip.rgb
      -vf scale=flags=bicubic+accurate_rnd+full_chroma_inp+full_chroma_int:out_color_matrix=smpte170m:out_range=tv,format=yuv420p
      -colorspace smpte170m -color_primaries smpte170m -color_trc smpte170m -color_range tv -chroma_sample_location center
      -c:v libx264 -threads 1 -preset veryfast -crf 18 -g 50 -x264-params asm=0 portable.mp4
      """)
    #expect(try VideoReader(path: path).all().pixels == VideoReader(path: portable).all().pixels)
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
    #expect(try clips.names == [])
  }

  @Test(arguments: ["mp4", "mov", "mkv", "ts"])
  func `nothing lies in the folder before the end, so that nothing is left of a process that is killed`(
    ending: String
  ) throws {
    // O_TMPFILE, which not every file system has.
    let nameless = open(clips.url.path, O_RDWR | O_DIRECTORY | 0o20_000_000, 0o600)
    guard nameless >= 0 else { return }
    close(nameless)
    let path = clips.path("clip.\(ending)")
    let writer = try VideoWriter(path: path, size: size, rate: rate)
    for _ in 0..<60 { try writer.write(Picture(rows: size.rows, columns: size.columns)) }
    #expect(try clips.names == [])
    try writer.finish()
    #expect(try clips.names == ["clip.\(ending)"])
    #expect(try VideoReader(path: path).all().pixels.count == 60)
    // Others may read it as they may any new file.
    let other = open(clips.path("other"), O_WRONLY | O_CREAT, 0o666)
    defer { close(other) }
    var own = stat()
    var usual = stat()
    let results = [stat(path, &own), fstat(other, &usual)]
    #expect(results == [0, 0] && own.st_mode == usual.st_mode)
  }

  @Test(arguments: ["mp4", "mov", "mkv", "ts"])
  func `the file before it stays until the end, and is replaced then`(ending: String) throws {
    let path = try clips.write("clip.\(ending)", "precious".utf8)
    do {
      let writer = try VideoWriter(path: path, size: size, rate: rate)
      try writer.write(Picture(rows: size.rows, columns: size.columns))
      #expect(try clips.bytes("clip.\(ending)") == Array("precious".utf8))
    }
    #expect(try clips.bytes("clip.\(ending)") == Array("precious".utf8))
    #expect(try clips.names == ["clip.\(ending)"])
    _ = try record("clip.\(ending)", frames: 5)
    #expect(try VideoReader(path: path).all().pixels.count == 5)
    #expect(try clips.names == ["clip.\(ending)"])
  }

  @Test func `a failure leaves the file before it`() throws {
    let path = try clips.write("clip.mp4", "precious".utf8)
    #expect(try failure("clip.mp4", settings: EncodingSettings(crf: 60)).contains("a CRF of 60.0"))
    let writer = try VideoWriter(path: path, size: size, rate: rate)
    try writer.write(Picture(rows: size.rows, columns: size.columns))
    // Whatever takes the name in the meantime, a folder cannot be replaced.
    try FileManager.default.removeItem(atPath: path)
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    let error = try #require(throws: VideoError.self) { try writer.finish() }
    #expect(error.description.hasSuffix("clip.mp4: cannot be written: refused (Is a directory, code \(EISDIR))"))
  }

  @Test func `a link stays, and what it leads to is replaced`() throws {
    try FileManager.default.createDirectory(atPath: clips.path("far"), withIntermediateDirectories: false)
    try clips.write("far/clip.mp4", "precious".utf8)
    try FileManager.default.createSymbolicLink(atPath: clips.path("near.mp4"), withDestinationPath: "far/clip.mp4")
    _ = try record("near.mp4", frames: 3)
    #expect(try VideoReader(path: clips.path("far/clip.mp4")).all().pixels.count == 3)
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: clips.path("near.mp4")) == "far/clip.mp4")
    #expect(try FileManager.default.contentsOfDirectory(atPath: clips.path("far")) == ["clip.mp4"])
  }

  @Test func `a device is written in place`() throws {
    try FileManager.default.createSymbolicLink(atPath: clips.path("null.ts"), withDestinationPath: "/dev/null")
    _ = try record("null.ts", frames: 3)
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: clips.path("null.ts")) == "/dev/null")
    #expect(try clips.names == ["null.ts"])
  }

  @Test func `a FIFO is written in place`() throws {
    let path = clips.path("pipe.ts")
    try #require(mkfifo(path, 0o600) == 0)
    // Open both ways, so that neither end waits for the other; few frames fit into the pipe's buffer.
    let descriptor = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK)
    defer { close(descriptor) }
    _ = try record("pipe.ts", frames: 3, crf: 40)
    var bytes = [UInt8](repeating: 0, count: 65_536)
    let count = read(descriptor, &bytes, bytes.count)
    #expect(count > 0 && count % 188 == 0 && bytes[0] == 0x47, "packets of a transport stream")
    #expect(try clips.names == ["pipe.ts"])
  }
}
