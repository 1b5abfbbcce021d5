import Bus
import Logging

extension StatusData {
  /// The status as fields of a log line.
  var logMetadata: Logger.Metadata {
    var fields: Logger.Metadata = [:]
    if let reason { fields["reason"] = "\(reason)" }
    if let framesPerSecond { fields["fps"] = "\(tenths(framesPerSecond))" }
    if let lagMilliseconds { fields["lag_ms"] = "\(tenths(lagMilliseconds))" }
    if let watermark { fields["watermark"] = "\(watermark.frame)" }
    if let latency {
      fields["latency_p50_ms"] = "\(tenths(latency.p50))"
      fields["latency_p99_ms"] = "\(tenths(latency.p99))"
      fields["latency_max_ms"] = "\(tenths(latency.max))"
    }
    // What did not happen is not worth a field.
    for (name, count) in counters where count > 0 || name == "events" { fields[name] = "\(count)" }
    for (name, count) in drops where count > 0 { fields["dropped_\(name)"] = "\(count)" }
    return fields
  }
}

private func tenths(_ value: Double) -> Double { (value * 10).rounded() / 10 }
