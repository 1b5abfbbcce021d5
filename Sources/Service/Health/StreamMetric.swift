/// How a counter of a stream's status is called among the metrics.
package struct StreamMetric: Sendable {
  /// The key in the status.
  package let counter: String
  package let name: String
  package let kind: MetricsText.Kind
  /// The same in all metrics of one name.
  package let help: String
  /// What sets it apart from others of its name, besides the stream.
  package let label: (name: String, value: String)?
  /// What the counter is divided by, to have the metric's unit.
  package let divisor: Double

  private init(
    _ counter: String, _ name: String, _ help: String, kind: MetricsText.Kind = .counter,
    label: (name: String, value: String)? = nil, divisor: Double = 1
  ) {
    self.counter = counter
    self.name = name
    self.kind = kind
    self.help = help
    self.label = label
    self.divisor = divisor
  }

  private static let events = "Event messages by state; retracted ones were announced and turned out to be nothing."
  private static let decodeErrors = "Damage met in the source, by kind."
  private static let timestamps = "Irregular timestamps, by kind."
  private static let changes = "Changes of what the source delivers, by kind."
  private static let steps = "Recurrent steps of the live lane, taken, or saved by meeting a former state."

  /// Every counter of a status, those of one name together.
  package static let all = [
    StreamMetric("frames", "spotd_frames_total", "Frames scored."),
    StreamMetric("events", "spotd_events_total", events, label: ("state", "final")),
    StreamMetric("provisional", "spotd_events_total", events, label: ("state", "provisional")),
    StreamMetric("retracted", "spotd_events_total", events, label: ("state", "retracted")),
    StreamMetric("announced", "spotd_events_announced_total", "Events that were announced early."),
    StreamMetric("revised", "spotd_event_revisions_total", "Revisions of announced events."),
    StreamMetric("confirmed", "spotd_events_confirmed_total", "Announced events that became final."),
    StreamMetric("epochs", "spotd_epochs_total", "Unbroken runs of frames."),
    StreamMetric("reconnects", "spotd_reconnects_total", "Times that the source was connected to again."),
    StreamMetric(
      "failed_connections", "spotd_failed_connections_total", "Times that the source could not be connected to."),
    StreamMetric("stalls", "spotd_source_stalls_total", "Times that no frame came for too long."),
    StreamMetric("timestamp_jumps", "spotd_timestamp_breaks_total", timestamps, label: ("kind", "jump")),
    StreamMetric("timestamp_wraps", "spotd_timestamp_breaks_total", timestamps, label: ("kind", "wrap")),
    StreamMetric("missing_timestamps", "spotd_timestamp_breaks_total", timestamps, label: ("kind", "missing")),
    StreamMetric("duplicate_frames", "spotd_duplicate_frames_total", "Frames that came twice."),
    StreamMetric("lost_frames", "spotd_lost_frames_total", "Frames that the source lost, by its timestamps."),
    StreamMetric("rate_changes", "spotd_source_changes_total", changes, label: ("kind", "frame_rate")),
    StreamMetric("size_changes", "spotd_source_changes_total", changes, label: ("kind", "size")),
    StreamMetric("cadence_changes", "spotd_source_changes_total", changes, label: ("kind", "cadence")),
    StreamMetric("gaps", "spotd_gaps_total", "Times that frames were not scored."),
    StreamMetric(
      "missing_frames", "spotd_missing_frames_total", "Frames that a file promises and does not hold, known at its end."
    ),
    StreamMetric("damaged_packets", "spotd_decode_errors_total", decodeErrors, label: ("kind", "damaged_packet")),
    StreamMetric("undecodable_frames", "spotd_decode_errors_total", decodeErrors, label: ("kind", "undecodable_frame")),
    StreamMetric("corrupt_frames", "spotd_decode_errors_total", decodeErrors, label: ("kind", "corrupt_frame")),
    StreamMetric("nms_cap", "spotd_nms_capped_total", "Candidates that waited too long and were decided early."),
    StreamMetric("gru_steps", "spotd_recurrent_steps_total", steps, label: ("outcome", "taken")),
    StreamMetric("gru_steps_saved", "spotd_recurrent_steps_total", steps, label: ("outcome", "saved")),
    StreamMetric("plan_lookahead", "spotd_plan_lookahead_frames", "Planned look-ahead.", kind: .gauge),
    StreamMetric(
      "plan_algorithmic_ms", "spotd_plan_algorithmic_seconds", "Planned latency with computing taken as free.",
      kind: .gauge, divisor: 1_000),
    StreamMetric("budget_ms", "spotd_latency_budget_seconds", "Latency budget.", kind: .gauge, divisor: 1_000),
    StreamMetric("budget_missed", "spotd_latency_budget_missed_total", "Last words on events that came later."),
  ]
}
