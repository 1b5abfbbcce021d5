import Spotting
import Timeline

/// The rule of `OnlineNMS` stated once more, naively: the offline loop over the candidates known so far, in which
/// whatever a frame to come could still change, and whatever that could change in turn, is set aside.
struct ClosureRule {
  /// Events whose outcome is final, by rising frame.
  private(set) var final: [Event] = []
  /// Candidates that only frames to come can change: nothing open within reach stands higher.
  private(set) var openPeaks: [Event] = []

  /// `candidates` of one class in the frames through `settled`, by rising frame.
  init(_ rule: NMS, candidates: [Event], settled: Int) {
    var left = candidates
    var open: [Event] = []
    while let best = left.indices.max(by: {
      left[$0].score < left[$1].score || (left[$0].score == left[$1].score && $0 > $1)
    }),
      left[best].score >= rule.threshold
    {
      let event = left.remove(at: best)
      let shadowed = open.contains { abs($0.frame - event.frame) <= rule.reach }
      if shadowed || event.frame + rule.reach > settled {
        if !shadowed { openPeaks.append(event) }
        open.append(event)
        continue
      }
      final.append(event)
      left = left.compactMap { candidate in
        let distance = abs(candidate.frame - event.frame)
        if distance > rule.reach { return candidate }
        if rule.kind == .hard { return nil }
        let factor = (Double(distance * distance), Double(rule.window * rule.window))
        return Event(
          frame: candidate.frame, label: candidate.label, score: candidate.score * factor.0 / factor.1)
      }
    }
    final.sort { $0.frame < $1.frame }
  }
}
