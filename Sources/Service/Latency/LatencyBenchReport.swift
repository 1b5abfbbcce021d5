internal import Foundation

/// Where the time of frames and events went.
public struct LatencyBenchReport: BenchmarkReport {
  /// Milliseconds of one thing, as often as it was measured.
  public struct Times: Encodable, Sendable {
    public let name: String
    public let count: Int
    /// The time that half of all, and 99 in 100, did not exceed; 0 where there were none.
    public let p50: Double
    public let p99: Double
    public let max: Double
    /// What waiting for later frames alone takes; nil for stages.
    public let algorithmic: Double?
    fileprivate let all: [Double]

    /// Milliseconds in any order.
    package init(_ name: String, _ values: [Double], algorithmic: Double? = nil) {
      let sorted = values.sorted()
      // The nearest rank: the least value that so many in 100 do not exceed.
      func rank(_ percent: Int) -> Double {
        sorted.isEmpty ? 0 : sorted[(percent * sorted.count + 99) / 100 - 1]
      }
      self.name = name
      count = values.count
      p50 = rank(50)
      p99 = rank(99)
      max = sorted.last ?? 0
      self.algorithmic = algorithmic
      all = sorted
    }

    enum CodingKeys: String, CodingKey {
      case name, count
      case p50 = "p50_ms"
      case p99 = "p99_ms"
      case max = "max_ms"
      case algorithmic = "algorithmic_ms"
    }
  }

  public let machine: BenchmarkMachine
  public let network: String
  public let video: String
  /// Whether frames arrived in their own time.
  public let isRealtime: Bool
  public let plan: LatencyPlan
  /// Frame by frame; `publish` event by event.
  public let stages: [Times]
  /// From the arrival of an event's frame, where frames arrived in their own time.
  public let events: [Times]

  init(
    machine: BenchmarkMachine, network: String, video: String, plan: LatencyPlan, isRealtime: Bool,
    recorder: LatencyRecorder
  ) {
    self.machine = machine
    self.network = network
    self.video = video
    self.isRealtime = isRealtime
    self.plan = plan
    let result = recorder.result
    stages = LatencyRecorder.Stage.allCases.map { Times($0.rawValue, result.stages[$0] ?? []) }
    guard isRealtime else {
      events = []
      return
    }
    let period = 1000 / plan.frameRate
    let names: [(LatencyRecorder.Moment, String, Double?)] = [
      (.announced, "announced", plan.announcedFrames.map { Double($0) * period }),
      (.final, "final", plan.profile == .both ? nil : plan.algorithmic * 1000), (.received, "final, received", nil),
    ]
    events = names.map { Times($1, result.moments[$0] ?? [], algorithmic: $2) }.filter { $0.count > 0 }
  }

  /// A histogram of event latencies as an SVG file: the share of events in each bin of one frame, announced and final.
  public var plot: String {
    let period = 1000 / plan.frameRate
    let most = events.map(\.max).max() ?? 0
    // A bin is a frame, or so many that all bins fit.
    let bin = period * Swift.max(1, (most / period / 24).rounded(.up))
    let bins = Int(most / bin) + 1
    let lines = events.map { times in
      var counts = Array(repeating: 0.0, count: bins)
      for value in times.all { counts[Swift.max(0, Swift.min(bins - 1, Int(value / bin)))] += 1 }
      let note = times.algorithmic.map { ", algorithmic \(fixed($0, 0)) ms" } ?? ""
      return LinePlot.Line(name: times.name + note, values: counts.map { 100 * $0 / Double(times.count) })
    }
    return LinePlot(
      title: "Latency of events, profile \(plan.profile.rawValue), \(fixed(plan.frameRate, 0)) frames/s",
      horizontal: "milliseconds from the arrival of the event's frame", vertical: "share of events, %",
      places: (0..<bins).map { $0 % Swift.max(1, bins / 10) == 0 ? fixed(Double($0) * bin, 0) : "" }, lines: lines
    ).svg
  }
}

extension LatencyBenchReport {
  public var description: String {
    var table = TextTable("stage", "count", "p50 ms", "p99 ms", "max ms", "algorithmic ms")
    for times in stages + events {
      table.add(
        times.name, "\(times.count)", fixed(times.p50, 2), fixed(times.p99, 2), fixed(times.max, 2),
        times.algorithmic.map { fixed($0, 0) } ?? "-")
    }
    return """
      \(network)
      \(machine)
      \(video), \(isRealtime ? "frames in their own time" : "one frame after the other")
      \(plan)

      \(table.text)
      """
  }
}
