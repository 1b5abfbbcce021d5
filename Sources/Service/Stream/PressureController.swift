/// Decides what a stream gives up, and when, so that it keeps pace: the declared order of sacrifice.
///
/// It is told how far each scored frame lags behind its arrival. A step is taken when the lag stays above that step's limit
/// for a few samples in a row, and taken back when it stays below half of it for many frames, but for a few in between: a stream
/// at the edge does not waver. Where the network revises only every few frames, the frames between wait for nothing and the next ones wait for
/// the revision; so the least lag from one revision to the next is one sample.
package struct PressureController: Sendable {
  /// What is given up, in this order; each step includes those before it.
  package enum Step: Int, Sendable, CaseIterable {
    /// Half as many revisions.
    case halfRevisions
    /// A quarter as many revisions.
    case quarterRevisions
    /// Whole decoded frames, oldest first.
    case frames
  }

  /// Lags in seconds.
  package struct Limits: Sendable, Equatable {
    /// Above it there are fewer revisions; to it dropping brings the lag back.
    package let slowing: Double
    /// Above it frames are dropped.
    package let dropping: Double
    /// Seconds from one scored frame to the next.
    package let framePeriod: Double

    /// Jitter of a busy machine's threads, not a lack of pace.
    private static let leastSlowing = 0.02
    /// However patient a budget is, what is decoded and waits takes memory.
    private static let longestLag = 1.0

    /// - Parameters:
    ///   - framePeriod: Seconds from one scored frame to the next.
    ///   - slack: Seconds that the budget leaves beside waiting for later frames; nil without a budget.
    package init(framePeriod: Double, slack: Double?) {
      self.framePeriod = framePeriod
      let periods = max(2 * framePeriod, Self.leastSlowing)
      let longest = min(slack ?? Self.longestLag, Self.longestLag)
      slowing = slack == nil ? periods : max(periods, longest / 2)
      dropping = max(2 * slowing, longest)
    }
  }

  /// Samples in a row above the limit until a step is taken.
  package static let samplesToEnter = 4

  /// As many frames in a row that are not below half the limit are a lack of pace. Fewer may be a group of coded pictures that
  /// came in another order: those that others refer to come early and wait in the decoder, the group's others do not.
  private static let longestReordering = 16

  package let limits: Limits
  private let steps: [Step]
  private var taken = 0
  private var above = 0
  /// Frames, from a lag below half the limit to the newest such.
  private var below = 0
  /// Frames since then.
  private var between = 0
  private var leastLag = Double.infinity
  private var framesInSample = 0

  /// `mostSlowdown` is how many times rarer the engine's revisions can become, 1 where it has none.
  package init(limits: Limits, mostSlowdown: Int) {
    self.limits = limits
    steps = Step.allCases.filter { $0 == .frames || $0.slowdown <= mostSlowdown && mostSlowdown > 1 }
  }

  /// The last step taken; nil while nothing is given up.
  package var step: Step? { taken > 0 ? steps[taken - 1] : nil }

  /// A frame was scored `lag` seconds after its arrival; revisions are `interval` frames apart. True when frames must be
  /// dropped now.
  package mutating func observe(lag: Double, interval: Int = 1) -> Bool {
    leastLag = min(leastLag, lag)
    framesInSample += 1
    guard framesInSample >= interval else { return false }
    defer {
      leastLag = .infinity
      framesInSample = 0
    }
    return observe(sample: leastLag, frames: framesInSample)
  }

  private mutating func observe(sample: Double, frames: Int) -> Bool {
    let next = steps[min(taken, steps.count - 1)]
    above = sample > limit(of: next) ? above + 1 : 0
    if above >= Self.samplesToEnter {
      (above, below, between) = (0, 0, 0)
      taken = min(taken + 1, steps.count)
      return step == .frames
    }
    guard let step else { return false }
    guard sample < limit(of: step) / 2 else {
      between += frames
      return false
    }
    below = between < Self.longestReordering ? below + between + frames : frames
    between = 0
    if below >= step.framesToLeave {
      below = 0
      taken -= 1
    }
    return false
  }

  private func limit(of step: Step) -> Double { step == .frames ? limits.dropping : limits.slowing }
}

extension PressureController.Step {
  /// Frames in a row below half the limit until the step is taken back, however rare revisions are meanwhile. After frames were
  /// dropped the lag is short for a while, whether or not the stream can keep pace.
  package var framesToLeave: Int { self == .frames ? 250 : 100 }

  /// How many times rarer revisions are.
  package var slowdown: Int {
    switch self {
    case .halfRevisions: 2
    case .quarterRevisions, .frames: 4
    }
  }
}

extension PressureController.Step: CustomStringConvertible {
  /// For the status and the log.
  package var description: String {
    switch self {
    case .halfRevisions: "behind: half as many revisions"
    case .quarterRevisions: "behind: a quarter as many revisions"
    case .frames: "behind: dropping frames"
    }
  }
}
