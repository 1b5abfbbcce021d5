/// What a client asks the replay endpoint: a JSON object, alone or after an empty part.
struct ReplayRequest: Codable, Sendable {
  static let type = "spotd.replay.request.v1"
  /// The most bytes of a request.
  static let maximumBytes = 4_096

  var type = ReplayRequest.type
  /// Comes back in the response; at most 64 bytes.
  var request: String
  var run: RunID
  var stream: Name
  /// The first sequence number wanted, from 1.
  var from: UInt64
  /// Only messages whose topic begins so; everything when nil. At most 1,024 bytes.
  var prefix: String?

  /// The one field, out of bytes that may be no request otherwise.
  struct From: Decodable { let from: UInt64 }
}

/// The first part of the answer; topics and envelopes of the messages follow in pairs.
struct ReplayResponse: Codable, Sendable {
  static let type = "spotd.replay.response.v1"

  enum State: String, Codable, Sendable {
    case ok
    /// Older than what is kept: `oldest` is the first that can be asked for.
    case tooOld = "too-old"
    case unknownRun = "unknown-run"
    /// Too many requests, or the disk cannot be read now: ask again after `retryAfterMilliseconds`.
    case busy
    case badRequest = "bad-request"
  }

  var type = ReplayResponse.type
  /// As in the request; absent when that could not be read.
  var request: String?
  var state: State
  /// The run of the stream that is live now.
  var currentRun: RunID
  /// Of a run that is over: the one of this stream that followed it, as far as the log knows.
  var nextRun: RunID?
  /// Everything kept before this number has been sent: ask on from here, or, when `complete`, live goes on here.
  var next: UInt64?
  /// Whether `next` is past the newest message.
  var complete: Bool?
  var oldest: UInt64?
  /// The newest sequence number.
  var last: UInt64?
  var retryAfterMilliseconds: Int?
  /// What is wrong with a bad request.
  var reason: String?

  enum CodingKeys: String, CodingKey {
    case type, request, state, next, complete, oldest, last, reason
    case currentRun = "current_run"
    case nextRun = "next_run"
    case retryAfterMilliseconds = "retry_after_ms"
  }
}
