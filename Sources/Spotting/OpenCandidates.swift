import Timeline

/// The candidates of one class whose outcome is open, and the rule of `OnlineNMS` on them.
struct OpenCandidates {
  private struct Candidate {
    let frame: Int
    /// As the model gave it.
    let score: Double
    /// Weakened by the events kept so far.
    var present: Double
  }

  private let rule: NMS
  private let label: Int
  /// By rising frame, one a frame.
  private var open: [Candidate] = []
  /// The kept events that may still weaken a candidate, by falling score, then rising frame: the order in which the
  /// offline loop applies them.
  private var kept: [Event] = []
  /// The newest settled frame; `Int.max` when the epoch ended.
  private var settled = -1
  /// Frames of open candidates to look at; empty between calls.
  private var pending: [Int] = []

  init(rule: NMS, label: Int) {
    self.rule = rule
    self.label = label
  }

  var count: Int { open.count }

  /// The first frame with an open candidate.
  var oldest: Int? { open.first?.frame }

  /// Adds a candidate of a frame after all others.
  mutating func append(_ candidate: Event) {
    var added = Candidate(frame: candidate.frame, score: candidate.score, present: candidate.score)
    // Only an event kept under the cap can reach a frame that was not settled yet.
    if let present = weakened(added), present >= rule.threshold {
      added.present = present
      open.append(added)
    }
  }

  /// Declares `frame` settled and appends the events which that makes final. While candidates are open, it is called for
  /// each frame in turn.
  mutating func settle(_ frame: Int, _ events: inout [Event]) {
    settled = frame
    // Those before have been looked at when they became ready.
    pending.append(frame - rule.reach)
    decidePending(&events)
    forgetKept()
  }

  /// Decides all candidates: the epoch ended.
  mutating func decideAll(_ events: inout [Event]) {
    settled = .max
    pending = open.map(\.frame)
    decidePending(&events)
    kept.removeAll(keepingCapacity: true)
  }

  /// Decides the climbing closure of the oldest candidate from what is known.
  mutating func decideOldest(_ events: inout [Event]) {
    guard let frame = oldest else { return }
    while oldest == frame {
      var top = 0
      while let higher = higherNeighbour(of: top) { top = higher }
      keep(top, &events)
    }
    // The closure is gone, which may have freed ready candidates beside it.
    decidePending(&events)
    forgetKept()
  }

  mutating func reset() {
    open.removeAll(keepingCapacity: true)
    kept.removeAll(keepingCapacity: true)
    settled = -1
  }

  /// Keeps the pending candidates that the rule lets go, and those that this frees.
  private mutating func decidePending(_ events: inout [Event]) {
    while let frame = pending.popLast() {
      guard frame <= settled - rule.reach else { continue }
      let index = firstIndex(from: frame)
      guard index < open.count, open[index].frame == frame, higherNeighbour(of: index) == nil else { continue }
      keep(index, &events)
    }
  }

  /// An open candidate within reach of the one at `index` that stands higher.
  private func higherNeighbour(of index: Int) -> Int? {
    let candidate = open[index]
    var after = index + 1
    while after < open.count, open[after].frame - candidate.frame <= rule.reach {
      if open[after].present > candidate.present { return after }
      after += 1
    }
    var before = index - 1
    while before >= 0, candidate.frame - open[before].frame <= rule.reach {
      if open[before].present >= candidate.present { return before }
      before -= 1
    }
    return nil
  }

  /// Makes the candidate at `index` an event, weakens those within reach, and marks those that this may free.
  private mutating func keep(_ index: Int, _ events: inout [Event]) {
    let candidate = open.remove(at: index)
    let event = Event(frame: candidate.frame, label: label, score: candidate.present)
    events.append(event)
    let place = kept.firstIndex { ($0.score, event.frame) < (event.score, $0.frame) }
    kept.insert(event, at: place ?? kept.count)

    var neighbour = firstIndex(from: event.frame - 2 * rule.reach)
    while neighbour < open.count, open[neighbour].frame <= event.frame + 2 * rule.reach {
      if abs(open[neighbour].frame - event.frame) <= rule.reach {
        guard let present = weakened(open[neighbour]), present >= rule.threshold else {
          open.remove(at: neighbour)
          continue
        }
        open[neighbour].present = present
      }
      pending.append(open[neighbour].frame)
      neighbour += 1
    }
  }

  /// The candidate's score after all kept events within reach; nil when one of them drops it.
  private func weakened(_ candidate: Candidate) -> Double? {
    var present = candidate.score
    for event in kept {
      let distance = abs(event.frame - candidate.frame)
      guard distance <= rule.reach else { continue }
      guard let weaker = rule.weakened(present, distance: distance) else { return nil }
      present = weaker
    }
    return present
  }

  /// Forgets the kept events that reach neither an open candidate nor a frame to come.
  private mutating func forgetKept() {
    guard !kept.isEmpty else { return }
    let first = (oldest ?? settled + 1) - rule.reach
    kept.removeAll { $0.frame < first }
  }

  /// The index of the first open candidate at or after `frame`.
  private func firstIndex(from frame: Int) -> Int {
    var low = 0
    var high = open.count
    while low < high {
      let middle = (low + high) / 2
      if open[middle].frame < frame { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
