internal import Bus
internal import Foundation
package import Logging
internal import Synchronization

/// Where the loggers of a process write, and what they share: the level, which may change while they run, the form, and what
/// is held back of repeated warnings.
///
/// Logging never waits for whoever reads the log: where nobody does, lines are lost, and the next one that goes through counts
/// them.
package final class LogOutput: Sendable {
  private struct State {
    var level: Logger.Level
    var filter = RepeatFilter()
    /// The last of each entry that the filter holds back.
    var held: [String: Line] = [:]
    var lost = 0
    /// The last line was cut off: the next begins on a line of its own.
    var isCut = false
  }

  /// An event before it is written.
  private struct Line: Sendable {
    let level: Logger.Level
    let message: String
    let fields: [(key: String, value: String)]
  }

  private let format: LogSettings.Format
  private let writer: LineWriter
  private let state: Mutex<State>

  package init(_ settings: LogSettings, descriptor: Int32 = STDERR_FILENO) {
    format = settings.format
    writer = LineWriter(descriptor: descriptor)
    state = Mutex(State(level: settings.level))
  }

  package var level: Logger.Level {
    get { state.withLock { $0.level } }
    set { state.withLock { $0.level = newValue } }
  }

  package func logger(label: String) -> Logger { Logger(label: label) { _ in LineLogHandler(output: self) } }

  func log(_ level: Logger.Level, _ message: String, _ metadata: Logger.Metadata) {
    let line = Line(
      level: level, message: message,
      fields: metadata.map { ($0.key, $0.value.description) }.sorted { $0.0 < $1.0 })
    state.withLock { state in
      guard level >= .warning else {
        write(line, repeated: 0, &state)
        return
      }
      let fields = line.fields.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
      let entry = RepeatFilter.entry("\(level) \(message) \(fields)")
      guard let repeated = state.filter.admit(entry, now: MonotonicClock.now) else {
        state.held[entry] = line
        return
      }
      state.held[entry] = nil
      write(line, repeated: repeated, &state)
    }
  }

  /// Tells what was held back long enough, or at the end all of it. To be called about each second.
  package func tellRepeats(all: Bool = false) {
    state.withLock { state in
      for (entry, count) in state.filter.due(now: MonotonicClock.now, all: all) {
        if let line = state.held.removeValue(forKey: entry) { write(line, repeated: count, &state) }
      }
    }
  }

  private func write(_ line: Line, repeated: Int, _ state: inout State) {
    var fields =
      [("time", WallTime.now.description), ("level", line.level.rawValue), ("msg", line.message)] + line.fields
    if repeated > 0 { fields.append(("repeated", String(repeated))) }
    if state.lost > 0 { fields.append(("lost_lines", String(state.lost))) }
    let text: String
    switch format {
    case .text: text = fields.map { "\($0.0)=\(LineLogHandler.quoted($0.1))" }.joined(separator: " ")
    case .json:
      text =
        "{" + fields.map { "\(LineLogHandler.json($0.0)):\(LineLogHandler.json($0.1))" }.joined(separator: ",") + "}"
    }
    put(LogPriority.prefix(line.level) + text, &state)
  }

  /// Writes a line, in as few pieces as can be written without waiting: lines of several threads and programs do not mix as
  /// long as they are no longer than one. What a reader that has stopped leaves no room for is dropped, and the line counts as
  /// lost.
  private func put(_ line: String, _ state: inout State) {
    let bytes = Array(((state.isCut ? "\n" : "") + line + "\n").utf8)
    let written = writer.writeReady(bytes)
    if written == bytes.count {
      (state.lost, state.isCut) = (0, false)
    } else {
      state.lost += 1
      if written > 0 { state.isCut = true }
    }
  }
}
