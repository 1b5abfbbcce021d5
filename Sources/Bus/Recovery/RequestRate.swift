/// Bounds how often each client may ask: a bucket of tokens that fills steadily.
struct RequestRate {
  private struct Bucket {
    var tokens: Double
    var filled: UInt64
  }

  static let burst = 100.0
  static let perSecond = 200.0
  /// Clients remembered; when more come, all begin anew with full buckets.
  private static let maximumClients = 1_024

  private var buckets: [[UInt8]: Bucket] = [:]

  /// Whether `client` may ask at `now` (monotonic nanoseconds).
  mutating func admits(_ client: [UInt8], at now: UInt64) -> Bool {
    if buckets.count >= Self.maximumClients && buckets[client] == nil { buckets = [:] }
    var bucket = buckets[client] ?? Bucket(tokens: Self.burst, filled: now)
    bucket.tokens = min(Self.burst, bucket.tokens + Double(now - bucket.filled) / 1e9 * Self.perSecond)
    bucket.filled = now
    defer { buckets[client] = bucket }
    if bucket.tokens < 1 { return false }
    bucket.tokens -= 1
    return true
  }
}
