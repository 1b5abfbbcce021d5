import Bus
import Evaluation

/// Collects what differs between two runs.
struct OutcomeDifference {
  /// Counters that tell of time, which is never the same twice.
  private static let timingCounters: Set = ["budget_missed"]

  /// The recordings' paths.
  let first: String
  let second: String
  /// How far scores may be apart.
  let epsilon: Double
  private(set) var lines: [String] = []

  init(first: String, second: String, epsilon: Double) {
    self.first = first
    self.second = second
    self.epsilon = epsilon
  }

  /// What is settled.
  mutating func compare(_ left: RecordedOutcome, _ right: RecordedOutcome) {
    for place in Set(left.events.keys).union(right.events.keys).sorted() {
      guard let (one, other) = both(left.events[place], right.events[place], "\(place)") else { continue }
      compare(one, other, "\(place)")
    }
    for gap in left.gaps.symmetricDifference(right.gaps).sorted(by: {
      ($0.epoch, $0.firstFrame) < ($1.epoch, $1.firstFrame)
    }) {
      let last = gap.lastFrame.map { " to \($0)" } ?? " and on"
      lines.append(
        "gap from frame \(gap.firstFrame)\(last) of epoch \(gap.epoch) (\(gap.reason.rawValue.printable)): "
          + "only in \(left.gaps.contains(gap) ? first : second)")
    }
    let (one, other) = (left.frames, right.frames)
    if one != other {
      lines.append("\(one.map(String.init) ?? "no end and no") and \(other.map(String.init) ?? "no end and no") frames")
    }
  }

  /// How it came about.
  mutating func compareHistories(_ left: RecordedOutcome, _ right: RecordedOutcome) {
    let (ours, theirs) = (left.histories, right.histories)
    for birth in Set(ours.keys).union(theirs.keys).sorted() {
      let name = "\(birth.place), as first announced"
      guard let (one, other) = both(ours[birth], theirs[birth], name) else { continue }
      if let (state, twin) = zip(one, other).first(where: { isDifferent($0, $1) }) {
        lines.append("\(name): then \(text(state)), and \(text(twin))")
      } else if one.count != other.count {
        lines.append("\(name): told \(one.count) times, and \(other.count)")
      }
    }
    guard let one = left.end, let other = right.end else { return }
    if one.reason != other.reason {
      lines.append(
        "ended: \(one.reason?.printable ?? "for no reason"), and \(other.reason?.printable ?? "for no reason")")
    }
    let names = Set(one.counters.keys).union(other.counters.keys).subtracting(Self.timingCounters)
    for name in names.sorted() where one.counters[name] != other.counters[name] {
      lines.append("counter \(name.printable): \(count(one, name)), and \(count(other, name))")
    }
  }

  /// Notes when one of two is not there.
  private mutating func both<Item>(_ left: Item?, _ right: Item?, _ name: String) -> (Item, Item)? {
    if let left, let right { return (left, right) }
    lines.append("\(name): only in \(left == nil ? second : first)")
    return nil
  }

  private mutating func compare(_ left: EventData, _ right: EventData, _ name: String) {
    if abs(left.score - right.score) > epsilon {
      lines.append("\(name): score \(left.score) and \(right.score)")
    }
    if left.moment != right.moment {
      lines.append("\(name): time \(left.moment.seconds) s and \(right.moment.seconds) s")
    }
  }

  private func isDifferent(_ left: EventData, _ right: EventData) -> Bool {
    left.state != right.state || left.revision != right.revision || left.moment != right.moment
      || left.profile != right.profile || abs(left.score - right.score) > epsilon
  }

  private func text(_ event: EventData) -> String {
    "\(event.state.rawValue) \(event.revision) at frame \(event.moment.frame) with score \(event.score)"
  }

  private func count(_ status: StatusData, _ name: String) -> String {
    status.counters[name].map(String.init) ?? "none"
  }
}
