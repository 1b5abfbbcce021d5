import Bus
import Foundation
import TestSupport
import Testing
import Timeline

@Suite("spot evaluate: what was published")
struct EvaluateRecordingTests: EvaluateSuite {
  let folder: VideoFolder

  init() throws { folder = try VideoFolder() }

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

  @Test("the frames of a recorded video are its own, not those that were scored")
  func frames() throws {
    let event = try #require(messages([60]).first)
    // Every second frame is scored, 40 of 80.
    let end = StatusData(state: .ended, watermark: .init(epoch: 0, frame: 78), counters: ["frames": 40])
    let last = Message(
      run: event.run, stream: event.stream, sequence: 2, topicSequence: 1, time: .now, body: .status(end))
    let lines = try [event, last].map { String(decoding: try $0.json(), as: UTF8.self) + "\n" }.joined()
    let output = folder.path("found.json")
    let result = try evaluate(
      folder.write("v.jsonl", lines.utf8), "--convert-to", "e2e-spot", "--output", output, "--fps", "25")
    #expect(result.status == 0, "\(result.errors)")
    #expect(try String(contentsOfFile: output, encoding: .utf8).contains("\"num_frames\": 79,"))
  }

  @Test(
    "a watermark that no video can have is refused",
    arguments: [
      (Int.max, "watermark.jsonl: stream court1.watermark: \(Int.max) is not a number of frames up to 2147483648"),
      (-1, "watermark.jsonl: line 2: is not a message of the bus"),
    ])
  func impossibleWatermark(frame: Int, error: String) throws {
    let truth = try folder.write(
      "t.json", #"{"video": "v", "events": [{"frame": 40, "label": "near_court_swing"}]}"#.utf8)
    let event = try #require(messages([60]).first)
    let last = Message(
      run: event.run, stream: event.stream, sequence: 2, topicSequence: 1, time: .now,
      body: .status(StatusData(state: .ended, watermark: .init(epoch: 0, frame: frame))))
    let lines = try [event, last].map { String(decoding: try $0.json(), as: UTF8.self) + "\n" }.joined()
    let saved = try folder.write("watermark.jsonl", lines.utf8)
    expectFailure(try evaluate(saved, "--truth", truth), code: 2, error)
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
}
