/// How a stream's scores are made; the raw value stands in messages and configurations.
package enum Profile: String, Sendable, CaseIterable {
  /// Clips of the reference's grid: final events, seconds late.
  case exact
}
