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

  private func curve(
    _ video: String, _ options: [String], model: String = Bundled.model.path
  ) throws -> ProgramRun.Result {
    try Program.spot.run(["evaluate", video, "--latency-curve", "--model", model] + options)
  }

  /// The quickest way of driving.
  private static let driving = ["--revise", "0", "--hop", "1"]

  @Test("announcements have a table where there is a wait shorter than the look-ahead")
  func announcements() throws {
    let video = try clip(frames: 8)
    let none = try curve(video, ["--lookahead", "0"] + Self.driving)
    #expect(none.status == 0, "\(none.errors)")
    #expect(none.output.contains("mAP@2") && !none.output.contains("announced after"), "\(none.output)")
    let some = try curve(video, ["--lookahead", "1"] + Self.driving)
    #expect(some.output.contains("announced after"), "\(some.output)")
  }

  @Test("lazy driving waits for no more than a clip beyond the features, however short it is")
  func shortClips() throws {
    struct Curve: Decodable {
      struct Row: Decodable {
        let method: String
        let lookahead: Int?
      }
      let rows: [Row]
    }
    let result = try curve(
      clip(frames: 30), ["--lookahead", "full", "--json"], model: folder.makeShortClipModel())
    #expect(result.status == 0, "\(result.errors)")
    let rows = try JSONDecoder().decode(Curve.self, from: Data(result.output.utf8)).rows
    let lookaheads = rows.filter { $0.method == "live" }.compactMap(\.lookahead)
    let features = try #require(lookaheads.first)
    #expect(lookaheads == [features, features + 4])
  }

  @Test("what is missing of a video is told, once, with a report and without", arguments: [false, true])
  func damaged(withReport: Bool) throws {
    let video = try clip(frames: 40)
    let bytes = try folder.bytes("clip.mp4")
    try folder.write("clip.mp4", bytes.prefix(bytes.count * 7 / 10))
    let report = withReport ? ["--report", folder.path("page.html")] : []
    let result = try curve(video, ["--lookahead", "0"] + Self.driving + report)
    #expect(result.status == 0, "\(result.errors)")
    let told = result.errorLines.filter { $0.contains("damaged") }
    #expect(told.count == 1, "\(result.errors)")
    let warning = #/spot: warning: .*clip.mp4: damaged: cut short, [0-9]+ of 40 frames missing.*/#
    #expect(told.first?.wholeMatch(of: warning) != nil, "\(result.errors)")
  }
}
