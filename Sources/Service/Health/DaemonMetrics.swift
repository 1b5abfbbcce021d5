import Bus

/// The metrics of a daemon, made when they are asked for.
struct DaemonMetrics {
  let streams: [StreamSession]
  let bus: DaemonBus

  var text: String {
    var page = MetricsText()
    page.family("spotd_build_info", .gauge, "Which spotd this is.")
    page.sample("spotd_build_info", ["version": BuildInfo.version, "run": "\(bus.publisher.run)"], 1)
    let states = streams.map { session in
      session.monitor.update { Told(name: session.settings.name.text, status: $0.status, latencies: $0.latencies) }
    }
    writeStates(states, &page)
    writeCounters(states, &page)
    writeLatencies(states, &page)
    writeBus(&page)
    ProcessFacts.write(&page)
    return page.text
  }

  /// What a stream has told last.
  private struct Told {
    let name: String
    let status: StatusData?
    let latencies: [EventData.State: LatencyBuckets]
  }

  private func writeStates(_ streams: [Told], _ page: inout MetricsText) {
    page.family("spotd_stream_state", .gauge, "1 for the state that the stream is in, 0 for the others.")
    for stream in streams {
      for state in StatusData.State.allCases {
        let isIn = (stream.status?.state ?? .starting) == state
        page.sample("spotd_stream_state", ["stream": stream.name, "state": state.rawValue], isIn ? 1 : 0)
      }
    }
    page.family("spotd_frames_per_second", .gauge, "Frames scored a second, over the last seconds.")
    for stream in streams {
      if let rate = stream.status?.present?.framesPerSecond {
        page.sample("spotd_frames_per_second", ["stream": stream.name], rate)
      }
    }
    page.family("spotd_lag_seconds", .gauge, "From the newest frame's arrival to its scores.")
    for stream in streams {
      if let lag = stream.status?.present?.lagMilliseconds {
        page.sample("spotd_lag_seconds", ["stream": stream.name], lag / 1e3)
      }
    }
    page.family("spotd_watermark_frame", .gauge, "Everything up to this frame of its epoch is settled.")
    for stream in streams {
      if let mark = stream.status?.watermark {
        page.sample("spotd_watermark_frame", ["stream": stream.name], mark.frame)
      }
    }
    page.family("spotd_watermark_epoch", .gauge, "The epoch of the watermark.")
    for stream in streams {
      if let mark = stream.status?.watermark {
        page.sample("spotd_watermark_epoch", ["stream": stream.name], mark.epoch)
      }
    }
  }

  private func writeCounters(_ streams: [Told], _ page: inout MetricsText) {
    var family: String?
    for metric in StreamMetric.all {
      let values = streams.compactMap { stream in
        stream.status?.counters[metric.counter].map { (stream.name, Double($0) / metric.divisor) }
      }
      if !values.isEmpty, family != metric.name {
        page.family(metric.name, metric.kind, metric.help)
        family = metric.name
      }
      for (stream, value) in values {
        if let label = metric.label {
          page.sample(metric.name, ["stream": stream, label.name: label.value], value)
        } else {
          page.sample(metric.name, ["stream": stream], value)
        }
      }
    }
    page.family("spotd_dropped_frames_total", .counter, "Frames that were not scored, by reason.")
    for stream in streams {
      for reason in ["overload"] {
        page.sample(
          "spotd_dropped_frames_total", ["stream": stream.name, "reason": reason],
          stream.status?.drops[reason] ?? 0)
      }
    }
  }

  private func writeLatencies(_ streams: [Told], _ page: inout MetricsText) {
    let name = "spotd_event_latency_seconds"
    page.family(name, .histogram, "From the arrival of an event's frame to publication, by the state published.")
    for stream in streams {
      for (state, buckets) in stream.latencies.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
        page.histogram(name, ["stream": stream.name, "state": state.rawValue], buckets)
      }
    }
  }

  private func writeBus(_ page: inout MetricsText) {
    let publisher = bus.publisher.counters
    page.family("spotd_bus_messages_total", .counter, "Messages published.")
    page.sample("spotd_bus_messages_total", publisher.published)
    page.family("spotd_bus_dropped_messages_total", .counter, "Messages that were never sent, by reason.")
    page.sample("spotd_bus_dropped_messages_total", ["reason": "queue"], publisher.overflowed)
    page.sample("spotd_bus_dropped_messages_total", ["reason": "unencodable"], publisher.unencodable)
    page.sample("spotd_bus_dropped_messages_total", ["reason": "send"], publisher.failedSends)
    page.family("spotd_bus_subscriber_stalls_total", .counter, "Messages at which a subscriber's queue was found full.")
    page.sample("spotd_bus_subscriber_stalls_total", publisher.subscriberStalls)
    page.family("spotd_bus_subscriptions", .gauge, "Subscriptions in force; a subscriber has one or more.")
    page.sample("spotd_bus_subscriptions", publisher.activeSubscriptions)
    let replay = bus.replayCounters
    page.family("spotd_replay_requests_total", .counter, "Requests for missed messages.")
    page.sample("spotd_replay_requests_total", replay.requests)
    page.family(
      "spotd_replay_refused_requests_total", .counter, "Requests that were not answered with messages, by reason.")
    page.sample("spotd_replay_refused_requests_total", ["reason": "malformed"], replay.malformed)
    page.sample("spotd_replay_refused_requests_total", ["reason": "too_often"], replay.refused)
    page.family("spotd_replay_messages_total", .counter, "Messages that were sent again.")
    page.sample("spotd_replay_messages_total", replay.messages)
    page.family("spotd_replay_log_unwritten_total", .counter, "Messages that are missing in the log on disk.")
    page.sample("spotd_replay_log_unwritten_total", bus.unwrittenMessages)
  }
}
