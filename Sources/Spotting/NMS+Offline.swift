public import Timeline

extension NMS {
  /// The events kept among all `candidates` of a video, with their weakened scores, in rising order of frames.
  ///
  /// Of equal scores the first in `candidates` wins. Classes are treated in the order of their first appearance, which
  /// also orders the events of one frame. This is the published greedy loop as it stands, quadratic in the number of
  /// candidates of a class.
  public func apply(to candidates: [Event]) -> [Event] {
    var labels: [Int] = []
    var byLabel: [Int: [Event]] = [:]
    for candidate in candidates {
      if byLabel[candidate.label] == nil { labels.append(candidate.label) }
      byLabel[candidate.label, default: []].append(candidate)
    }
    let kept = labels.flatMap { keep(among: byLabel[$0] ?? []) }
    return kept.enumerated()
      .sorted { ($0.element.frame, $0.offset) < ($1.element.frame, $1.offset) }
      .map(\.element)
  }

  /// The greedy loop over the candidates of one class; events in falling order of scores.
  private func keep(among candidates: [Event]) -> [Event] {
    var left = candidates
    var kept: [Event] = []
    while let best = firstLargest(left), left[best].score >= threshold {
      let event = left.remove(at: best)
      kept.append(event)
      left = left.compactMap { candidate in
        let distance = abs(candidate.frame - event.frame)
        guard distance <= reach else { return candidate }
        return weakened(candidate.score, distance: distance).map {
          Event(frame: candidate.frame, label: candidate.label, score: $0)
        }
      }
    }
    return kept
  }

  private func firstLargest(_ events: [Event]) -> Int? {
    guard var best = events.indices.first else { return nil }
    for index in events.indices where events[index].score > events[best].score { best = index }
    return best
  }
}
