import Foundation
import TestSupport
import Testing

@Suite("spot evaluate: figures and failures")
struct EvaluateTests: EvaluateSuite {
  let folder: VideoFolder

  init() throws { folder = try VideoFolder() }

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
    let page = folder.path("report.html")
    let halved = try evaluate(found(0), "--truth", truth(0), "--soccernet", "0.5", "--report", page)
    #expect(self.lines(halved).contains("SoccerNet Average-mAP, 0.5 ticks/s loose tight"))
    #expect(try String(contentsOfFile: page, encoding: .utf8).contains("in percent, 0.5 ticks a second"))
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

  @Test(
    "truth and predictions at different rates are told; 29.97 and 30 are one",
    arguments: [("25", "50", true), ("30", "29.97", false), ("50", "25", true)])
  func rates(own: String, other: String, isTold: Bool) throws {
    let truth = try folder.write(
      "t.json", #"{"video": "a", "fps": \#(own), "events": [{"frame": 1, "label": "x"}]}"#.utf8)
    let found = try folder.write(
      "p.json", #"[{"video": "a", "fps": \#(other), "events": [{"frame": 1, "label": "x", "score": 1}]}]"#.utf8)
    let result = try evaluate(found, "--truth", truth)
    #expect(result.status == 0)
    let warning = """
      spot: warning: video "a" has \(own).0 frames a second by its true events, and \(other).0 by its predictions: their frames are \
      not the same

      """
    #expect(result.errors == (isTold ? warning : ""))
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

  @Test("pipes are refused, and not waited for")
  func pipes() throws {
    let message = "is a pipe or a device: expected a file, which can be read more than once"
    let pipe = folder.path("pipe")
    try #require(mkfifo(pipe, 0o600) == 0)
    expectFailure(try evaluate(pipe, "--truth", truth(0)), code: 2, "\(pipe): \(message)")
    expectFailure(
      try evaluate(pipe, "--convert-to", "spotd", "--output", folder.path("x")), code: 2, "\(pipe): \(message)")
    expectFailure(try evaluate(found(0), "/dev/null", "--truth", truth(0)), code: 2, "/dev/null: \(message)")
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

  @Test("what can be refused is, before a video is scored")
  func early() throws {
    // No videos, which the attempt to score them tells: other words show that there was none.
    for name in ["a.txt", "b.txt"] { try folder.write(name, "These are notes.".utf8) }
    let (one, two) = (folder.path("a.txt"), folder.path("b.txt"))
    let own = try folder.write("t.json", #"{"video": "a", "events": [{"frame": 1, "label": "near_court_serve"}]}"#.utf8)
    func fails(_ arguments: String..., code: Int32 = 2, message: String) throws {
      expectFailure(try Program.spot.run(["evaluate"] + arguments), code: code, message)
    }
    try fails(one, "--truth", own, message: "a.txt: neither predictions, a recording of the bus nor a video")
    try fails(one, "--truth", own, "--labels", "gone.txt", message: "gone.txt: not a readable file of labels")
    let other = try folder.write("o.json", #"{"video": "a", "events": [{"frame": 1, "label": "goal"}]}"#.utf8)
    try fails(one, "--truth", other, message: "label \"goal\" of the truth is none of the 6 classes")
    let more = try folder.write(
      "m.json",
      #"[{"video": "a", "events": []}, {"video": "c", "events": [{"frame": 1, "label": "near_court_serve"}]}]"#.utf8)
    try fails(one, two, "--truth", more, message: "video \"c\" is in the truth, but has no predictions")
    try fails(one, one, "--truth", more, message: "a.txt: video \"a\" has predictions twice")
    // What is measured of a curve takes longer still.
    try fails(
      Bundled.sample(0), "--latency-curve", "--report", folder.path("r.html"), "--labels", "gone.txt",
      message: "gone.txt: not a readable file of labels")

    func conversion(_ inputs: String..., format: String, to output: String, code: Int32 = 2, message: String) throws {
      let options = ["--convert-to", format, "--output", output]
      expectFailure(try Program.spot.run(["evaluate"] + inputs + options), code: code, message)
    }
    try conversion(one, format: "spotd", to: "/nowhere/x", code: 1, message: "/nowhere/x: cannot be written")
    try conversion(
      one, two, format: "spotd", to: folder.path("x"), message: "the spotd format holds one video, and there are 2")
    try conversion(one, format: "soccernet", to: "/nowhere/x", code: 1, message: "/nowhere/x: cannot be written")
  }

  @Test("results never take the place of predictions, of true events or of each other")
  func sameFiles() throws {
    let found = try folder.write("p.json", #"{"predictions": []}"#.utf8)
    let own = try folder.write("t.json", #"{"video": "v", "events": [{"frame": 1, "label": "x"}]}"#.utf8)
    let labels = try folder.write("labels.txt", "x\n".utf8)
    let video = try folder.write("clip.mp4", Data(contentsOf: URL(filePath: Bundled.sample(0))))
    let beside = try folder.write("clip.truth.json", Data(contentsOf: URL(filePath: truth(0))))
    try FileManager.default.createSymbolicLink(atPath: folder.path("link"), withDestinationPath: "t.json")
    func fails(_ arguments: String..., message: String) throws {
      let before = try folder.names.map { try folder.bytes($0) }
      expectFailure(try Program.spot.run(["evaluate"] + arguments), code: 2, message)
      #expect(try folder.names.map { try folder.bytes($0) } == before)
    }
    try fails(
      found, "--truth", own, "--report", folder.path("link"),
      message: "link: the report and the true events are the same file")
    try fails(
      found, "--truth", own, "--labels", labels, "--report", labels,
      message: "labels.txt: the report and the labels are the same file")
    try fails(
      found, found, "--truth", own, "--report", found, message: "p.json: the report and an input are the same file")
    try fails(video, "--report", beside, message: "clip.truth.json: the report and the true events are the same file")
    try fails(
      video, "--convert-to", "e2e-spot", "--output", video,
      message: "clip.mp4: the converted predictions and an input are the same file")
    try fails(
      video, "--convert-to", "e2e-spot", "--output", beside,
      message: "clip.truth.json: the converted predictions and the true events are the same file")
    let page = folder.path("page.html")
    try fails(
      video, "--latency-curve", "--plot", page, "--report", page,
      message: "page.html: the report and the plot are the same file")
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
    "what is for videos is refused where no input is one",
    arguments: [
      ["--detection-threshold", "7"], ["--threads", "999"], ["--model", "/nonexistent"],
      ["--config", "c.json", "--weights", "w.pt", "--classes", "c.txt"], ["--latency-curve"],
    ])
  func ignoredWithoutVideos(_ options: [String]) throws {
    expectFailure(
      try Program.spot.run(["evaluate", found(0), "--truth", truth(0)] + options), code: 2,
      "\(options[0]) is for videos, and no input is one")
    let converted = ["--convert-to", "spotd", "--output", folder.path("x")]
    if options != ["--latency-curve"] {
      expectFailure(
        try Program.spot.run(["evaluate", found(0)] + converted + options), code: 2,
        "\(options[0]) is for videos, and no input is one")
    }
  }

  @Test("a model that the environment names is no option")
  func environment() throws {
    let result = try Program.spot.run(
      ["evaluate", found(0), "--truth", truth(0)], environment: ["SPOTD_MODEL": "/nonexistent"])
    #expect(result.status == 0, "\(result.errors)")
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

  @Test(
    "what a curve of lazy driving alone would ignore is refused",
    arguments: [["--plot", "curve.svg"], ["--brute-force"], ["--revise", "4"], ["--hop", "2"]])
  func ignoredByLazyDriving(_ options: [String]) throws {
    for lookahead in ["full", "full,full"] {
      expectFailure(
        try Program.spot.run(["evaluate", "/no/such.mp4", "--latency-curve", "--lookahead", lookahead] + options),
        code: 2, "\(options[0]) is for look-aheads in frames, and --lookahead names none")
    }
    // With one in frames they are heeded, and the missing video is what is left to refuse.
    let mixed = try Program.spot.run(
      ["evaluate", "/no/such.mp4", "--latency-curve", "--lookahead", "full,2"] + options)
    #expect(mixed.status == 2 && !mixed.errors.contains("look-aheads in frames"), "\(mixed.errors)")
  }
}
