/// The pages of the daemon's HTTP server.
struct HealthPages: Sendable {
  let health: DaemonHealth
  let bus: DaemonBus

  func answer(to path: String) -> HTTPAnswer {
    switch path {
    case "/live": Self.answer(health.faults)
    case "/ready": Self.answer(health.unready)
    case "/metrics":
      HTTPAnswer(
        .ok, DaemonMetrics(streams: health.streams, bus: bus).text, contentType: MetricsText.contentType)
    default: HTTPAnswer(.notFound, "expected /live, /ready or /metrics\n")
    }
  }

  private static func answer(_ problems: [String]) -> HTTPAnswer {
    problems.isEmpty
      ? HTTPAnswer(.ok, "ok\n") : HTTPAnswer(.unavailable, problems.map { $0 + "\n" }.joined())
  }
}
