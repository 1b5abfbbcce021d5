import Bus
import Foundation
import Testing
import Timeline

@Suite("spot subscribe")
struct DaemonSubscribeTests {
  /// A publisher with one stream whose status tells when somebody has subscribed.
  private struct Source {
    let publisher: Publisher
    let stream: Name

    init() throws {
      publisher = try Publisher(PublisherSettings(endpoint: "tcp://127.0.0.1:*"))
      stream = try Name("demo")
      publisher.publish(.status(StatusData(state: .running)), stream: stream)
    }

    func waitForSubscriber() throws {
      let deadline = Date(timeIntervalSinceNow: 20)
      while publisher.counters.retainedRepeats == 0 {
        try #require(Date() < deadline, "nobody subscribed")
        usleep(5_000)
      }
    }

    func publish(frame: Int, _ label: String, score: Double, state: EventData.State = .final) throws {
      let moment = Moment(stamp(frame))
      publisher.publish(
        .event(
          EventData(
            id: "\(frame)", state: state, revision: 0, label: try Name(label), labelIndex: 1, moment: moment,
            score: score, profile: "exact")),
        stream: stream, arrival: MonotonicClock.now)
    }

    func end() {
      publisher.publish(.status(StatusData(state: .ended, reason: "end of file")), stream: stream)
    }

    private func stamp(_ frame: Int) -> FrameStamp {
      let time = MediaTime(pts: Int64(frame) * 40, timeBase: TimeBase(numerator: 1, denominator: 1_000))
      return FrameStamp(index: frame, epoch: 0, time: time, arrival: 1)
    }
  }

  @Test("shows one line an event, those that were asked for")
  func lines() throws {
    let source = try Source()
    let run = try Program.spot.start([
      "subscribe", source.publisher.endpoint, "--exit-on-end", "--label", "serve", "--finals-only", "--min-score",
      "0.5",
    ])
    try source.waitForSubscriber()
    try source.publish(frame: 92_000, "serve", score: 0.875)
    try source.publish(frame: 3, "serve", score: 0.75, state: .provisional)
    try source.publish(frame: 4, "serve", score: 0.25)
    try source.publish(frame: 5, "bounce", score: 0.75)
    source.end()
    let result = try run.finish()
    #expect(result.status == 0)
    let lines = result.output.split(separator: "\n")
    #expect(lines.count == 1, "\(result)")
    #expect(
      lines.first?.contains(/^01:01:20\.000  frame  92000  serve +0\.875  final +\d+ ms  demo$/) == true, "\(lines)")
    #expect(result.errors.contains("demo: ended, end of file"))
  }

  @Test("prints and saves messages as they came with --json and --save")
  func json() throws {
    let source = try Source()
    let clips = try DaemonClips()
    let saved = clips.folder.appending(path: "messages.jsonl")
    let run = try Program.spot.start([
      "subscribe", source.publisher.endpoint, "--stream", "demo", "--exit-on-end", "--json", "--save", saved.path,
    ])
    try source.waitForSubscriber()
    try source.publish(frame: 1, "serve", score: 0.5)
    source.end()
    let result = try run.finish()
    #expect(result.status == 0)
    #expect(result.errors == "")
    let messages = try result.output.split(separator: "\n").map {
      try JSONDecoder().decode(Message.self, from: Data($0.utf8))
    }
    #expect(messages.count == 3)
    #expect(try String(contentsOf: saved, encoding: .utf8) == result.output)
  }

  @Test("tells losses, also with --json, and then ends with 1; replaces no file")
  func losses() throws {
    let source = try Source()
    let clips = try DaemonClips()
    let run = try Program.spot.start([
      "subscribe", source.publisher.endpoint, "--exit-on-end", "--json", "--no-recovery",
    ])
    try source.waitForSubscriber()
    try source.publish(frame: 1, "serve", score: 0.5)
    try source.publish(frame: 2, "serve", score: .nan)  // cannot be written as JSON
    source.end()
    let result = try run.finish()
    #expect(result.status == 1)
    #expect(
      result.errorLines == [
        "demo: message 3 is lost (replay endpoint unreachable)", "spot: messages are missing: 1 loss",
      ])
    let existing = try clips.write("precious", to: "messages.jsonl")
    let refused = try Program.spot.run(["subscribe", source.publisher.endpoint, "--save", existing])
    expectFailure(refused, code: 1, "\(existing): cannot be written: File exists (errno 17)")
    #expect(try String(contentsOfFile: existing, encoding: .utf8) == "precious")
  }

  @Test("ends with 0 on Ctrl-C and when nobody reads its output, with 1 when nothing comes for the time given")
  func ends() throws {
    let source = try Source()
    let interrupted = try Program.spot.start(["subscribe", source.publisher.endpoint])
    try interrupted.wait(for: "demo: running", on: .errors)
    interrupted.signal(SIGINT)
    #expect(try interrupted.finish(timeout: 10).status == 0)

    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = [
      "-c", #""$0" subscribe "$1" --json | head -n 1; echo "codes ${PIPESTATUS[*]}""#, try Program.spot.path,
      source.publisher.endpoint,
    ]
    let piped = try ProgramRun(process, input: nil)
    try piped.wait(for: "specversion", on: .output)
    try source.publish(frame: 1, "serve", score: 0.5)
    try source.publish(frame: 2, "serve", score: 0.5)
    #expect(try piped.finish(timeout: 20).output.hasSuffix("codes 0 0\n"))

    let silent = try Program.spot.run(["subscribe", "tcp://127.0.0.1:9", "--timeout", "0.5"])
    #expect(silent.status == 1)
    #expect(silent.errorLines == ["spot: tcp://127.0.0.1:9: nothing came for 0.5 s"])
  }

  @Test("refuses what makes no sense: 2")
  func refusals() throws {
    for arguments in [["nonsense"], ["--timeout", "-1"], ["--timeout=-1"], ["--min-score", "2"], ["--stream", ""]] {
      let result = try Program.spot.run(["subscribe"] + arguments)
      #expect(result.status == 2, "\(arguments) \(result)")
      #expect(result.errorLines.count == 1)
    }
  }
}
