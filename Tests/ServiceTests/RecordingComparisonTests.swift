import Bus
import Foundation
import Service
import Testing
import Timeline

@Suite("what differs between two recordings")
struct RecordingComparisonTests {
  private let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "comparison-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  /// A recording of a run that tells `bodies` and ends.
  private func recording(_ name: String, _ bodies: [Message.Body]) throws -> String {
    let stream = try Name("court1")
    let run = RunID()
    let writer = try RecordingWriter(folder.appending(path: name).path)
    for (index, body) in (bodies + [.status(StatusData(state: .ended, reason: "end of file"))]).enumerated() {
      let number = UInt64(index + 1)
      let message = Message(
        run: run, stream: stream, sequence: number, topicSequence: number, time: .now, body: body)
      let topic = Array(try #require(message.topic).text.utf8)
      try writer.append(.init(message: message, topic: topic, json: message.json(), arrival: 1))
    }
    return writer.path
  }

  private func event(
    _ id: Int, _ state: EventData.State, _ revision: Int, frame: Int, score: Double
  ) throws -> Message.Body {
    let time = MediaTime(pts: Int64(frame), timeBase: TimeBase(numerator: 1, denominator: 25))
    return .event(
      EventData(
        id: "\(id)", state: state, revision: revision, label: try Name("serve"), labelIndex: 1,
        moment: Moment(frame: frame, epoch: 0, time: time), score: score, profile: "live"))
  }

  /// An event that is announced and withdrawn, and one that is announced in its place.
  private func wavering(from id: Int) throws -> [Message.Body] {
    try [
      event(id, .provisional, 0, frame: 10, score: 0.5), event(id, .retracted, 1, frame: 10, score: 0.5),
      event(id + 1, .provisional, 0, frame: 10, score: 0.875), event(id + 1, .final, 1, frame: 10, score: 0.875),
    ]
  }

  @Test("events announced at the same place are compared in the order of their announcement, whatever their ids")
  func sameBirthplace() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let first = try recording("a", wavering(from: 8))
    // As texts, "10" comes before "9".
    let second = try recording("b", wavering(from: 9))
    #expect(try RecordingComparison(first, second, states: .all, epsilon: 0).differences == [])
  }

  @Test("no terminal obeys what a recording gives as the reason of a gap")
  func reasonOfAGap() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let gap = GapData(epoch: 0, firstFrame: 3, lastFrame: 4, reason: .init(rawValue: "\u{1B}[2J"))
    let (first, second) = (try recording("a", [.gap(gap)]), try recording("b", []))
    let comparison = try RecordingComparison(first, second, epsilon: 0)
    #expect(
      comparison.differences == ["court1: gap from frame 3 to 4 of epoch 0 (\\u{1B}[2J): only in \(first)"])
  }
}
