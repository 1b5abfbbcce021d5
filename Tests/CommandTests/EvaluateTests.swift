import Bus
import Foundation
import FoundationXML
import TestSupport
import Testing
import Timeline

@Suite("spot evaluate")
struct EvaluateTests {
  let folder: VideoFolder

  init() throws { folder = try VideoFolder() }

  private func evaluate(_ arguments: String...) throws -> ProgramRun.Result {
    try Program.spot.run(["evaluate"] + arguments)
  }

  private func truth(_ number: Int) -> String { Bundled.samples.appending(path: "sample_\(number).truth.json").path }
  private func found(_ number: Int) -> String { Bundled.samples.appending(path: "sample_\(number).expected.json").path }

  /// Lines with runs of blanks made one.
  private func lines(_ result: ProgramRun.Result) -> [String] {
    result.output.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
  }

  private struct Figures: Decodable {
    struct Class: Decodable {
      let label: String
      let events: Int
      let found: Int
      let curve: [[Double]]
    }
    struct Confusion: Decodable {
      let labels: [String]
      let counts: [[Int]]
      let missed: [Int]
    }
    let videos: Int
    let map: [String: Double]
    let classes: [Class]
    let confusion: Confusion
  }

  private func figures(_ result: ProgramRun.Result) throws -> Figures {
    #expect(result.status == 0, "\(result.errors)")
    return try JSONDecoder().decode(Figures.self, from: Data(result.output.utf8))
  }

  private func map(_ result: ProgramRun.Result) throws -> [String: Double] { try figures(result).map }

  // MARK: Results

  @Test("the samples' expected events, paired by order, as tables")
  func tables() throws {
    let result = try evaluate(found(0), found(1), "--truth", truth(0), truth(1), "--list")
    #expect(result.status == 0)
    #expect(result.errors == "")
    let lines = lines(result)
    #expect(lines[0] == "2 videos, 23 true events of 6 classes")
    #expect(lines.contains { $0.hasPrefix("mAP@1 ") })
    #expect(lines.contains { $0.hasPrefix("class events AP@0 AP@1 AP@2 AP@4 found missed false precision recall") })
    #expect(lines.contains { $0.hasPrefix("far_court_serve ") })
    #expect(lines.contains { $0.hasPrefix("timing of ") && $0.contains("% exact") })
    #expect(lines.contains { $0.hasPrefix("246 near_court_serve 246 ±0 0.") })
  }

  @Test("the figures as JSON; every true event is found, confused or missed")
  func json() throws {
    let figures = try figures(evaluate(found(0), found(1), "--truth", truth(0), truth(1), "--json"))
    #expect(figures.videos == 2 && figures.map.keys.sorted() == ["0", "1", "2", "4"])
    #expect(try #require(figures.map["1"]) > 0.7)
    #expect(figures.classes.reduce(0) { $0 + $1.events } == 23)
    let confusion = figures.confusion
    let placed: [Int] = Array(confusion.counts.joined()) + confusion.missed
    #expect(placed.reduce(0, +) == 23)
    for one in figures.classes {
      let scores: [Double] = one.curve.map { $0[0] }
      #expect(scores == scores.sorted(by: >))
    }
  }

  @Test("tolerances in seconds are those of the video's frames")
  func seconds() throws {
    let map = try map(evaluate(found(0), "--truth", truth(0), "--tolerance", "1,0.04s,2,0.1s", "--json"))
    #expect(map["1"] == map["0.04s"] && map["2"] == map["0.1s"] && map["1"] != nil)
  }

  @Test("videos are scored, and their truth is found beside them")
  func video() throws {
    let scored = try map(evaluate(Bundled.sample(0), "--json"))
    let detected = folder.path("events.json")
    let detection = try Program.spot.run(
      ["detect", Bundled.sample(0), "--threshold", "0.01", "--output", detected])
    #expect(detection.status == 0)
    #expect(try map(evaluate(detected, "--truth", truth(0), "--json")) == scored)
  }

  @Test("SoccerNet's Average-mAP where it is asked for")
  func soccerNet() throws {
    let lines = lines(try evaluate(found(0), "--truth", truth(0), "--soccernet", "25"))
    #expect(lines.contains("SoccerNet Average-mAP, 25 ticks/s loose tight"))
    #expect(lines.contains { $0.hasPrefix("mean ") })
  }

  // MARK: Formats

  @Test("each format holds the same", arguments: ["e2e-spot", "soccernet", "spotd"])
  func conversion(_ format: String) throws {
    let converted = folder.path("converted.json")
    let result = try evaluate(found(0), "--convert-to", format, "--output", converted, "--fps", "25")
    #expect(result.status == 0 && result.output == "" && result.errors == "")
    // SoccerNet's truth is a game's first half; the truth is named likewise.
    let named = try String(contentsOfFile: truth(0), encoding: .utf8)
      .replacing("\"video\":\"sample_0\"", with: "\"video\":\"sample_0/1\"")
    let own = try format == "soccernet" ? folder.write("t.json", named.utf8) : truth(0)
    let other = try evaluate(found(0), "--truth", truth(0), "--json")
    #expect(try map(evaluate(converted, "--truth", own, "--fps", "25", "--json")) == map(other))
  }

  @Test("games become folders that hold what SoccerNet's evaluation looks for")
  func games() throws {
    let list = try folder.write(
      "list.json",
      #"""
      [{"video": "l/s/a/1", "events": [{"frame": 25, "label": "PASS", "score": 0.5}]},
       {"video": "l/s/a/2", "events": [{"frame": 50, "label": "DRIVE", "score": 0.25}]},
       {"video": "l/s/b/1", "events": []}]
      """#.utf8)
    let output = folder.path("games")
    #expect(try evaluate(list, "--convert-to", "soccernet", "--output", output, "--fps", "25").status == 0)
    let first = try String(contentsOfFile: output + "/l/s/a/results_spotting.json", encoding: .utf8)
    #expect(first.contains(#""gameTime": "1 - 00:01", "label": "PASS", "position": "1000", "half": "1""#))
    #expect(first.contains(#""gameTime": "2 - 00:02", "label": "DRIVE", "position": "2000", "half": "2""#))
    #expect(FileManager.default.fileExists(atPath: output + "/l/s/b/results_spotting.json"))

    let evil = try folder.write(
      "evil.json", #"[{"video": "../../x/1", "events": []}, {"video": "y/1", "events": []}]"#.utf8)
    expectFailure(
      try evaluate(evil, "--convert-to", "soccernet", "--output", output), code: 2,
      "the game \"../../x\" has no name that a folder could have")
  }

  @Test("a half of a game, or a video, that is there twice is refused")
  func twice() throws {
    func list(_ name: String, _ videos: String...) throws -> String {
      let items = videos.map { #"{"video": "\#($0)", "fps": 25, "events": []}"# }
      return try folder.write(name, "[\(items.joined(separator: ","))]".utf8)
    }
    let output = folder.path("out.json")
    expectFailure(
      try evaluate(list("halves.json", "a", "a/1"), "--convert-to", "soccernet", "--output", output), code: 2,
      "videos \"a\" and \"a/1\" are both half 1 of the game \"a\"")
    expectFailure(
      try evaluate(list("twice.json", "a", "a"), "--convert-to", "e2e-spot", "--output", output), code: 2,
      "twice.json: video \"a\" has predictions twice")
    let (one, two) = (try list("one.json", "a"), try list("two.json", "a"))
    expectFailure(
      try evaluate(one, two, "--convert-to", "e2e-spot", "--output", output), code: 2,
      "\(one) and \(two) both have predictions of video \"a\"")
    #expect(!FileManager.default.fileExists(atPath: output))
  }

  @Test("the rate that a file tells comes before --fps")
  func rates() throws {
    let truth = try folder.write(
      "t.json", #"{"video": "a", "events": [{"frame": 10, "label": "x"}]}"#.utf8)
    func found(_ rate: String) throws -> String {
      try folder.write(
        "p.json", #"[{"video": "a", \#(rate)"events": [{"frame": 12, "label": "x", "score": 1}]}]"#.utf8)
    }
    func precision(_ found: String) throws -> Double? {
      try map(evaluate(found, "--truth", truth, "--tolerance", "0.1s", "--fps", "10", "--json"))["0.1s"]
    }
    // 0.1 s are five frames at 50 a second, and one at 10.
    #expect(try precision(found("\"fps\": 50, ")) == 1)
    #expect(try precision(found("")) == 0)
    // Conversion likewise; a truth that is given comes before --fps, too.
    let timed = try folder.write("timed.json", #"{"video": "a", "fps": 25, "events": []}"#.utf8)
    let output = folder.path("out.json")
    func rate(_ found: String, _ more: String...) throws -> String {
      let result = try Program.spot.run(
        ["evaluate", found, "--convert-to", "e2e-spot", "--output", output, "--fps", "10"] + more)
      #expect(result.status == 0, "\(result.errors)")
      return try String(contentsOfFile: output, encoding: .utf8)
    }
    #expect(try rate(found("\"fps\": 50, "), "--truth", timed).contains("\"fps\": 50.0"))
    #expect(try rate(found(""), "--truth", timed).contains("\"fps\": 25.0"))
    #expect(try rate(found("")).contains("\"fps\": 10.0"))
  }

  /// The messages of a run that found `frames`.
  private func messages(_ frames: [Int], epoch: Int = 0) throws -> [Message] {
    let stream = try Name("court1")
    let run = RunID()
    return try frames.enumerated().map { index, frame in
      let time = MediaTime(pts: Int64(frame) * 40, timeBase: TimeBase(numerator: 1, denominator: 1_000))
      let event = EventData(
        id: "\(frame)", state: .final, revision: 0, label: try Name("near_court_swing"), labelIndex: 1,
        moment: Moment(frame: frame, epoch: epoch, time: time), score: 0.5, profile: "exact")
      return Message(
        run: run, stream: stream, sequence: UInt64(index + 1), topicSequence: UInt64(index + 1), time: .now,
        body: .event(event))
    }
  }

  @Test("lines of messages, and recordings of the bus")
  func messages() throws {
    let truth = try folder.write(
      "t.json", #"{"video": "v", "events": [{"frame": 40, "label": "near_court_swing"}]}"#.utf8)
    let messages = try messages([12, 40])
    let lines = try messages.map { String(decoding: try $0.json(), as: UTF8.self) + "\n" }.joined()
    let saved = try folder.write("messages.jsonl", lines.utf8)
    let result = try evaluate(saved, "--truth", truth, "--list")
    #expect(result.status == 0, "\(result.errors)")
    #expect(self.lines(result).contains("40 near_court_swing 40 ±0 0.500"))
    #expect(self.lines(result).contains("– near_court_swing 12 – 0.500 false alarm"))

    // A time in seconds needs a rate, which messages do not tell.
    let timed = try map(evaluate(saved, "--truth", truth, "--tolerance", "0.5s", "--fps", "25", "--json"))
    // The false alarm is no less sure than what was found, and earlier.
    #expect(timed["0.5s"] == 0.5)

    let broken = try folder.write("broken.jsonl", (lines + "{\"no\": \"message\"}\n").utf8)
    expectFailure(
      try evaluate(broken, "--truth", truth), code: 2, "broken.jsonl: line 3: is not a message of the bus")
    let anew = try self.messages([40], epoch: 1).map { String(decoding: try $0.json(), as: UTF8.self) }.joined()
    expectFailure(
      try evaluate(folder.write("anew.jsonl", anew.utf8), "--truth", truth), code: 2,
      "anew.jsonl: stream court1 has events in epoch 1: its frames are counted anew there")
  }

  @Test("a message with a frame beyond all videos is refused", arguments: [["--report"], ["--soccernet", "25"], []])
  func hugeFrame(_ options: [String]) throws {
    let truth = try folder.write(
      "t.json", #"{"video": "v", "fps": 25, "events": [{"frame": 40, "label": "near_court_swing"}]}"#.utf8)
    // The time does not matter, so it stays small.
    let line = String(decoding: try messages([40])[0].json(), as: UTF8.self)
      .replacing("\"frame\":40", with: "\"frame\":9000000000000000000")
    let saved = try folder.write("huge.jsonl", (line + "\n").utf8)
    let page = options == ["--report"] ? [folder.path("report.html")] : []
    expectFailure(
      try Program.spot.run(["evaluate", saved, "--truth", truth] + options + page), code: 2,
      "huge.jsonl: stream court1.frame: 9000000000000000000 is larger than 2147483647")
  }

  @Test("the last frame at the lowest rate")
  func lastFrame() throws {
    let truth = try folder.write(
      "t.json", #"{"video": "v", "fps": 0.01, "events": [{"frame": 2147483647, "label": "x"}]}"#.utf8)
    let found = try folder.write(
      "p.json", #"{"predictions": [{"frame": 2147483647, "label": "x", "confidence": 1}]}"#.utf8)
    let result = try evaluate(
      found, "--truth", truth, "--soccernet", "1000", "--report", folder.path("report.html"))
    #expect(result.status == 0, "\(result.errors)")
    #expect(lines(result).contains("mean 100.0 100.0"))
  }

  // MARK: The report

  @Test("one page, complete in itself, that shows names as they are")
  func report() throws {
    let page = folder.path("report.html")
    let label = #"<b>"far" & 'near'"#
    let json = try String(decoding: JSONEncoder().encode(label), as: UTF8.self)
    let truth = try folder.write(
      "t.json",
      """
      {"video": "<i>v</i>", "fps": 25, "events": [{"frame": 40, "label": \(json)}, {"frame": 90, "label": \(json)}]}
      """.utf8)
    let found = try folder.write(
      "p.json", #"{"predictions": [{"frame": 41, "label": \#(json), "confidence": 0.9}]}"#.utf8)
    let result = try evaluate(found, "--truth", truth, "--report", page, "--title", "Court <3>")
    #expect(result.status == 0, "\(result.errors)")
    let html = try String(contentsOfFile: page, encoding: .utf8)
    #expect(html.contains("<title>Court &lt;3&gt;</title>"))
    #expect(html.contains("name=\"viewport\"") && html.contains("prefers-color-scheme: dark"))
    #expect(
      !html.contains("<b>") && !html.contains("<i>v") && html.contains("&lt;b&gt;&quot;far&quot; &amp; &#39;near&#39;"))
    // Nothing to load, nothing to run.
    for trace in ["<script", "http:", "https:", "src=", "url(", "@import"] {
      #expect(!html.contains(trace), "\(trace)")
    }
    // The miss with its time, the summary, each plot with words for those who cannot see it.
    #expect(html.contains("<td class=\"n\">00:03.60</td>"))
    #expect(html.contains("Events found</dt><dd>1 <small>of 2</small>"))
    #expect(html.contains("aria-label=\"Precision against recall."))
    #expect(html.contains("aria-label=\"Histogram of timing errors."))
    // Well-formed enough for a reader that forgives nothing, but for what HTML leaves open.
    let strict = html.replacing("<!DOCTYPE html>", with: "").replacing(#/<meta [^>]*>/#, with: "")
    let parser = XMLParser(data: Data(strict.utf8))
    #expect(parser.parse(), "line \(parser.lineNumber): \(String(describing: parser.parserError))")
  }

  @Test("a latency curve, alone and in the report")
  func curve() throws {
    let page = folder.path("report.html")
    let plot = folder.path("curve.svg")
    let result = try Program.spot.run(
      [
        "evaluate", Bundled.sample(0), "--latency-curve", "--lookahead", "0,4", "--revise", "4", "--hop", "4",
        "--positions", "grid,mean", "--report", page, "--plot", plot, "--tolerance", "1", "--threads", "2",
      ], timeout: 300)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.hasPrefix("1 videos, 300 frames, 11 true events; one pass takes "))
    #expect(try String(contentsOfFile: plot, encoding: .utf8).contains("revise 4, hop 4"))
    let html = try String(contentsOfFile: page, encoding: .utf8)
    #expect(html.contains("<h2>Latency</h2>") && html.contains("mAP within one frame at look-aheads of 0, 4 frames."))
    // A line in each of both plots, and a name that tells the rows apart.
    for positions in ["grid", "mean"] {
      #expect(html.components(separatedBy: "revise 4, hop 4, \(positions)</li>").count == 3)
      #expect(html.contains("<th scope=\"row\">revise 4, hop 4, \(positions)</th>"))
    }
  }

  // MARK: Failures

  @Test("what does not go together is named")
  func pairing() throws {
    let one = try folder.write("one.json", #"[{"video": "a", "events": [{"frame": 1, "label": "x"}]}]"#.utf8)
    let two = try folder.write(
      "two.json",
      #"[{"video": "a", "events": [{"frame": 1, "label": "x", "score": 1}]}, {"video": "b", "events": [{"frame": 1, "label": "y", "score": 1}]}]"#
        .utf8)
    expectFailure(
      try evaluate(two, "--truth", one), code: 2, "video \"b\" has predictions, but is not in the truth")
    #expect(try evaluate(two, "--truth", one, "--partial").status == 0)
    let labels = try folder.write("labels.txt", "z\n".utf8)
    expectFailure(
      try evaluate(two, "--truth", one, "--partial", "--labels", labels), code: 2,
      "label \"x\" of the truth is none of the 1 classes")
    expectFailure(
      try evaluate(two, "--truth", one, "--partial", "--tolerance", "0.5s"), code: 2,
      "a: its frame rate is not known: no file tells \"fps\", name one with --fps")
    #expect(try evaluate(two, "--truth", one, "--partial", "--tolerance", "0.5s", "--fps", "25").status == 0)
    expectFailure(
      try evaluate(two), code: 2, "two.json: expected --truth with its true events; only beside videos")
  }

  @Test("a label that only predictions have is told, and does not count")
  func surplusLabel() throws {
    let truth = try folder.write("t.json", #"{"video": "a", "events": [{"frame": 1, "label": "x"}]}"#.utf8)
    let found = try folder.write(
      "p.json",
      #"{"predictions": [{"frame": 1, "label": "x", "confidence": 1}, {"frame": 1, "label": "y", "confidence": 1}]}"#
        .utf8)
    let result = try evaluate(found, "--truth", truth, "--json")
    #expect(result.errors == "spot: warning: label \"y\" is predicted but not in the truth: it does not count in mAP\n")
    #expect(try map(result)["0"] == 1)
  }

  @Test("with the labels given, a wrong class is no error")
  func wrongClass() throws {
    let truth = try folder.write("t.json", #"{"video": "v", "events": [{"frame": 1, "label": "a"}]}"#.utf8)
    let found = try folder.write(
      "p.json", #"{"predictions": [{"frame": 1, "label": "b", "confidence": 1}]}"#.utf8)
    expectFailure(
      try evaluate(found, "--truth", truth), code: 2, "truth and predictions have no label in common")
    let labels = try folder.write("labels.txt", "a\nb\n".utf8)
    #expect(try map(evaluate(found, "--truth", truth, "--labels", labels, "--json"))["4"] == 0)
  }

  @Test("control characters of labels and names do not reach the terminal")
  func controlCharacters() throws {
    let label = #""x\u001b[2J\ny""#
    let truth = try folder.write(
      "t.json",
      #"{"video": "v\u0007", "events": [{"frame": 1, "label": \#(label)}, {"frame": 50, "label": "z"}]}"#.utf8)
    let found = try folder.write(
      "p.json",
      #"[{"video": "v\u0007", "events": [{"frame": 1, "label": "q\u009b", "score": 1}, {"frame": 50, "label": "z", "score": 1}]}]"#
        .utf8)
    let result = try evaluate(found, "--truth", truth, "--list", "--soccernet", "2", "--fps", "25")
    #expect(result.status == 0, "\(result.errors)")
    let all = result.output + result.errors
    #expect(!all.unicodeScalars.contains { $0 != "\n" && $0.properties.generalCategory == .control })
    #expect(lines(result).contains { $0.hasPrefix(#"x\u{1B}[2J\ny 1 0.0"#) })
    #expect(lines(result).contains { $0.hasPrefix(#"true v\u{07} found"#) })
    let labels = try folder.write("labels.txt", "z\n".utf8)
    expectFailure(
      try evaluate(found, "--truth", truth, "--labels", labels), code: 2,
      #"label "x\u{1B}[2J\ny" of the truth is none of the 1 classes"#)
  }

  @Test("what is no predictions file is named")
  func brokenFiles() throws {
    func fails(_ name: String, _ text: String, _ message: String) throws {
      expectFailure(try evaluate(folder.write(name, text.utf8), "--truth", truth(0)), code: 2, message)
    }
    try fails("cut.json", #"{"predictions": [{"frame": 1, "#, "cut.json: is not valid JSON")
    try fails("notes.txt", "These are notes.", "notes.txt: neither predictions, a recording of the bus nor a video")
    try fails("empty.json", "", "empty.json: is not valid JSON")
    try fails("no.json", "{}", "no.json: predictions: is missing")
    expectFailure(
      try evaluate("gone.json", "--truth", truth(0)), code: 2, "gone.json: cannot be read: ")
    expectFailure(try evaluate(found(0), "--truth", "gone.json"), code: 2, "gone.json: cannot be read: ")
    expectFailure(
      try evaluate(folder.write("cut.spotlog", "SPOTLOG".utf8), "--truth", truth(0)), code: 2, "cut.spotlog: ")
    let large = folder.path("large.json")
    #expect(FileManager.default.createFile(atPath: large, contents: Data("[".utf8)))
    let handle = try #require(FileHandle(forWritingAtPath: large))
    try handle.truncate(atOffset: 1 << 40)
    try handle.close()
    expectFailure(try evaluate(large, "--truth", truth(0)), code: 2, "large.json: cannot be read: it is larger than")
  }

  @Test("arguments out of range are named")
  func arguments() throws {
    func fails(_ arguments: [String], _ message: String) throws {
      expectFailure(
        try Program.spot.run(["evaluate", found(0), "--truth", truth(0)] + arguments), code: 2, message)
    }
    try fails(
      ["--tolerance", "near"], "--tolerance: \"near\" is neither a number of frames nor of seconds such as 0.5s")
    try fails(["--tolerance=-1"], "tolerance -1 is not a number of frames from 0 to 1000000")
    try fails(["--operating-tolerance", "1e9s"], "tolerance 1000000000.0s is not a time from 0 to 86400 seconds")
    try fails(["--threshold", "1.5"], "threshold 1.5 is not a number from 0 to 1")
    try fails(["--fps", "0"], "0.0 frames a second is no frame rate of a video")
    try fails(["--soccernet", "0"], "SoccerNet rate 0.0 is not a number from 0.1 to 1000 ticks a second")
    try fails(
      ["--convert-to", "xml", "--output", "x"], "unknown format 'xml', expected one of e2e-spot, soccernet, spotd")
    try fails(["--convert-to", "spotd"], "expected --convert-to and --output together")
    try fails(["--hop", "2"], "--hop belongs to --latency-curve")
    try fails(["--title", "x"], "--title belongs to --report")
    try fails(["--labels", "gone.txt"], "gone.txt: not a readable file of labels")
    expectFailure(
      try evaluate(found(0), "--truth", truth(0), "--report", "/nowhere/report.html"), code: 1,
      "/nowhere/report.html: cannot be written")
  }

  /// Options that only an evaluation heeds.
  private static let scoring = [
    ["--tolerance", "1"], ["--operating-tolerance", "1"], ["--threshold", "0.5"], ["--labels", "l.txt"], ["--partial"],
    ["--soccernet", "25"],
  ]

  @Test(
    "what conversion would ignore is refused",
    arguments: EvaluateTests.scoring + [["--report", "r.html"], ["--json"], ["--list"], ["--latency-curve"]])
  func ignoredByConversion(_ options: [String]) throws {
    expectFailure(
      try Program.spot.run(["evaluate", found(0), "--convert-to", "spotd", "--output", folder.path("x")] + options),
      code: 2, "\(options[0]) does not go with --convert-to")
    #expect(!FileManager.default.fileExists(atPath: folder.path("x")))
  }

  @Test(
    "what a latency curve would ignore is refused",
    arguments: EvaluateTests.scoring + [["--threads", "2"], ["--list"]])
  func ignoredByCurve(_ options: [String]) throws {
    let why = options == ["--list"] ? "does not go with --latency-curve" : "needs --report beside --latency-curve"
    expectFailure(
      try Program.spot.run(["evaluate", Bundled.sample(0), "--latency-curve"] + options), code: 2,
      "\(options[0]) \(why)")
  }
}
