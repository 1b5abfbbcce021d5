import Foundation
import TestSupport
import Testing

@Suite("spot detect with wrong arguments and places to write", .serialized)
struct DetectArgumentTests {
  let folder: VideoFolder

  init() throws { folder = try VideoFolder() }

  private func detect(_ arguments: String...) throws -> ProgramRun.Result {
    try Program.spot.run(["detect", Bundled.sample(0)] + arguments)
  }

  @Test("unknown, missing and contradictory arguments")
  func arguments() throws {
    expectFailure(try detect("--colour"), code: 2, "Unknown option '--colour'")
    expectFailure(try Program.spot.run(["detect"]), code: 2, "Missing expected argument '<video>'")
    expectFailure(try Program.spot.run(["spott"]), code: 2, "spott")
    expectFailure(
      try detect("--config", "c.json"), code: 2, "expected either --model or all of --config, --weights and --classes")
  }

  @Test("numbers out of range")
  func numbers() throws {
    expectFailure(try detect("--threshold", "2"), code: 2, "threshold is 2.0, expected 0 to 1")
    expectFailure(try detect("--threshold", "nan"), code: 2, "threshold is nan, expected 0 to 1")
    expectFailure(try detect("--threshold", "high"), code: 2, "The value 'high' is invalid")
    expectFailure(try detect("--nms-window", "0"), code: 2, "NMS window is 0, expected 1 to 10000 frames")
    expectFailure(try detect("--threads", "0"), code: 2, "number of threads is 0, expected 1 to 64")
    expectFailure(try detect("--start-padding", "64"), code: 2, "start padding is 64, expected 0 to 63")
  }

  @Test("a place that cannot be written is told before the video is scored", arguments: ["--output", "--scores"])
  func noPlace(option: String) throws {
    expectFailure(
      try detect(option, folder.path("none/result")), code: 1, "none/result: cannot be written: ")
    let file = try folder.write("file", [1])
    expectFailure(try detect(option, "\(file)/result"), code: 1, "Not a directory (errno 20)")
    expectFailure(try detect(option, folder.url.path), code: 1, "is there and no regular file")
    let long = folder.path(String(repeating: "x", count: 256))
    expectFailure(try detect(option, long), code: 1, "xxx: cannot be written: File name too long (errno 36)")
    expectFailure(try detect(option, ""), code: 2, "the name of a file to write is empty")
    #expect(try folder.names == ["file"])
  }

  @Test("what does not go to standard output is not called - either")
  func dash() throws {
    let message = "-: this result does not go to standard output: expected a file, such as ./-"
    expectFailure(
      try Program.spot.run(["detect", Bundled.sample(0), "--scores", "-"], folder: folder.url), code: 2, message)
    expectFailure(
      try Program.spot.run(["evaluate", Bundled.sample(0), "--report", "-"], folder: folder.url), code: 2, message)
    #expect(try folder.names == [])
  }

  @Test("results never take the place of the video, of the model or of each other")
  func sameFiles() throws {
    let video = try folder.write("clip.mp4", Data(contentsOf: URL(filePath: Bundled.sample(0))))
    try FileManager.default.createSymbolicLink(atPath: folder.path("link"), withDestinationPath: "clip.mp4")
    let before = try folder.bytes("clip.mp4")
    func fails(_ options: [String], _ message: String) throws {
      expectFailure(try Program.spot.run(["detect", video] + options), code: 2, message)
    }
    try fails(["--output", video], "clip.mp4: the events and the video are the same file")
    try fails(["--scores", folder.path("link")], "link: the scores and the video are the same file")
    expectFailure(
      try Program.spot.run(["detect", "file://\(video)", "--output", video]), code: 2,
      "clip.mp4: the events and the video are the same file")
    let result = folder.path("result")
    try fails(["--output", result, "--scores", result], "result: the scores and the events are the same file")
    let weights = try folder.write("w.pt", "precious".utf8)
    try fails(
      ["--config", "c.json", "--classes", "c.txt", "--weights", weights, "--scores", weights],
      "w.pt: the scores and the weights are the same file")
    #expect(try folder.bytes("clip.mp4") == before)
    #expect(try folder.names == ["clip.mp4", "link", "w.pt"])
  }

  @Test("results never take the place of a file of the model's folder, named or not")
  func modelFolder() throws {
    let model = folder.path("model")
    try FileManager.default.createDirectory(atPath: model, withIntermediateDirectories: true)
    for name in ["config.json", "classes.txt", "w.pt"] { try folder.write("model/\(name)", "precious".utf8) }
    func fails(_ options: [String], _ name: String, _ message: String) throws {
      let result = "\(model)/\(name)"
      let ways: [([String], [String: String])] = [(["--model", model], [:]), ([], ["SPOTD_MODEL": model])]
      for (named, environment) in ways {
        expectFailure(
          try Program.spot.run(options + [result] + named, environment: environment), code: 2, "\(name): \(message)")
        #expect(try folder.bytes("model/\(name)") == Array("precious".utf8))
      }
    }
    let detect = ["detect", Bundled.sample(0)]
    try fails(detect + ["--output"], "config.json", "the events and the configuration are the same file")
    try fails(detect + ["--output"], "classes.txt", "the events and the class names are the same file")
    try fails(detect + ["--scores"], "w.pt", "the scores and the weights are the same file")
    try fails(
      ["evaluate", Bundled.sample(0), "--convert-to", "spotd", "--output"], "w.pt",
      "the converted predictions and the weights are the same file")
  }

  @Test("too few threads are an error, not a wait for ever", arguments: [(1, "spot-infer"), (2, "spot-decode")])
  func fewThreads(limit: Int, thread: String) throws {
    let result = try Program.spot.run(
      ["detect", folder.makeRawVideo()], environment: ["OPENBLAS_NUM_THREADS": "1"], setup: Program.threads(limit))
    expectFailure(
      result, code: 1, "\(thread): cannot start this thread: Resource temporarily unavailable (errno 11)")
  }

  @Test("when the disk is full, that is told and nothing is left", arguments: ["--output", "--scores"])
  func fullDisk(option: String) throws {
    let video = try folder.makeVideo(frames: 20)
    let result = try Program.spot.run(
      ["detect", video, "--threshold", "0", option, folder.path("result")], setup: "ulimit -f 1")
    #expect(result.status == 1)
    #expect(result.errorLines.count == 1)
    #expect(
      result.errors.hasPrefix("spot: \(folder.path("result")): cannot be written: File too large"), "\(result.errors)")
    #expect(try folder.names == ["clip.mp4"])
  }

  @Test("standard output on a full disk")
  func fullStandardOutput() throws {
    let video = try folder.makeVideo(frames: 4)
    let result = try Program.spot.run(["detect", video], setup: "exec > /dev/full")
    expectFailure(result, code: 1, "standard output: cannot be written: No space left on device (errno 28)")
  }

  @Test("scores are kept where nobody takes the events")
  func scoresWithoutStandardOutput() throws {
    let video = try folder.makeVideo(frames: 4)
    let result = try Program.spot.run(
      ["detect", video, "--scores", folder.path("scores.safetensors")], setup: "exec > /dev/full")
    expectFailure(result, code: 1, "standard output: cannot be written: No space left on device (errno 28)")
    #expect(try folder.names == ["clip.mp4", "scores.safetensors"])
  }
}
