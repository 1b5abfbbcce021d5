/// What the whole network costs.
public struct ModelBenchmarkReport: BenchmarkReport {
  /// Overlapping clips on one thread, sharing what is the same in both.
  public struct Exact: Encodable, Sendable {
    public let milliseconds: Double
    public let cpuMilliseconds: Double
    /// Results taken over from the other lane, of all.
    public let adoptedShare: Double
    /// Streams of 25 frames a second that one core keeps up with, by CPU time.
    public let streamsPerCore: Double

    enum CodingKeys: String, CodingKey {
      case milliseconds = "ms_per_frame"
      case cpuMilliseconds = "cpu_ms_per_frame"
      case adoptedShare = "adopted_share"
      case streamsPerCore = "realtime_25fps_streams_per_core"
    }
  }

  /// One stream of the live profile on one thread: `revise` frames before the newest computed again, every `hop` frames.
  public struct Live: Encodable, Sendable {
    public let revise: Int
    public let hop: Int
    /// Frames after its own that a settled score has seen.
    public let lookahead: Int
    public let milliseconds: Double
    public let cpuMilliseconds: Double
    /// Heap allocations a frame; nil unless they are counted (tools/bench-allocations).
    public let allocationsPerFrame: Double?

    enum CodingKeys: String, CodingKey {
      case revise, hop, lookahead
      case milliseconds = "ms_per_frame"
      case cpuMilliseconds = "cpu_ms_per_frame"
      case allocationsPerFrame = "allocations_per_frame"
    }
  }

  /// Several streams of the exact profile, a thread each.
  public struct Streams: Encodable, Sendable {
    public let threads: Int
    /// Frames of all streams in a second of wall time.
    public let framesPerSecond: Double
    public let cpuMilliseconds: Double

    /// How many streams are measured together on `cores` cores, 1 or more: one, twice as many again and again, and one a core.
    package static func counts(cores: Int) -> [Int] {
      Array(sequence(first: 1) { 2 * $0 }.prefix { $0 < cores }) + [cores]
    }

    enum CodingKeys: String, CodingKey {
      case threads
      case framesPerSecond = "frames_per_second"
      case cpuMilliseconds = "cpu_ms_per_frame"
    }
  }

  /// Resident memory, in megabytes.
  public struct Memory: Encodable, Sendable {
    /// The process when the model is loaded.
    public let loaded: Double
    public let firstStream: Double
    public let furtherStream: Double

    enum CodingKeys: String, CodingKey {
      case loaded = "loaded_mb"
      case firstStream = "first_stream_mb"
      case furtherStream = "further_stream_mb"
    }
  }

  /// One pass, as `spot bench pass` measures it.
  public let pass: PassReport
  public var machine: BenchmarkMachine { pass.machine }
  public let exact: Exact
  public let live: Live
  public let streams: [Streams]
  public let memory: Memory
  /// Heap allocations a frame once a stream of the exact profile is running; nil unless they are counted
  /// (tools/bench-allocations), and where each frame begins or ends a clip.
  public let allocationsPerFrame: Double?
  /// From starting a process to its first frame's scores; nil for a network that lies in no file, and where a start
  /// failed.
  public let startMilliseconds: Double?
  /// Why a start gave no scores; nil where it did, or none was made.
  public let startFailure: String?

  init(
    pass: PassReport, exact: Exact, live: Live, streams: [Streams], memory: Memory, allocationsPerFrame: Double?,
    start: BenchmarkSubject.Start
  ) {
    self.pass = pass
    self.exact = exact
    self.live = live
    self.streams = streams
    self.memory = memory
    self.allocationsPerFrame = allocationsPerFrame
    switch start {
    case .measured(let milliseconds): (startMilliseconds, startFailure) = (milliseconds, nil)
    case .withoutFolder: (startMilliseconds, startFailure) = (nil, nil)
    case .failed(let reason): (startMilliseconds, startFailure) = (nil, reason)
    }
  }

  enum CodingKeys: String, CodingKey {
    case exact, live, streams, memory
    case allocationsPerFrame = "allocations_per_frame"
    case startMilliseconds = "start_to_first_scores_ms"
    case startFailure = "start_failure"
  }

  /// The pass' fields and its own side by side.
  public func encode(to encoder: any Encoder) throws {
    try pass.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(exact, forKey: .exact)
    try container.encode(live, forKey: .live)
    try container.encode(streams, forKey: .streams)
    try container.encode(memory, forKey: .memory)
    try container.encodeIfPresent(allocationsPerFrame, forKey: .allocationsPerFrame)
    try container.encodeIfPresent(startMilliseconds, forKey: .startMilliseconds)
    try container.encodeIfPresent(startFailure, forKey: .startFailure)
  }
}

extension ModelBenchmarkReport {
  public var description: String {
    var threads = TextTable("exact streams", "frames/s", "CPU ms a frame")
    for row in streams { threads.add("\(row.threads)", fixed(row.framesPerSecond, 1), fixed(row.cpuMilliseconds, 3)) }
    return """
      \(pass)
      exact profile, overlapping clips: \(fixed(exact.cpuMilliseconds, 3)) CPU ms a frame, \
      \(fixed(100 * exact.adoptedShare, 1)) % of results shared, \(fixed(exact.streamsPerCore, 2)) streams of 25 frames/s a core
      live profile, \(live.revise) frames computed again, hop \(live.hop), look-ahead \(live.lookahead): \
      \(fixed(live.cpuMilliseconds, 3)) CPU ms a frame
      \(threads.text)
      memory: \(fixed(memory.loaded, 0)) MB loaded, \(fixed(memory.firstStream, 0)) MB the first stream, \
      \(fixed(memory.furtherStream, 0)) MB each further one
      heap allocations a frame: \(allocationsText)
      start of a process to its first scores: \(startText)
      """
  }

  private var allocationsText: String {
    guard let live = live.allocationsPerFrame else { return "not counted (tools/bench-allocations counts them)" }
    let exact = allocationsPerFrame.map { fixed($0, 2) } ?? "not counted, clips being too short"
    return "exact profile \(exact), live profile \(fixed(live, 2))"
  }

  private var startText: String {
    if let startMilliseconds { return "\(fixed(startMilliseconds, 0)) ms" }
    return startFailure.map { "failed: \($0)" } ?? "not measured: the network lies in no file"
  }
}
