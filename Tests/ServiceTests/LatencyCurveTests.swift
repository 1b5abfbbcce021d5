import AdaSpot
import Evaluation
import Foundation
import Service
import Spotting
import Testing
import Timeline

/// The tool that measures accuracy against look-ahead.
@Suite(.serialized) struct LatencyCurveTests {
  private func settings(_ change: (inout LatencyCurveSettings) -> Void = { _ in }) -> LatencyCurveSettings {
    var settings = LatencyCurveSettings(videos: [.init(path: Bundled.sample)])
    settings.lookaheads = [.frames(2)]
    settings.revises = [4]
    settings.hops = [4]
    change(&settings)
    return settings
  }

  private func curve(_ settings: LatencyCurveSettings) throws -> LatencyCurve {
    try LatencyCurveBench(model: Bundled.model, settings: settings) { _ in }.run()
  }

  @Test("A look-ahead heard in the run of a longer one gives what it gives alone")
  func sharedRun() throws {
    let both = try curve(settings { $0.lookaheads = [.frames(12), .frames(2)] })
    let alone = try curve(settings())
    func row(_ curve: LatencyCurve) throws -> LatencyCurve.Row {
      try #require(curve.rows.first { $0.method != .exact && $0.lookahead == 2 })
    }
    #expect(try row(both).precision == row(alone).precision)
    #expect(try row(both).noise == row(alone).noise)
    #expect(try row(both).live?.announced.retractionRate == row(alone).live?.announced.retractionRate)
    #expect(try row(both).live?.announced.delay == row(alone).live?.announced.delay)
    #expect(both.rows.map(\.lookahead) == [nil, 2, 12])
    #expect(try #require(both.rows.first).precision[1] > 75)
    #expect(both.events == 11 && both.frames == 300)
    #expect(both.description.contains("11 true events"))
    #expect(try both.json.contains("\"lookahead\" : 12"))
    #expect(both.plot.contains("revise 4, hop 4"))
  }

  @Test("Values out of range are named before they are combined")
  func ranges() throws {
    let model = try Bundled.model
    func problem(_ change: (inout LatencyCurveSettings) -> Void) -> String {
      do {
        _ = try LatencyCurveBench(model: model, settings: settings(change)) { _ in }
        return ""
      } catch { return "\(error)" }
    }
    #expect(problem { $0.hops = [4, .min] }.contains("hop \(Int.min) is not from 1 to 1000 frames"))
    #expect(problem { $0.hops = [.max] }.contains("hop \(Int.max) is not from 1 to 1000 frames"))
    #expect(problem { $0.revises = [4, .min] }.contains("revise \(Int.min) is not from 0 to 10000 frames"))
    #expect(problem { $0.lookaheads = [.frames(.max)] }.contains("lookahead \(Int.max) is not from 0 to 100000 frames"))
    #expect(problem { ($0.revises, $0.hops) = ([2], [4]) }.contains("revise is at least hop"))
    // Driven lazily alone, too.
    for lookaheads in [[LatencyCurveSettings.Lookahead.full], [.frames(2)]] {
      for epsilon in [Float.nan, -1, .infinity] {
        let told = problem { ($0.lookaheads, $0.epsilon) = (lookaheads, epsilon) }
        #expect(told == "epsilon \(epsilon) is negative or not finite")
      }
    }
  }

  @Test("A value that is named twice is measured once")
  func repeated() {
    let repeated = settings {
      $0.revises = [8, 4, 8]
      $0.hops = [2, 1, 2, 2]
      $0.positions = [.mean, .grid, .mean]
    }
    #expect(repeated.revises == [8, 4])
    #expect(repeated.hops == [2, 1])
    #expect(repeated.positions == [.mean, .grid])
  }

  @Test("The brute force reads each frame from the window that ends its look-ahead later")
  func bruteForce() throws {
    let model = try Bundled.model
    let frames = 7
    let video = try AnnotatedVideo(.init(path: Bundled.sample), model)
    let short = AnnotatedVideo(name: "short", pictures: Array(video.pictures.prefix(frames)), truth: [])
    let brute = BruteForce(short, model, lookaheads: [0, 2, 6])
    for rows in brute.rows.values { #expect(rows.map(\.frame) == Array(0..<frames)) }

    func window(_ count: Int) throws -> [ScoreRow] {
      let stream = ExactStream(
        model, grid: ClipGrid(length: count, padding: 0, tail: .dropped), share: (0, 2), poisons: false)
      var rows: [ScoreRow] = []
      for picture in short.pictures.prefix(count) {
        let copy = Picture(rows: picture.rows, columns: picture.columns)
        copy.copy(from: picture)
        _ = stream.append(copy) { clip in
          let width = clip.probabilities.count / count
          rows = (0..<count).map {
            ScoreRow(frame: $0, probabilities: Array(clip.probabilities[$0 * width..<($0 + 1) * width]))
          }
        }
      }
      return rows
    }
    let whole = try window(frames)
    #expect(brute.rows[6] == whole)
    #expect(brute.rows[0]?.last == whole.last)
    #expect(try brute.rows[2]?[3] == window(6)[3])
    #expect(try brute.rows[0]?[4] == window(5)[4])
  }

  @Test(
    "What cannot be measured is named",
    arguments: ["revise", "lookahead", "video", "twice", "truth", "label", "none"])
  func badSettings(_ what: String) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let truth = folder.appendingPathComponent("truth.json").path
    let event = what == "none" ? "" : #"{"frame": 3, "label": "goal"}"#
    try Data(#"{"video": "a", "events": [\#(event)]}"#.utf8).write(to: URL(fileURLWithPath: truth))
    let expected = [
      "revise": "revise is at least hop − 1", "lookahead": "lookahead -1", "video": "no video",
      "twice": "sample_0.mp4: the same video is named twice", "truth": "missing.json",
      "label": "the model has no class \"goal\"", "none": "no true events",
    ]
    let settings = settings {
      switch what {
      case "revise": $0.revises = [1]
      case "lookahead": $0.lookaheads = [.frames(-1)]
      case "video": $0.videos = []
      case "twice": $0.videos += [.init(path: Bundled.sample, truth: truth)]
      case "truth": $0.videos = [.init(path: Bundled.sample, truth: "missing.json")]
      default: $0.videos = [.init(path: Bundled.sample, truth: truth)]
      }
    }
    let error = #expect(throws: ServiceError.self) { try curve(settings) }
    #expect("\(try #require(error))".contains(try #require(expected[what])))
  }

  @Test("The file with the true events is expected beside the video")
  func truthBeside() {
    #expect(LatencyCurveSettings.Video(path: "a.b/rally.mp4").truth == "a.b/rally.truth.json")
    #expect(LatencyCurveSettings.Video(path: "a.b/rally").truth == "a.b/rally.truth.json")
    #expect(LatencyCurveSettings.Video(path: "x.mp4", truth: "y").truth == "y")
  }

  @Test("True events in milliseconds become frames at the rate that is given")
  func milliseconds() throws {
    let model = try Bundled.model
    let truth = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).json")
    defer { try? FileManager.default.removeItem(at: truth) }
    func video(_ label: String, fps: Double?) throws -> AnnotatedVideo {
      let annotation = #"{"gameTime": "1 - 00:02", "label": "\#(label)", "position": "2000"}"#
      try Data(#"{"UrlLocal": "g", "annotations": [\#(annotation)]}"#.utf8).write(to: truth)
      return try AnnotatedVideo(.init(path: Bundled.sample, truth: truth.path, fps: fps), model)
    }
    let label = try #require(model.classes.names.first)
    let events = try video(label, fps: 25).truth
    #expect(events.map(\.frame) == [50 / model.configuration.frameStride] && events.map(\.label) == [label])
    let error = #expect(throws: ServiceError.self) { try video(label, fps: nil) }
    #expect("\(try #require(error))".contains("name one with --fps"))
    let unknown = #expect(throws: ServiceError.self) { try video("goal\\u001b[2J", fps: 25) }
    #expect("\(try #require(unknown))".contains(#"the model has no class "goal\u{1B}[2J""#))
  }

  @Test("A history tells what was known so many frames after an event")
  func history() {
    func update(_ id: Int, _ revision: Int, _ state: EventUpdate.State, _ frame: Int, _ score: Double) -> EventUpdate {
      EventUpdate(id: id, revision: revision, state: state, event: Event(frame: frame, label: 1, score: score))
    }
    var history = EventHistory()
    history.append([update(0, 0, .provisional, 10, 0.3)], newest: 11)
    history.append([update(0, 1, .revised, 9, 0.6), update(1, 0, .provisional, 12, 0.2)], newest: 12)
    history.append([update(1, 1, .retracted, 12, 0.2)], newest: 15)
    history.append([update(0, 2, .final, 9, 0.7)], newest: 18)
    #expect(history.known(after: 0) == [Event(frame: 12, label: 1, score: 0.2)])
    #expect(history.known(after: 1).map(\.frame) == [10, 12])
    #expect(history.known(after: 3).map(\.frame) == [9])
    #expect(history.known(after: 9) == history.finals)
    #expect(history.announcements.map(\.newest) == [11])
  }

  @Test("A plot is one SVG with its labels escaped, and gaps left out")
  func plot() {
    let plot = LinePlot(
      title: "a < b & c", horizontal: "x", vertical: "y", places: ["0", "1", "2"],
      lines: [.init(name: "one", values: [1, nil, 3]), .init(name: "two", values: [2, 2, 2], isDashed: true)])
    #expect(plot.svg.hasPrefix("<svg "))
    #expect(plot.svg.hasSuffix("</svg>\n"))
    #expect(plot.svg.contains("a &lt; b &amp; c"))
    #expect(plot.svg.components(separatedBy: "<polyline ").count == 3)
    #expect(plot.svg.components(separatedBy: "<circle ").count == 6)
    for value in [0.0, 50, 100] {
      let level = LinePlot(
        title: "", horizontal: "x", vertical: "y", places: ["0", "1"],
        lines: [.init(name: "one", values: [value, value])])
      #expect(!level.svg.contains("nan") && level.svg.contains(">\(Int(value)).0</text>"))
    }
    #expect(LinePlot(title: "", horizontal: "", vertical: "", places: [], lines: []).svg.hasSuffix("</svg>\n"))
  }
}
