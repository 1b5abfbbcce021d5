import Bus
import Logging

extension StreamMonitor {
  /// Within which the next status is promised.
  static let promisedMilliseconds = 1_000

  /// Publishes how the stream fares, remembers it for health and metrics, and logs it.
  func publish(
    _ state: StatusData.State, reason: String? = nil, profile: String?, _ outlet: StreamOutlet, _ logger: Logger
  ) {
    let (status, isNews) = update {
      let status = $0.statistics.status(
        state, reason: reason, profile: profile,
        nextWithinMilliseconds: state == .ended ? nil : Self.promisedMilliseconds,
        publisher: outlet.publisher.counters, now: MonotonicClock.now)
      let isNews = $0.status?.state != state || $0.status?.reason != reason
      $0.status = status
      return (status, isNews)
    }
    outlet.publish(status)
    let isRoutine = state == .running || state == .degraded || !isNews
    logger.log(level: isRoutine ? .debug : .info, "\(state.rawValue)", metadata: status.logMetadata)
  }
}
