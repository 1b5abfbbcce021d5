import Foundation
import TestSupport
import Testing

@Suite("spot evaluate --latency-curve", .serialized)
struct EvaluateCurveTests {
  private let folder: VideoFolder

  init() throws { folder = try VideoFolder() }

  /// A video of `frames` frames, 3 or more, with one true event.
  private func clip(frames: Int) throws -> String {
    try folder.write(
      "clip.truth.json", #"{"video": "clip", "events": [{"frame": 2, "label": "near_court_serve"}]}"#.utf8)
    return try folder.makeVideo(frames: frames)
  }

  private func curve(_ video: String, _ options: String...) throws -> ProgramRun.Result {
    try Program.spot.run(["evaluate", video, "--latency-curve", "--model", Bundled.model.path] + options)
  }

  @Test("announcements have a table where there is a wait shorter than the look-ahead")
  func announcements() throws {
    let video = try clip(frames: 8)
    let none = try curve(video, "--lookahead", "0", "--revise", "0", "--hop", "1")
    #expect(none.status == 0, "\(none.errors)")
    #expect(none.output.contains("mAP@2") && !none.output.contains("announced after"), "\(none.output)")
    let some = try curve(video, "--lookahead", "1", "--revise", "0", "--hop", "1")
    #expect(some.output.contains("announced after"), "\(some.output)")
  }
}
