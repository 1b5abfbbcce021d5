import Foundation
import TestSupport
import Testing

@Suite("spot evaluate: formats")
struct EvaluateFormatTests: EvaluateSuite {
  let folder: VideoFolder

  init() throws { folder = try VideoFolder() }

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

  @Test("nothing stays on a terminal of the progress towards converted predictions")
  func conversionInTerminal() throws {
    let video = try folder.makeVideo(frames: 4)
    let converted = folder.path("converted.json")
    let result = try Program.spot.run(
      ["evaluate", video, "--convert-to", "spotd", "--output", converted], setup: Program.inTerminal)
    #expect(result.status == 0, "\(result.output)")
    #expect(result.output.contains("4/4 frames, "))
    #expect(result.output.hasSuffix("frames/s\u{1B}[K\r\u{1B}[K"), "\(result.output)")
    #expect(FileManager.default.fileExists(atPath: converted))
  }

  @Test("--output - is standard output, which takes one game")
  func standardOutput() throws {
    func convert(_ input: String) throws -> ProgramRun.Result {
      try Program.spot.run(
        ["evaluate", input, "--convert-to", "soccernet", "--output", "-", "--fps", "25"], folder: folder.url)
    }
    let one = try convert(folder.write("one.json", #"[{"video": "a/1", "events": []}]"#.utf8))
    #expect(one.status == 0 && one.output == "{\"UrlLocal\": \"a/\", \"predictions\": []}\n", "\(one)")
    let two = #"[{"video": "a/1", "events": []}, {"video": "b/1", "events": []}]"#
    expectFailure(
      try convert(folder.write("two.json", two.utf8)), code: 2,
      "-: standard output takes one game, and there are 2: expected a folder")
    #expect(try folder.names == ["one.json", "two.json"])
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

  @Test("a game's folder never gets what one of the inputs holds")
  func inputAmongGames() throws {
    let output = folder.path("games")
    func convert(_ inputs: [String]) throws -> ProgramRun.Result {
      try Program.spot.run(["evaluate"] + inputs + ["--convert-to", "soccernet", "--output", output, "--fps", "25"])
    }
    let list = try folder.write(
      "list.json", #"[{"video": "a/1", "events": []}, {"video": "b/1", "events": []}]"#.utf8)
    #expect(try convert([list]).status == 0)
    let games = ["a", "b"].map { output + "/\($0)/results_spotting.json" }
    expectFailure(try convert(games), code: 2, "\(games[0]): the converted predictions and an input are the same file")
  }

  @Test("a place where games can have no folders is told before a video is scored")
  func noPlaceForGames() throws {
    // No video, which the attempt to score it tells: other words show that there was none.
    let video = try folder.write("a.txt", "These are notes.".utf8)
    let other = try folder.write("list.json", #"[{"video": "b/1", "events": []}]"#.utf8)
    let output = try folder.write("file", [1])
    func fails(_ output: String, _ message: String) throws {
      expectFailure(
        try evaluate(video, other, "--convert-to", "soccernet", "--output", output, "--fps", "25"), code: 1, message)
    }
    try fails(output, "file/a/results_spotting.json: cannot be written: \(output)/a: Not a directory (errno 20)")
    let long = folder.path(String(repeating: "x", count: 300))
    try fails(long, "\(long)/a/results_spotting.json: cannot be written: \(long)/a: File name too long (errno 36)")
    #expect(try folder.names == ["a.txt", "file", "list.json"])
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

  @Test(
    "predictions that do not tell their half are of the one with events, else of the one that their file's name tells")
  func halves() throws {
    func game(_ name: String, _ times: String...) throws -> String {
      let annotations = times.map { #"{"gameTime": "\#($0)", "label": "PASS"}"# }
      return try folder.write(
        name, #"{"UrlLocal": "l/g/", "annotations": [\#(annotations.joined(separator: ", "))]}"#.utf8)
    }
    let nameless = #"{"predictions": [{"frame": 250, "label": "PASS", "confidence": 0.9}]}"#
    func precision(_ found: String, _ truth: String, _ more: String...) throws -> Double? {
      let arguments = ["evaluate", found, "--truth", truth, "--fps", "25", "--json"]
      return try map(Program.spot.run(arguments + more))["0"]
    }
    let found = try folder.write("p.json", nameless.utf8)
    #expect(try precision(found, game("second.json", "2 - 00:10")) == 1)
    let both = try game("both.json", "1 - 00:01", "2 - 00:10")
    expectFailure(
      try evaluate(found, "--truth", both, "--fps", "25", "--partial"), code: 2,
      #"p.json: does not tell whether it is of "l/g/1" or "l/g/2", which both have true events: let its name"#)
    expectFailure(
      try evaluate(Bundled.sample(0), "--truth", both, "--fps", "25", "--partial"), code: 2,
      "sample_0.mp4: does not tell whether it is of")
    expectFailure(
      try evaluate(Bundled.sample(0), "--truth", both, "--fps", "25", "--latency-curve"), code: 2,
      "sample_0.mp4: does not tell whether it is of")
    #expect(try precision(folder.write("2_720p.json", nameless.utf8), both, "--partial") == 1)
    #expect(try precision(folder.write("1.json", nameless.utf8), both, "--partial") == 0)
    // Those that tell it need no such name.
    let named = try folder.write(
      "named.json", #"[{"video": "l/g/2", "events": [{"frame": 250, "label": "PASS", "score": 1}]}]"#.utf8)
    #expect(try precision(named, both, "--partial") == 1)
    let halves = try folder.write(
      "halves.json",
      #"{"predictions": [{"gameTime": "1 - 00:01", "label": "PASS", "position": 1000, "half": 1, "confidence": 1}]}"#
        .utf8)
    #expect(try precision(halves, both, "--partial") == 0.5)
  }

  @Test("two halves go with the one truth of their game, by their files' names", arguments: [true, false])
  func bothHalves(hasFirst: Bool) throws {
    let times = (hasFirst ? ["1 - 00:01"] : []) + ["2 - 00:10"]
    let annotations = times.map { #"{"gameTime": "\#($0)", "label": "PASS"}"# }.joined(separator: ", ")
    let truth = try folder.write(
      "Labels-ball.json", #"{"UrlLocal": "l/g/", "annotations": [\#(annotations)]}"#.utf8)
    func found(_ name: String, _ frames: Int...) throws -> String {
      let events = frames.map { #"{"frame": \#($0), "label": "PASS", "confidence": 0.9}"# }
      return try folder.write(name, #"{"predictions": [\#(events.joined(separator: ", "))]}"#.utf8)
    }
    let first = try hasFirst ? found("1_720p.json", 25) : found("1_720p.json")
    let second = try found("2_720p.json", 250)
    let result = try evaluate(second, first, "--truth", truth, "--fps", "25", "--json")
    #expect(try figures(result).videos == 2)
    #expect(try map(result)["0"] == 1)
    // What is named after neither half is a video of its own.
    expectFailure(
      try evaluate(first, found("other.json", 250), "--truth", truth, "--fps", "25"), code: 2,
      #"video "l/g/2" is in the truth, but has no predictions"#)
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
}
