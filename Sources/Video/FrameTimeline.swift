import Timeline

/// Where a reader's frames lie in time: their epoch and numbers, their timestamps and timecodes.
struct FrameTimeline {
  /// A frame's place.
  struct Place {
    let time: MediaTime
    let timecode: Timecode?
    /// The end of the epoch before, where this frame begins a new one.
    var ended: Discontinuity?
  }

  /// How many frames may still be in the decoder when it met what damaged them.
  private static let framesFromDamage = 32

  /// One tick of the frames' timestamps.
  let timeBase: TimeBase
  let frameRate: Ratio?
  /// Frames to a picture: 2 where they are fields.
  private let framesPerPicture: Int
  private(set) var epoch: Int
  /// Frames of this epoch that were delivered, and all of them, those that a stride skips included.
  private(set) var delivered = 0
  private(set) var position = 0
  /// The latest end of a frame, in ticks.
  private(set) var latestEnd = Int64.min
  /// Nil: frames are merely counted.
  private var continuity: FrameContinuity?
  /// What was counted before this timeline began.
  private let former: SourceBreaks
  private(set) var timecodes: FrameTimecodes
  /// Where the next frame is expected in time, for frames that carry no timestamp.
  private var nextTimestamp: Int64 = 0
  private var framesSinceDamage = Self.framesFromDamage
  private var damage = 0

  /// - Parameters:
  ///   - wrapBits: Bits of the container's timestamps where the run of frames may break and is watched; nil: it is not.
  ///   - fields: Whether frames are fields: twice as many, in half ticks.
  ///   - breaks: What the same connection has shown before.
  ///   - timecodes: Those that are to be counted on; nil: the container's first one.
  init(
    _ info: VideoInfo, wrapBits: Int?, fields: Bool, epoch: Int = 0, after breaks: SourceBreaks = SourceBreaks(),
    timecodes: FrameTimecodes? = nil
  ) {
    former = breaks
    let (halved, overflow) = info.timeBase.denominator.multipliedReportingOverflow(by: 2)
    // So fine a time base is none that a container has.
    let base = fields && !overflow ? TimeBase(numerator: info.timeBase.numerator, denominator: halved) : info.timeBase
    let rate = fields ? info.frameRate.flatMap { Ratio($0.numerator * 2, $0.denominator) } : info.frameRate
    timeBase = base
    frameRate = rate
    framesPerPicture = fields ? 2 : 1
    self.epoch = epoch
    continuity = wrapBits.map { bits in
      FrameContinuity(tick: base.seconds, wrapBits: bits + (fields ? 1 : 0), rate: rate?.value)
    }
    self.timecodes = timecodes ?? FrameTimecodes(first: info.timecode, frameRate: info.frameRate)
  }

  /// Places the next frame in presentation order; nil for one that was there before.
  ///
  /// - Parameters:
  ///   - own: Its timestamp, nil where it has none.
  ///   - duration: Ticks that it lasts by its packet; 0 or less: unknown.
  ///   - label: The timecode that it carries.
  ///   - losses: What was lost until here; takes what this frame shows.
  mutating func place(
    _ own: Int64?, duration: Int64, label: Timecode?, losses: inout VideoLosses
  ) -> Place? {
    noteDamage(losses)
    var pts = own ?? nextTimestamp
    var ended: Discontinuity?
    if let verdict = continuity?.judge(own) {
      if let continuity { losses.breaks.take(continuity, after: former) }
      switch verdict {
      case .follows(let unwrapped): pts = unwrapped
      case .duplicate:
        losses.breaks.duplicateFrames += 1
        return nil
      case .breaks(let unwrapped, let missing, let kind):
        pts = unwrapped
        ended = end(missing, kind, &losses.breaks)
      }
    }
    nextTimestamp = pts.addingReportingOverflow(max(1, duration > 0 ? duration : usualDuration)).partialValue
    latestEnd = max(latestEnd, nextTimestamp)
    let timecode = label ?? timecodes.label
    position += 1
    if position.isMultiple(of: framesPerPicture) { timecodes.advance() }
    return Place(time: MediaTime(pts: pts, timeBase: timeBase), timecode: timecode, ended: ended)
  }

  /// The frame placed last is delivered.
  mutating func deliver() { delivered += 1 }

  /// Ends the epoch; nil where it had no frame that could need an end.
  mutating func endEpoch(missing: Int?, _ reason: Discontinuity.Reason, _ cause: String) -> Discontinuity? {
    timecodes.skip(missing.map { $0 / framesPerPicture })
    guard position > 0 else { return nil }
    defer {
      epoch += 1
      (delivered, position) = (0, 0)
    }
    return Discontinuity(delivered: delivered, frames: position, missing: missing, reason: reason, cause: cause)
  }

  private mutating func end(
    _ missing: Int?, _ kind: FrameContinuity.Break, _ breaks: inout SourceBreaks
  ) -> Discontinuity? {
    switch kind {
    case .jump(let seconds):
      breaks.timestampJumps += 1
      return endEpoch(missing: nil, .source, "the timestamps jump by \(rounded(seconds)) s")
    case .hole:
      breaks.lostFrames += missing ?? 1
      let isDamaged = framesSinceDamage < Self.framesFromDamage
      return endEpoch(
        missing: missing, isDamaged ? .damage : .source, "\(missing.map { "\($0)" } ?? "some") frames are missing")
    case .rate(let former, let rate):
      return endEpoch(
        missing: missing, .source, "the rate changed from \(rounded(former)) to \(rounded(rate)) frames/s")
    }
  }

  private mutating func noteDamage(_ losses: VideoLosses) {
    let met = losses.damagedPackets + losses.undecodableFrames
    framesSinceDamage = met > damage ? 0 : framesSinceDamage + 1
    damage = met
  }

  /// Ticks, by the average rate; 0 if unknown.
  private var usualDuration: Int64 {
    guard let frameRate else { return 0 }
    let ticks = (1 / (frameRate.value * timeBase.seconds)).rounded()
    return ticks < 1e15 ? Int64(ticks) : 0
  }

  private func rounded(_ value: Double) -> Double { (value * 1e3).rounded() / 1e3 }
}

extension SourceBreaks {
  /// What the timestamps of one connection have shown so far.
  package mutating func take(_ continuity: FrameContinuity, after former: SourceBreaks) {
    timestampWraps = former.timestampWraps + continuity.wraps
    missingTimestamps = former.missingTimestamps + continuity.missingTimestamps
    rateChanges = former.rateChanges + continuity.rateChanges
  }
}
