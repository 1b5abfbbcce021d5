import Evaluation
import Foundation
import Tensors
import TestSupport
import Testing

@Suite("spot detect", .serialized)
struct DetectTests {
  let folder: VideoFolder

  init() throws { folder = try VideoFolder() }

  private func predictions(_ json: String) throws -> [PredictedVideo.Event] {
    try EventFile.predictions(json: Array(json.utf8), name: "events", video: "").flatMap(\.events)
  }

  @Test("the bundled model finds what the published implementation finds", arguments: [0, 1])
  func samples(number: Int) throws {
    let events = folder.path("events.json")
    let scores = folder.path("scores.safetensors")
    let result = try Program.spot.run([
      "detect", Bundled.sample(number), "--threshold", "0.01", "--output", events, "--scores", scores,
    ])
    #expect(result.status == 0)
    #expect(result.output == "")
    let summary = #/spot: 300 frames in [0-9.]+ s: [0-9.]+ frames/s, [0-9.]+ ms a frame\n/#
    #expect(result.errors.wholeMatch(of: summary) != nil, "\(result.errors)")

    let found = try EventFile.predictions(path: events, video: "").flatMap(\.events)
    let expected = try EventFile.predictions(
      path: Bundled.samples.appending(path: "sample_\(number).expected.json").path, video: ""
    ).flatMap(\.events)
    expectSame(found, expected)

    // The fixture was made in PyTorch with the bundled weights.
    let reference = try StateDict.read(
      path: try #require(Bundle.module.path(forResource: "Fixtures/sample_\(number).expected", ofType: "safetensors")))
    let state = try StateDict.read(path: scores)
    let difference = zip(try state.tensor("probabilities").values, try reference.tensor("probabilities").values)
      .map { abs($0 - $1) }.max()
    #expect(try #require(difference) < 1e-4)
    #expect(try state.tensor("support") == reference.tensor("support"))
    #expect(try state.tensor("clip_starts").values == stride(from: -5, to: 268, by: 32).map(Float.init))
    #expect(state["roi_centers"]?.shape == [9, 64, 2])
    #expect(try state.tensor("roi_sizes").values.allSatisfy { $0 >= 144 && $0 < 448 })
  }

  /// Same label, at most one frame apart, confidences within 0.05; each event stands for one of the other list. Near the
  /// threshold of 0.01 the last digit decides whether an event is there at all.
  private func expectSame(_ found: [PredictedVideo.Event], _ expected: [PredictedVideo.Event]) {
    var left = found
    for event in expected where event.score >= 0.02 {
      let match = left.indices.filter {
        left[$0].label == event.label && abs(left[$0].frame - event.frame) <= 1
          && abs(left[$0].score - event.score) <= 0.05
      }.min { abs(left[$0].frame - event.frame) < abs(left[$1].frame - event.frame) }
      guard let match else {
        Issue.record("\(event) was not found")
        continue
      }
      left.remove(at: match)
    }
    for event in left where event.score >= 0.03 { Issue.record("\(event) is not expected") }
  }

  @Test("any number of threads gives the same bytes")
  func threads() throws {
    let video = try folder.make("-i \(Bundled.sample(0)) -frames:v 70 -c:v libx264 clip.mp4")
    var results: Set<[UInt8]> = []
    for threads in [1, 2, 5] {
      let result = try Program.spot.run([
        "detect", video, "--threads", "\(threads)", "--output", folder.path("events.json"), "--scores",
        folder.path("scores.safetensors"),
      ])
      #expect(result.status == 0)
      results.insert(try folder.bytes("events.json") + folder.bytes("scores.safetensors"))
    }
    #expect(results.count == 1)
  }

  @Test("without --output the events are all that standard output gets")
  func standardOutput() throws {
    // Without loss: what x264 loses depends on the CPU's instructions, and scores with it.
    let video = try folder.make("-i \(Bundled.sample(0)) -frames:v 90 -c:v libx264 -qp 0 -preset ultrafast clip.mp4")
    let result = try Program.spot.run(["detect", video, "--threshold", "0.5"])
    #expect(result.status == 0)
    #expect(
      try predictions(result.output).map(\.label) == [
        "far_court_serve", "near_court_bounce", "near_court_swing", "far_court_bounce",
      ])
    #expect(try predictions(result.output).allSatisfy { $0.score >= 0.5 })
    #expect(result.errorLines.count == 1)
  }

  @Test("--output - is standard output, too")
  func standardOutputByName() throws {
    let video = try folder.makeVideo(frames: 4)
    let result = try Program.spot.run(["detect", video, "--threshold", "0", "--output", "-"], folder: folder.url)
    #expect(result.status == 0, "\(result.errors)")
    #expect(try !predictions(result.output).isEmpty)
    #expect(try folder.names == ["clip.mp4"])
  }

  @Test("a video of a few frames is scored as well", arguments: [1, 20])
  func shortVideo(frames: Int) throws {
    let video = try folder.makeVideo(frames: frames)
    let result = try Program.spot.run([
      "detect", video, "--threshold", "0", "--scores", folder.path("scores.safetensors"),
    ])
    #expect(result.status == 0)
    let scores = try StateDict.read(path: folder.path("scores.safetensors"))
    #expect(try scores.tensor("support").values == Array(repeating: 1, count: frames))
    #expect(try predictions(result.output).allSatisfy { $0.frame < frames })
  }

  @Test("--reference-tail leaves the frames of incomplete clips without scores")
  func referenceTail() throws {
    let video = try folder.makeVideo(frames: 65)
    let scores = folder.path("scores.safetensors")
    let result = try Program.spot.run(["detect", video, "--reference-tail", "--scores", scores])
    #expect(result.status == 0)
    // The one full clip holds the frames −5 … 58.
    let support = try StateDict.read(path: scores).tensor("support").values
    #expect(support == Array(repeating: 1, count: 59) + Array(repeating: 0, count: 6))
  }

  @Test("a model that scores every second frame reports the video's frames")
  func frameStride() throws {
    let configuration = try String(contentsOf: Bundled.model.appending(path: "config.json"), encoding: .utf8)
    try folder.write("config.json", configuration.replacing("\"tennis\"", with: "\"soccernetball\"").utf8)
    let video = try folder.makeVideo(frames: 31)
    let result = try Program.spot.run([
      "detect", video, "--threshold", "0", "--nms-window", "1", "--config", folder.path("config.json"), "--weights",
      Bundled.model.appending(path: "weights.safetensors").path, "--classes",
      Bundled.model.appending(path: "classes.txt").path,
    ])
    #expect(result.status == 0)
    #expect(result.errors.hasPrefix("spot: 16 frames in "))
    #expect(Set(try predictions(result.output).map(\.frame)) == Set(stride(from: 0, to: 31, by: 2)))
  }

  @Test("the model is found beside the program, in SPOTD_MODEL, or where --model says")
  func modelPlaces() throws {
    let video = try folder.makeVideo(frames: 4)
    #expect(try Program.spot.run(["detect", video], folder: URL(filePath: "/")).status == 0)
    let elsewhere = ["SPOTD_MODEL": folder.path("none")]
    expectFailure(
      try Program.spot.run(["detect", video], environment: elsewhere), code: 6, "none: is not a readable model folder")
    let named = try Program.spot.run(["detect", video, "--model", Bundled.model.path], environment: elsewhere)
    #expect(named.status == 0)
  }

  @Test("a terminal gets a progress bar")
  func progressBar() throws {
    let video = try folder.makeVideo(frames: 30)
    let result = try Program.spot.run(["detect", video], setup: Program.inTerminal)
    #expect(result.status == 0)
    #expect(result.output.contains("/30 frames, "))
    #expect(result.output.contains("frames/s\u{1B}[K"))
    #expect(result.output.contains("{\"predictions\": ["))
  }

  @Test("an error takes the place of the progress bar")
  func errorAfterProgress() throws {
    let video = try folder.write("none.y4m", "YUV4MPEG2 W64 H48 F25:1 C420jpeg\n".utf8)
    let result = try Program.spot.run(["detect", video], setup: Program.inTerminal)
    #expect(result.status == 2)
    let line = "\r\u{1B}[Kspot: \(video): cannot read: not a single frame"
    #expect(result.output.contains("frames/s\u{1B}[K\(line)"), "\(result.output)")
  }
}
