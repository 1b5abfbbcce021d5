/// Tells by the timestamps of decoded frames whether each follows the one before: counts what is missing, where that can be
/// known.
///
/// Timestamps may wrap, jump, repeat or be absent. A rate counts as constant once `stepsToTrust` steps in a row were of one
/// length, within a quarter of it; only then does a longer step show missing frames. Without a constant rate frames are merely counted,
/// and only jumps break the run.
package struct FrameContinuity {
  package enum Verdict: Equatable {
    /// The frame follows; its timestamp, which never wraps and always rises.
    case follows(Int64)
    /// It has the timestamp of the frame before: the same frame once more.
    case duplicate
    /// The run of frames broke before it; so many frames are missing, nil when nobody knows.
    case breaks(Int64, missing: Int?, Break)
  }

  package enum Break: Equatable {
    case jump(seconds: Double)
    case hole
    /// Frames a second, before and after.
    case rate(Double, Double)
  }

  private static let stepsToTrust = 8
  /// Seconds. A longer step, and any step back, is another time line rather than missing frames.
  static let longestHole = 10.0
  /// Of a step, that it may be off.
  private static let tolerance = 0.25
  /// As which part the newest step enters the mean one.
  private static let smoothing = 1.0 / 32
  /// How far the mean step may move from the one that was trusted before it is another rate.
  private static let mostDrift = 0.03
  /// So many equal holes in a row are no holes but a lower rate.
  private static let holesOfLowerRate = 3

  /// Times that the timestamps wrapped, frames without one, and changes of the frame rate.
  package private(set) var wraps = 0
  package private(set) var missingTimestamps = 0
  package private(set) var rateChanges = 0

  /// Seconds of a tick.
  private let tick: Double
  /// The modulus of timestamps, 0 where they do not wrap.
  private let modulus: Int64
  /// The last frame's timestamp as the source gave it, and unwrapped.
  private var last: (own: Int64, unwrapped: Int64)?
  /// The mean step in ticks; 0: unknown.
  private var step: Double
  /// What it was when it came to be trusted; 0: it never was, or there is another rate since.
  private var trustedStep = 0.0
  /// Steps in a row that agreed with it.
  private var agreeing = 0
  private var lastHole = 0
  private var equalHoles = 0

  /// - Parameters:
  ///   - tick: Seconds that a tick lasts.
  ///   - wrapBits: Bits of the source's timestamps; 63 or more never wrap.
  ///   - rate: Declared frames a second; nil if unknown.
  package init(tick: Double, wrapBits: Int, rate: Double?) {
    self.tick = tick
    modulus = (1..<63).contains(wrapBits) ? 1 << Int64(wrapBits) : 0
    step = rate.map { 1 / ($0 * tick) } ?? 0
  }

  /// Judges the next frame in presentation order; `own` is its timestamp, nil where it has none.
  package mutating func judge(_ own: Int64?) -> Verdict {
    guard let last else {
      if own == nil { missingTimestamps += 1 }
      self.last = (own ?? 0, own ?? 0)
      return .follows(own ?? 0)
    }
    guard let own else {
      missingTimestamps += 1
      let ticks = max(1, Int64(step.rounded()))
      return advance(to: last.own.addingReportingOverflow(ticks).partialValue, by: ticks, from: last)
    }
    let ticks = wrapped(own, from: last.own)
    if ticks == 0 { return .duplicate }
    let seconds = Double(ticks) * tick
    guard ticks > 0, seconds <= Self.longestHole else {
      self.last = (own, own)
      (lastHole, equalHoles) = (0, 0)
      return .breaks(own, missing: nil, .jump(seconds: seconds))
    }
    if let found = irregularity(Double(ticks)) {
      let unwrapped = last.unwrapped.addingReportingOverflow(ticks).partialValue
      self.last = (own, unwrapped)
      return .breaks(unwrapped, missing: found.missing, found.kind)
    }
    return advance(to: own, by: ticks, from: last)
  }

  private mutating func advance(
    to own: Int64, by ticks: Int64, from last: (own: Int64, unwrapped: Int64)
  ) -> Verdict {
    let unwrapped = last.unwrapped.addingReportingOverflow(ticks).partialValue
    self.last = (own, unwrapped)
    return .follows(unwrapped)
  }

  /// The step from one timestamp to the next on the circle that wrapping timestamps live on: the shorter way round.
  private mutating func wrapped(_ own: Int64, from last: Int64) -> Int64 {
    let (ticks, overflow) = own.subtractingReportingOverflow(last)
    // Nothing that far apart is near in any other sense: a step back is told.
    if overflow { return -1 }
    guard modulus > 0 else { return ticks }
    var rest = ticks % modulus
    if rest >= modulus / 2 { rest -= modulus }
    if rest < -modulus / 2 { rest += modulus }
    if rest != ticks { wraps += 1 }
    return rest
  }

  /// What a step of so many ticks, which is neither back nor a jump, says about the frames between; nil: nothing.
  private mutating func irregularity(_ ticks: Double) -> (missing: Int?, kind: Break)? {
    let multiple = step > 0 ? (ticks / step).rounded() : 0
    // Coarse ticks are off by one without meaning it.
    let isOff = abs(ticks - multiple * step) > max(1.5, Self.tolerance * step)
    if multiple == 1 && !isOff {
      agreeing += 1
      (lastHole, equalHoles) = (0, 0)
      step += (ticks - step) * max(Self.smoothing, 1 / Double(agreeing))
      guard agreeing >= Self.stepsToTrust else { return nil }
      if trustedStep == 0 { trustedStep = step }
      return abs(step / trustedStep - 1) > Self.mostDrift ? changeRate(to: ticks) : nil
    }
    guard agreeing >= Self.stepsToTrust, multiple >= 2 || (isOff && ticks > 1.5 * step) else {
      // Not so constant after all: a new guess.
      (step, agreeing) = (ticks, 0)
      return nil
    }
    let holes = Int(multiple)
    equalHoles = holes == lastHole ? equalHoles + 1 : 1
    lastHole = holes
    if !isOff && equalHoles >= Self.holesOfLowerRate { return changeRate(to: ticks) }
    return (isOff ? nil : holes - 1, .hole)
  }

  private mutating func changeRate(to ticks: Double) -> (missing: Int?, kind: Break) {
    let former = 1 / (trustedStep * tick)
    (step, trustedStep, agreeing, lastHole, equalHoles) = (ticks, 0, 0, 0, 0)
    rateChanges += 1
    return (0, .rate(former, 1 / (ticks * tick)))
  }
}
