import Bus
import Timeline

/// Messages as a daemon would send them, for every kind.
enum Samples {
  static func moment(_ frame: Int) -> Moment {
    let timeBase = TimeBase(numerator: 1, denominator: 90_000)
    return Moment(frame: frame, epoch: 0, time: MediaTime(pts: Int64(frame) * 3_600, timeBase: timeBase))
  }

  static func event(_ frame: Int, label: String = "serve", state: EventData.State = .final) throws -> EventData {
    EventData(
      id: "0-1-\(frame)", state: state, revision: state == .provisional ? 0 : 1, label: try Name(label), labelIndex: 1,
      moment: moment(frame), score: 0.875, profile: "exact",
      wallClock: .init(time: WallTime(nanosecondsSince1970: 1_772_366_400_123_456_789), origin: .system),
      timecode: "10:00:00:12")
  }

  static let running = StatusData(
    state: .running, profile: "exact", nextWithinMilliseconds: 1_000, framesPerSecond: 25, lagMilliseconds: 12.5,
    watermark: .init(epoch: 0, frame: 100), latency: .init(p50: 80, p90: 95, p99: 110, p999: 130.5, max: 140),
    drops: ["overload": 3], counters: ["frames": 120, "events": 2])

  /// A status whose message has so many `bytes` of JSON.
  static func status(bytes: Int, run: RunID, stream: Name) throws -> Message.Body {
    func body(_ reason: String) -> Message.Body { .status(StatusData(state: .degraded, reason: reason)) }
    let shortest = try Message(
      run: run, stream: stream, sequence: 1, topicSequence: 1, time: .now, body: body("")
    ).json().count
    return body(String(repeating: "x", count: bytes - shortest))
  }

  static let ended = StatusData(state: .ended, reason: "end of file", counters: ["frames": 250, "events": 4])

  /// One body of each type, every optional field filled in some and absent in others.
  static func bodies() throws -> [Message.Body] {
    [
      .status(StatusData(state: .starting)),
      .event(try event(42, state: .provisional)),
      .event(try event(43)),
      .event(
        EventData(
          id: "0-2-50", state: .retracted, revision: 2, label: try Name("Schläger 球"), labelIndex: 2,
          moment: moment(50), score: 0, profile: "live")),
      .watermark(moment(60)),
      .gap(GapData(epoch: 0, firstFrame: 61, lastFrame: 64, reason: .overload)),
      .gap(GapData(epoch: 0, firstFrame: 70, lastFrame: nil, reason: .source)),
      .status(running),
      .status(ended),
    ]
  }

  static func messages() throws -> [Message] {
    try bodies().enumerated().map { index, body in
      Message(
        run: try RunID("20260301T120000Z-00c0ffee00c0ffee"), stream: try Name("court.1"),
        sequence: UInt64(index + 1), topicSequence: 1,
        time: WallTime(nanosecondsSince1970: 1_772_366_400_500_000_000 + Int64(index)), body: body)
    }
  }
}
