import Foundation
import TestSupport
import Testing

@Suite("spot inspect")
struct InspectTests {
  let folder: VideoFolder

  init() throws { folder = try VideoFolder() }

  /// The lines that `spot inspect` prints, each with its runs of blanks made one.
  private func lines(_ arguments: String...) throws -> [String] {
    let result = try Program.spot.run(["inspect"] + arguments)
    #expect(result.status == 0)
    #expect(result.errors == "")
    return result.output.split(separator: "\n").map { line in
      line.split(separator: " ").joined(separator: " ")
    }
  }

  @Test("a model folder")
  func model() throws {
    let lines = try lines(Bundled.model.path)
    #expect(lines.contains("data set tennis"))
    #expect(lines.contains("temporal shift gsf in stages 1, 2, 3, 4"))
    #expect(lines.contains("low resolution 112×199, crop 112×199 (rows × columns)"))
    #expect(lines.contains("network 7607023 numbers in 823 tensors, all of them in the weights file"))
    #expect(lines.contains("6 near_court_serve"))
  }

  @Test("control characters of class names do not reach the terminal")
  func controlCharacters() throws {
    for name in ["config.json", "weights.safetensors"] {
      try FileManager.default.copyItem(
        atPath: Bundled.model.appending(path: name).path, toPath: folder.path(name))
    }
    try folder.write("classes.txt", "a\u{1B}[2J\nb\u{9B}\nc\nd\ne\nf\n".utf8)
    let lines = try lines(folder.url.path)
    #expect(lines.contains(#"1 a\u{1B}[2J"#) && lines.contains(#"2 b\u{009B}"#))
    #expect(!lines.joined().unicodeScalars.contains { $0.properties.generalCategory == .control })
  }

  @Test("a model's operators in time, delays composed from their reaches")
  func temporal() throws {
    let lines = try lines(Bundled.model.path, "--temporal")
    #expect(lines[0] == "operator past future past in all future in all delay ring frames ring KiB")
    #expect(lines.contains { $0.hasPrefix("lowres.stem 0 0 0 0 0 ") })
    // Thirteen blocks shift, three frames each; the smoothing adds three twice; then thirteen blocks again.
    #expect(lines.contains { $0.hasPrefix("lowres.s4.b7 2 2 39 39 39 ") })
    #expect(lines.contains { $0.hasPrefix("saliency.smooth2 3 3 45 45 45 ") })
    #expect(lines.contains { $0.hasPrefix("fused 0 0 84 84 84 ") })
    #expect(lines.contains { $0.hasPrefix("bigru 63 63 63 63 63 64 ") })
    #expect(lines.contains { $0.hasPrefix("soft-nms 1 1 – – 64 ") })
  }

  @Test("a checkpoint, by parts and by tensors")
  func checkpoint() throws {
    let path = Bundled.model.appending(path: "weights.safetensors").path
    let parts = try lines(path)
    #expect(parts.contains("format safetensors"))
    #expect(parts.contains("part tensors numbers types remark"))
    #expect(parts.contains("temp_enc 1 23552 float16"))
    #expect(parts.contains { $0.hasPrefix("lowres_backbone.s4 ") })
    let tensors = try lines(path, "--tensors")
    #expect(tensors.contains("lowres_backbone.stem.conv.1.weight float16 32×3×3×3 864"))
    #expect(tensors.count == 7 + 823)
  }

  @Test("a video")
  func video() throws {
    let lines = try lines(Bundled.sample(0))
    #expect(lines.contains("codec h264"))
    #expect(lines.contains("display size 796×448"))
    #expect(lines.contains("frames 300"))
  }

  @Test("an overlay shows every frame, larger, with a panel below")
  func overlay() throws {
    // The sample's truth, with a ball that is in the picture's middle, or where no picture reaches.
    let events = #"[{"frame": 29, "label": "near_court_bounce"}]"#
    let far = ["[1e300, 10, 1]", "[10, -1e300, 1]", "[-1e19, 1e19, 1]", "[398, 224, 1]"]
    let ball = (far + Array(repeating: "[199, 112, 1]", count: 36)).joined(separator: ", ")
    let truth = try folder.write(
      "truth.json",
      #"{"video": "v", "fps": 25, "width": 398, "height": 224, "events": \#(events), "ball": [\#(ball)]}"#.utf8)
    let video = try folder.make("-i \(Bundled.sample(0)) -frames:v 40 -c:v libx264 -crf 18 clip.mp4")
    let output = folder.path("overlay.mp4")
    let result = try Program.spot.run(
      ["inspect", video, "--overlay", output, "--truth", truth, "--model", Bundled.model.path])
    #expect(result.status == 0 && result.output == "", "\(result.errors)")
    #expect(result.errors.contains("overlay.mp4: 40 frames, "))
    let told = try lines(output)
    #expect(
      told.contains("display size 796×614") && told.contains("frames 40")
        && told.contains { $0.hasPrefix("frame rate 25") })

    // In the picture something has been drawn, and the words of the panel are there.
    try folder.make(
      "-i overlay.mp4 -vf select=eq(n\\,29),crop=796:166:0:448 -frames:v 1 -pix_fmt gray -f rawvideo panel.gray")
    let panel = try folder.bytes("panel.gray")
    #expect(panel.count == 796 * 166)
    #expect(panel.count { $0 > 180 } > 1000 && panel.count { $0 < 40 } > panel.count / 2)
  }

  @Test("an overlay tells the video's frames, also of a model that looks at every second one")
  func overlayOfEverySecondFrame() throws {
    let configuration = Bundled.model.appending(path: "config.json")
    let text = try String(contentsOf: configuration, encoding: .utf8)
    try folder.write("config.json", text.replacing("\"tennis\"", with: "\"soccernetball\"").utf8)
    let video = try folder.make("-i \(Bundled.sample(0)) -frames:v 25 -c:v libx264 -crf 18 clip.mp4")
    /// The ink of the first digit behind "frame", in one of the overlay's pictures.
    func digit(_ configuration: String, picture: Int) throws -> [Bool] {
      let result = try Program.spot.run([
        "inspect", video, "--overlay", folder.path("overlay.mp4"), "--config", configuration, "--weights",
        Bundled.model.appending(path: "weights.safetensors").path, "--classes",
        Bundled.model.appending(path: "classes.txt").path,
      ])
      #expect(result.status == 0, "\(result.errors)")
      try folder.make(
        """
        -i overlay.mp4 -vf select=eq(n\\,\(picture)),crop=12:14:78:430 -frames:v 1 -pix_fmt gray
        -f rawvideo digit.gray
        """)
      return try folder.bytes("digit.gray").map { $0 > 160 }
    }
    let every = try digit(configuration.path, picture: 20)
    let other = try digit(configuration.path, picture: 10)
    let second = try digit(folder.path("config.json"), picture: 10)
    func differences(_ left: [Bool], _ right: [Bool]) -> Int { zip(left, right).count { $0 != $1 } }
    #expect(differences(every, other) > 20, "2 of 20, and 1 of 10")
    #expect(differences(every, second) < 8, "both show frame 20")
  }

  @Test("an overlay that cannot be is refused before anything is scored")
  func overlayFailures() throws {
    func fails(_ arguments: [String], code: Int32 = 2, _ message: String) throws {
      expectFailure(try Program.spot.run(["inspect"] + arguments), code: code, message)
    }
    let sample = Bundled.sample(0)
    try fails(
      [sample, "--overlay", folder.path("out.avi")],
      "out.avi: cannot be created: its name should end with .mp4, .mov, .mkv or .ts")
    try fails([folder.path("none.mp4"), "--overlay", folder.path("out.mp4")], "none.mp4: there is no such file")
    try fails([sample, "--overlay", "/nowhere/out.mp4"], code: 1, "/nowhere/out.mp4: cannot be written")
    try fails([sample, "--truth", "t.json"], "--truth belongs to --overlay")
    try fails([sample, "--overlay", folder.path("out.mp4"), "--temporal"], "--overlay goes with neither")
    try fails(
      [sample, "--overlay", folder.path("out.mp4"), "--threshold", "2"], "threshold")
    let other = try folder.write("t.json", #"{"video": "v", "events": [{"frame": 1, "label": "goal"}]}"#.utf8)
    try fails(
      [sample, "--overlay", folder.path("out.mp4"), "--truth", other], "t.json: the model has no class \"goal\"")
    #expect(try folder.names == ["t.json"])
  }

  @Test("an overlay's true events may be SoccerNet's, of the half that the video is of")
  func overlayOfHalf() throws {
    let sample = try Data(contentsOf: URL(filePath: Bundled.sample(0)))
    let (video, second) = (try folder.write("clip.mp4", sample), try folder.write("2_clip.mp4", sample))
    // The classes that the model does not have show which half was read.
    func fails(_ video: String, _ halves: Int..., message: String) throws {
      let annotations = halves.map { #"{"gameTime": "\#($0) - 00:01", "label": "goal \#($0)"}"# }
      let truth = try folder.write(
        "l.json", #"{"UrlLocal": "l/g/", "annotations": [\#(annotations.joined(separator: ", "))]}"#.utf8)
      expectFailure(
        try Program.spot.run(["inspect", video, "--overlay", folder.path("out.mp4"), "--truth", truth]), code: 2,
        message)
    }
    try fails(video, 1, message: "l.json: the model has no class \"goal 1\"")
    try fails(video, 2, message: "l.json: the model has no class \"goal 2\"")
    try fails(second, 1, 2, message: "l.json: the model has no class \"goal 2\"")
    try fails(video, 1, 2, message: #"clip.mp4: does not tell whether it is of "l/g/1" or "l/g/2""#)
    #expect(try folder.names == ["2_clip.mp4", "clip.mp4", "l.json"])
  }

  @Test("an overlay never takes the place of what it is made from")
  func overlayOfItself() throws {
    let video = try folder.write("clip.mp4", Data(contentsOf: URL(filePath: Bundled.sample(0))))
    let truth = try folder.write("truth.mp4", #"{"video": "v", "events": []}"#.utf8)
    try FileManager.default.createSymbolicLink(atPath: folder.path("link.mp4"), withDestinationPath: "clip.mp4")
    let before = (video: try folder.bytes("clip.mp4"), truth: try folder.bytes("truth.mp4"))
    func fails(_ overlay: String, _ message: String) throws {
      let model = ["--model", Bundled.model.path]
      let result = try Program.spot.run(["inspect", video, "--overlay", overlay, "--truth", truth] + model)
      expectFailure(result, code: 2, message)
    }
    try fails(video, "clip.mp4: the overlay and the video are the same file")
    try fails(folder.path("link.mp4"), "link.mp4: the overlay and the video are the same file")
    try fails(truth, "truth.mp4: the overlay and the true events are the same file")
    #expect(try folder.bytes("clip.mp4") == before.video)
    #expect(try folder.bytes("truth.mp4") == before.truth)
    #expect(try folder.names == ["clip.mp4", "link.mp4", "truth.mp4"])
  }

  @Test("an overlay that fails leaves the file before it")
  func overlayKeepsOldFile() throws {
    let video = try folder.makeVideo(frames: 10)
    let output = try folder.write("out.ts", "precious".utf8)
    let result = try Program.spot.run(
      ["inspect", video, "--overlay", output, "--model", Bundled.model.path], setup: "ulimit -f 16")
    expectFailure(result, code: 1, "out.ts: cannot be written: refused (File too large, code -27)")
    #expect(try folder.bytes("out.ts") == Array("precious".utf8))
    #expect(try folder.names == ["clip.mp4", "out.ts"])
  }

  @Test("what is none of them")
  func others() throws {
    func inspect(_ path: String) throws -> ProgramRun.Result { try Program.spot.run(["inspect", path]) }
    expectFailure(try inspect(folder.path("none")), code: 2, "none: cannot open: there is no such file")
    expectFailure(
      try inspect(folder.write("notes.txt", "These are notes.\n".utf8)), code: 2,
      "notes.txt: neither a weights file, a recording nor a video; expected one of these or a model folder")
    expectFailure(try inspect(folder.url.path), code: 6, "a model folder holds one weights file")
    expectFailure(try inspect(folder.write("cut.pt", "PK\u{3}\u{4}".utf8)), code: 6, "cut.pt: ")
  }
}
