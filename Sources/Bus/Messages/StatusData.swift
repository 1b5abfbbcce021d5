/// What a message of type `spotd.status.v1` tells: how a stream fares. Sent at every change and each second, so it is the
/// heartbeat; with state `ended` it is the last message of its stream and run.
public struct StatusData: Sendable, Hashable {
  public enum State: String, Sendable, Codable, CaseIterable {
    case starting, running
    /// Running, but giving something up to keep pace; `reason` says what.
    case degraded
    /// The source is gone and is being tried again.
    case reconnecting
    /// Nothing follows; `reason` says why it ended, the counters are totals.
    case ended
  }

  /// Everything at or before `frame` of `epoch` is settled.
  public struct Watermark: Sendable, Hashable {
    /// From 0.
    public var epoch: Int
    /// From 0.
    public var frame: Int

    public init(epoch: Int, frame: Int) {
      self.epoch = epoch
      self.frame = frame
    }
  }

  /// Percentiles of the latency of all events so far, in milliseconds.
  public struct Latency: Sendable, Hashable, Codable {
    public var p50: Double
    public var p90: Double
    public var p99: Double
    public var p999: Double
    public var max: Double

    public init(p50: Double, p90: Double, p99: Double, p999: Double, max: Double) {
      self.p50 = p50
      self.p90 = p90
      self.p99 = p99
      self.p999 = p999
      self.max = max
    }
  }

  public var state: State
  /// Why the stream is degraded, reconnecting or ended.
  public var reason: String?
  /// Which profile scores the stream: `exact`, `live` or `both`.
  public var profile: String?
  /// Milliseconds within which the next status comes, 1 or more; nil when none does.
  public var nextWithinMilliseconds: Int?
  /// Frames scored a second, over the last seconds; not negative.
  public var framesPerSecond: Double?
  /// Milliseconds from the newest frame's arrival to its scores; not negative.
  public var lagMilliseconds: Double?
  public var watermark: Watermark?
  public var latency: Latency?
  /// The same of the first `provisional` and of the `final` states alone, where there are any.
  public var latencyByState: [String: Latency]?
  /// Frames or messages dropped since the run began, by reason; none is negative.
  public var drops: [String: Int]
  /// Totals since the run began, by name: `frames`, `events`, `retracted`, …; none is negative.
  public var counters: [String: Int]

  public init(
    state: State, reason: String? = nil, profile: String? = nil, nextWithinMilliseconds: Int? = nil,
    framesPerSecond: Double? = nil, lagMilliseconds: Double? = nil, watermark: Watermark? = nil,
    latency: Latency? = nil, drops: [String: Int] = [:], counters: [String: Int] = [:]
  ) {
    self.state = state
    self.reason = reason
    self.profile = profile
    self.nextWithinMilliseconds = nextWithinMilliseconds
    self.framesPerSecond = framesPerSecond
    self.lagMilliseconds = lagMilliseconds
    self.watermark = watermark
    self.latency = latency
    self.drops = drops
    self.counters = counters
  }
}

extension StatusData: Codable {
  private enum CodingKeys: String, CodingKey {
    case state, reason, profile, watermark, drops, counters
    case nextWithinMilliseconds = "next_within_ms"
    case framesPerSecond = "fps"
    case lagMilliseconds = "lag_ms"
    case latency = "latency_ms"
    case latencyByState = "latency_by_state_ms"
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    state = try values.decode(State.self, forKey: .state)
    reason = try values.decodeIfPresent(String.self, forKey: .reason)
    profile = try values.decodeIfPresent(String.self, forKey: .profile)
    nextWithinMilliseconds = try values.decodeIfPresent(Int.self, forKey: .nextWithinMilliseconds)
    framesPerSecond = try values.decodeIfPresent(Double.self, forKey: .framesPerSecond)
    lagMilliseconds = try values.decodeIfPresent(Double.self, forKey: .lagMilliseconds)
    watermark = try values.decodeIfPresent(Watermark.self, forKey: .watermark)
    latency = try values.decodeIfPresent(Latency.self, forKey: .latency)
    latencyByState = try values.decodeIfPresent([String: Latency].self, forKey: .latencyByState)
    drops = try values.decode([String: Int].self, forKey: .drops)
    counters = try values.decode([String: Int].self, forKey: .counters)
    guard nextWithinMilliseconds ?? 1 >= 1, framesPerSecond ?? 0 >= 0, lagMilliseconds ?? 0 >= 0,
      drops.values.allSatisfy({ $0 >= 0 }), counters.values.allSatisfy({ $0 >= 0 })
    else {
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: values.codingPath,
          debugDescription: "next_within_ms, fps, lag_ms, drops or counters out of range"))
    }
  }
}

extension StatusData.Watermark: Codable {
  private enum CodingKeys: String, CodingKey { case epoch, frame }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    epoch = try values.decode(Int.self, forKey: .epoch)
    frame = try values.decode(Int.self, forKey: .frame)
    guard epoch >= 0, frame >= 0 else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: values.codingPath, debugDescription: "epoch or frame out of range"))
    }
  }
}
