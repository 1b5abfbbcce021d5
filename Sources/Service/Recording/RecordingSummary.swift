import Bus
import Foundation

/// What a recording holds, as tables: its facts, then a line for each run of each stream.
public struct RecordingSummary: Sendable {
  private struct Row {
    let run: RunID
    let stream: Name
    var messages = 0
    var first: UInt64?
    var last: UInt64 = 0
    var finals = 0
    /// As the recorder noted.
    var noted: UInt64 = 0
    var isMissingUnknown = false
    var hasEnded = false
    var continuity = Continuity()

    var missing: UInt64 {
      // A file may claim what it likes; more than can be counted is the most that can be.
      let (sum, isTooMany) = noted.addingReportingOverflow(continuity.missing)
      return isTooMany ? .max : sum
    }
    var isSound: Bool { missing == 0 && !isMissingUnknown && continuity.repeated == 0 }
  }

  /// Whether the file at `path` is for this type.
  public static func isRecording(_ path: String) -> Bool { RecordingReader.isRecording(path) }

  public let path: String
  private var rows: [Row] = []
  private var times: ClosedRange<WallTime>?
  private var end = RecordingReader.End.whole

  /// Reads the file to its last whole record.
  public init(_ path: String) throws(ServiceError) {
    self.path = path
    do throws(BusError) {
      let reader = try RecordingReader(path)
      while let item = try reader.next() { add(item) }
      end = reader.end ?? .whole
    } catch {
      throw .bus(error)
    }
  }

  /// Whether it holds every message between its first and last once, as far as it was read, and was read to its end. A torn last
  /// record is none.
  public var isSound: Bool {
    if case .damaged = end { return false }
    return rows.allSatisfy(\.isSound)
  }

  public var text: String { TextTable.facts(facts) + (rows.isEmpty ? "" : "\n" + table.text) }

  private mutating func add(_ item: RecordedItem) {
    switch item {
    case .loss(let loss, _):
      change(loss.run, loss.stream) { row in
        row.continuity.add(loss)
        guard let last = loss.last else { return row.isMissingUnknown = true }
        let (sum, isTooMany) = row.noted.addingReportingOverflow(last - loss.first + 1)
        row.noted = isTooMany ? .max : sum
      }
    case .message(let recorded):
      let message = recorded.message
      change(message.run, message.stream) { row in
        row.messages += 1
        row.continuity.add(message)
        row.first = row.first ?? message.sequence
        row.last = max(row.last, message.sequence)
        if case .event(let event) = message.body, event.state == .final { row.finals += 1 }
        if case .status(let status) = message.body, status.state == .ended { row.hasEnded = true }
      }
      let (first, last) = (times?.lowerBound ?? message.time, times?.upperBound ?? message.time)
      times = min(first, message.time)...max(last, message.time)
    }
  }

  private mutating func change(_ run: RunID, _ stream: Name, _ change: (inout Row) -> Void) {
    // Few runs of few streams, the present one last.
    let index =
      rows.lastIndex { $0.run == run && $0.stream == stream }
      ?? {
        rows.append(Row(run: run, stream: stream))
        return rows.count - 1
      }()
    change(&rows[index])
  }

  private var facts: [(String, String)] {
    var facts = [("recording", path), ("messages", "\(rows.reduce(0) { $0 + $1.messages })")]
    if let times {
      let seconds = Double(times.upperBound.nanosecondsSince1970 - times.lowerBound.nanosecondsSince1970) / 1e9
      facts += [("published", "\(times.lowerBound), \(String(format: "%.3f", seconds)) s")]
    }
    let isComplete = !rows.contains { $0.missing > 0 || $0.isMissingUnknown }
    facts.append(("missing", isComplete ? "nothing" : "see below"))
    let repeated = rows.reduce(0) { $0 + $1.continuity.repeated }
    if repeated > 0 { facts.append(("repeated", "\(repeated) messages")) }
    switch end {
    case .whole: facts.append(("end", "whole"))
    case .torn(let bytes): facts.append(("end", "\(bytes) bytes of a torn record after the last whole one"))
    case .damaged(let offset): facts.append(("end", "damaged at byte \(offset); what follows was not read"))
    }
    return facts
  }

  private var table: TextTable {
    var table = TextTable(
      [.left, .left, .right, .right, .right, .right, .left],
      header: ["stream", "run", "messages", "sequence", "final events", "missing", "ended"])
    for row in rows {
      table.add([
        row.stream.text, row.run.text, "\(row.messages)", row.first.map { "\($0)–\(row.last)" } ?? "",
        "\(row.finals)", row.isMissingUnknown ? "\(row.missing)+" : "\(row.missing)", row.hasEnded ? "yes" : "no",
      ])
    }
    return table
  }
}
