import Evaluation
import Foundation
import TestSupport
import Testing
import Timeline
import Video

@Suite("spot simulate", .serialized)
struct SimulateTests {
  let folder: VideoFolder

  init() throws { folder = try VideoFolder() }

  private func simulate(_ arguments: String...) throws -> ProgramRun.Result {
    try Program.spot.run(["simulate", "--size", "398x224"] + arguments, timeout: 120)
  }

  @Test("a clip and its truth, the same again for the same seed")
  func clip() throws {
    for name in ["one", "two"] {
      let result = try simulate(
        "--seed", "7", "--frames", "120", "--output", folder.path("\(name).mp4"), "--truth", folder.path("\(name).json")
      )
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.output == "")
      #expect(result.errors.hasPrefix("spot: \(folder.path("\(name).mp4")): 120 frames, "))
    }
    let (one, two) = (try folder.bytes("one.mp4"), try folder.bytes("two.mp4"))
    #expect(one == two)
    let reader = try VideoReader(path: folder.path("one.mp4"))
    #expect(reader.info.countedFrames == 120)
    #expect(reader.info.frameRate == Ratio(25, 1))
    #expect(reader.outputSize == PictureSize(rows: 224, columns: 398))
    let truth = try #require(try EventFile.truth(path: folder.path("one.json")).first)
    #expect(truth.video == "one" && truth.fps == 25 && truth.frameCount == 120)
    #expect(!truth.events.isEmpty)
    let classes = try String(contentsOf: Bundled.model.appending(path: "classes.txt"), encoding: .utf8)
    #expect(truth.events.allSatisfy { classes.split(separator: "\n").contains(Substring($0.label)) })
  }

  @Test("another seed is another match")
  func seeds() throws {
    for seed in ["1", "2"] {
      let result = try simulate(
        "--seed", seed, "--frames", "200", "--preset", "ultrafast", "--output", folder.path("\(seed).mkv"), "--truth",
        folder.path("\(seed).json"))
      #expect(result.status == 0, "\(result.errors)")
    }
    let truths = try ["1", "2"].map { try #require(try EventFile.truth(path: folder.path("\($0).json")).first) }
    #expect(truths[0].events != truths[1].events)
  }

  @Test("several clips: one annotation file for all, or one each")
  func several() throws {
    let all = try simulate(
      "--count", "3", "--frames", "20", "--output", folder.path("clip_%d.mp4"), "--truth", folder.path("all.json"))
    #expect(all.status == 0, "\(all.errors)")
    #expect(all.errorLines.count == 3)
    #expect(try folder.names == ["all.json", "clip_0.mp4", "clip_1.mp4", "clip_2.mp4"])
    #expect(try EventFile.truth(path: folder.path("all.json")).map(\.video) == ["clip_0", "clip_1", "clip_2"])
    let each = try simulate(
      "--count", "2", "--frames", "20", "--output", folder.path("clip_%d.mp4"), "--truth", folder.path("t%d.json"))
    #expect(each.status == 0)
    #expect(try EventFile.truth(path: folder.path("t1.json")).map(\.video) == ["clip_1"])
    // Clip 1 of seed 1 is clip 0 of seed 2.
    let before = try folder.bytes("clip_1.mp4")
    #expect(try simulate("--seed", "2", "--frames", "20", "--output", folder.path("clip_1.mp4")).status == 0)
    #expect(try folder.bytes("clip_1.mp4") == before)
  }

  /// The line of JSON before a clip's pixels.
  private struct Header: Decodable {
    struct Event: Decodable {
      let frame: Int
      let label: String
      let labelIndex: Int

      enum CodingKeys: String, CodingKey {
        case frame, label
        case labelIndex = "label_index"
      }
    }

    let seed: UInt64
    let frames: Int
    let width: Int
    let height: Int
    let rate: Double
    let events: [Event]
    let ball: [[Double]]
  }

  /// The clips of a raw stream.
  private func clips(_ name: String) throws -> [(header: Header, pixels: [UInt8])] {
    var rest = try folder.bytes(name)[...]
    var clips: [(Header, [UInt8])] = []
    while !rest.isEmpty {
      let end = try #require(rest.firstIndex(of: 0x0A))
      let header = try JSONDecoder().decode(Header.self, from: Data(rest[..<end]))
      let count = header.frames * header.width * header.height * 3
      rest = rest[(end + 1)...]
      try #require(rest.count >= count)
      clips.append((header, Array(rest.prefix(count))))
      rest = rest.dropFirst(count)
    }
    return clips
  }

  @Test("a training stream holds a line and the pixels of each clip")
  func raw() throws {
    let result = try simulate("--seed", "3", "--count", "3", "--frames", "40", "--raw", folder.path("clips"))
    #expect(result.status == 0, "\(result.errors)")
    let clips = try clips("clips")
    #expect(clips.map(\.header.seed) == [3, 4, 5])
    let classes = try String(contentsOf: Bundled.model.appending(path: "classes.txt"), encoding: .utf8)
      .split(separator: "\n").map(String.init)
    for clip in clips {
      #expect(
        clip.header.frames == 40 && clip.header.width == 398 && clip.header.height == 224 && clip.header.rate == 25)
      #expect(clip.header.ball.count == 40 && clip.header.ball.allSatisfy { $0.count == 3 })
      for event in clip.header.events {
        #expect((0..<40).contains(event.frame))
        #expect(classes[event.labelIndex - 1] == event.label)
      }
    }
    // Clips begin anywhere by default; from frame 0 on, the same seed is another clip.
    #expect(
      try simulate("--seed", "3", "--frames", "40", "--first-frame", "0", "--raw", folder.path("zero")).status == 0)
    #expect(try self.clips("zero").first?.pixels != clips.first?.pixels)
  }

  @Test("with a quality, a training stream's pixels are those of a decoded file")
  func coded() throws {
    let common = ["--seed", "6", "--frames", "30", "--first-frame", "40", "--crf", "28"]
    let raw = try Program.spot.run(["simulate", "--size", "398x224", "--raw", folder.path("clips")] + common)
    let file = try Program.spot.run(["simulate", "--size", "398x224", "--output", folder.path("clip.mp4")] + common)
    #expect(raw.status == 0 && file.status == 0, "\(raw.errors)\(file.errors)")
    let clip = try #require(try clips("clips").first)
    let reader = try VideoReader(path: folder.path("clip.mp4"))
    let picture = Picture(rows: 224, columns: 398)
    var decoded: [UInt8] = []
    while try reader.next(into: picture) != nil { decoded += Array(picture.bytes) }
    #expect(decoded == clip.pixels)
  }

  @Test("a reader that has enough ends a training stream without a word")
  func brokenPipe() throws {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = [
      "-c", "\"$0\" simulate --size 398x224 --count 1000000 --raw - | head -c 1000000 | wc -c; echo ${PIPESTATUS[0]}",
      try Program.spot.path,
    ]
    let result = try ProgramRun(process, input: nil).finish()
    #expect(result.output.split(separator: "\n") == ["1000000", "0"])
    #expect(result.errors == "")
  }

  @Test(
    "wrong arguments are one clear line",
    arguments: [
      ([], "expected one of --output and --raw"),
      (["--output", "a.mp4", "--raw", "-"], "expected one of --output and --raw"),
      (["--raw", "-", "--truth", "a.json"], "--truth goes with --output"),
      (["--output", "a.mp4", "--count", "2"], "a.mp4: 2 clips need a name with %d in it"),
      (
        ["--output", "%d/clip.mp4", "--count", "2", "--truth", "t.json"],
        "%d/clip.mp4: all clips would be 'clip' in t.json: expected %d in the video's own name"
      ),
      (["--raw", "-", "--frames", "0"], "0 frames were asked for, expected 1 to 10000000"),
      (["--raw", "-", "--count", "0"], "0 clips were asked for"),
      (["--raw", "-", "--rate", "fast"], "a rate of 'fast' is not a number of frames a second"),
      (["--raw", "-", "--rate", "5000"], "a rate of 5000/1 is not from 1 to 1000 frames/s"),
      (["--raw", "-", "--size", "12"], "'12' is not a size such as 796x448"),
      (["--raw", "-", "--size", "10x10"], "a size of 10x10 is not from 64 to 4096 a side"),
      (["--raw", "-", "--first-frame", "soon"], "'soon' is neither a frame's number nor random"),
      (["--raw", "-", "--first-frame=-1"], "a first frame of -1 is not from 0 to"),
      (["--raw", "-", "--ball-scale", "0"], "a ball scale of 0.0 is not from 0.25 to 8"),
      (["--raw", "-", "--noise", "100"], "a noise of 100.0 is not from 0 to 32"),
      (["--raw", "-", "--crf", "60"], "a CRF of 60.0 was asked for, expected 0 to 51"),
      (["--output", "a.gif"], "a.gif: cannot be created: its name should end with .mp4, .mov, .mkv or .ts"),
      (["--output", "a.mp4", "--size", "397x224"], "pictures of 397×224 have an odd side, expected even ones"),
      (["--output", "a.mp4", "--preset", "warp"], "warp"),
      (["--raw", "-", "--preset", "fast"], "--preset needs --crf beside --raw, which is uncompressed without"),
      (["--output", "a.mp4", "--truth", "a.mp4"], "a.mp4: the events and the video are the same file"),
      (["--output", "%d.mp4", "--truth", "./0.mp4"], "./0.mp4: the events and the video are the same file"),
      (
        ["--output", "%d.mp4", "--truth", "2.mp4", "--count", "3"],
        "2.mp4: the events and the video of clip 2 are the same file"
      ),
      (
        ["--output", "c%d.mp4", "--truth", "c1%d.mp4", "--count", "12"],
        "c10.mp4: the events of clip 0 and the video of clip 10 are the same file"
      ),
    ])
  func arguments(arguments: [String], message: String) throws {
    let result = try Program.spot.run(["simulate"] + arguments, folder: folder.url)
    // Of a raw stream the settings are looked at before the first byte.
    expectFailure(result, code: 2, message)
    #expect(try folder.names == [])
  }

  @Test("two names of one file are one file")
  func links() throws {
    try folder.write("a.mp4", "precious".utf8)
    try FileManager.default.createSymbolicLink(atPath: folder.path("b.json"), withDestinationPath: "a.mp4")
    try FileManager.default.linkItem(atPath: folder.path("a.mp4"), toPath: folder.path("1.mp4"))
    try FileManager.default.linkItem(atPath: folder.path("a.mp4"), toPath: folder.path("2.mp4"))
    expectFailure(
      try simulate("--output", folder.path("a.mp4"), "--truth", folder.path("b.json")), code: 2,
      "b.json: the events and the video are the same file")
    expectFailure(
      try simulate("--output", folder.path("%d.mp4"), "--count", "3"), code: 2,
      "2.mp4: the video of clip 2 and the video of clip 1 are the same file")
    #expect(try folder.bytes("a.mp4") == Array("precious".utf8))
    #expect(try folder.names == ["1.mp4", "2.mp4", "a.mp4", "b.json"])
  }

  @Test(
    "options that are refused leave a file as it was",
    arguments: [
      ["--rate", "5000"], ["--size", "10x10"], ["--first-frame=-1"], ["--noise", "100"], ["--crf", "60"],
      ["--size", "397x224", "--crf", "20"], ["--frames", "0"],
    ])
  func refusedOptions(options: [String]) throws {
    let path = try folder.write("a.mp4", "precious".utf8)
    for target in ["--raw", "--output"] {
      let result = try Program.spot.run(["simulate", target, path] + options)
      #expect(result.status == 2 && result.errorLines.count == 1, "\(result.errors)")
      #expect(try folder.bytes("a.mp4") == Array("precious".utf8), "\(target)")
    }
    #expect(try folder.names == ["a.mp4"])
  }

  @Test("a clip that cannot be finished leaves the file before it")
  func keepsOldFile() throws {
    let path = try folder.write("clip.ts", "precious".utf8)
    let result = try Program.spot.run(["simulate", "--frames", "40", "--output", path], setup: "ulimit -f 16")
    expectFailure(result, code: 1, "clip.ts: cannot be written: refused (File too large, code -27)")
    #expect(try folder.bytes("clip.ts") == Array("precious".utf8))
    #expect(try folder.names == ["clip.ts"])
  }

  @Test("places that cannot be written are told, and no broken file stays")
  func places() throws {
    expectFailure(try simulate("--output", folder.path("none/clip.mp4")), code: 1, "none/clip.mp4: cannot be written: ")
    expectFailure(
      try simulate("--output", folder.path("clip.mp4"), "--truth", folder.path("none/clip.json")), code: 1,
      "none/clip.json: cannot be written: ")
    // Of several clips every place is looked at before the first is made.
    try FileManager.default.createDirectory(atPath: folder.path("0"), withIntermediateDirectories: false)
    expectFailure(
      try simulate("--count", "2", "--output", folder.path("%d/clip.mp4")), code: 1, "1/clip.mp4: cannot be written: ")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("0")) == [])
    try FileManager.default.removeItem(atPath: folder.path("0"))
    expectFailure(
      try simulate("--raw", folder.path("none/clips")), code: 1,
      "none/clips: cannot be written: No such file or directory (errno 2)")
    let full = try Program.spot.run(
      ["simulate", "--frames", "40", "--output", folder.path("clip.ts")], setup: "ulimit -f 16")
    expectFailure(full, code: 1, "clip.ts: cannot be written: refused (File too large, code -27)")
    let raw = try Program.spot.run(["simulate", "--frames", "2", "--raw", "/dev/full"])
    expectFailure(raw, code: 1, "/dev/full: cannot be written: No space left on device (errno 28)")
    #expect(try folder.names == [])
  }
}
