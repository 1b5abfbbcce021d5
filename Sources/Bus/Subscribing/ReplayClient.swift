import Foundation

/// The asking side of the replay endpoint.
final class ReplayClient {
  struct Answer {
    let response: ReplayResponse
    let messages: [Subscriber.Received]
  }

  let socket: Socket

  init(_ endpoint: String, security: ClientSecurity?) throws(BusError) {
    socket = try Socket(
      .dealer, in: Context(), linger: .zero, highWaterMark: 16, maximumPartBytes: Int64(Message.maximumBytes))
    try socket.secure(security)
    try socket.connect(endpoint)
  }

  /// Connects anew, as ZeroMQ itself does not after a refusal. Answers that are under way are lost.
  func reconnect() throws(BusError) { try socket.reconnect() }

  /// Sends a request; one that cannot be sent now counts as unanswered.
  func ask(_ request: ReplayRequest) throws(BusError) {
    let json: Data
    do { json = try JSONEncoder().encode(request) } catch { throw .invalidMessage(describing: error) }
    _ = try socket.send([[UInt8](json)])
  }

  /// An answer, if one has arrived; nil also for what is none.
  func receive() throws(BusError) -> Answer? {
    guard case .message(let parts) = try socket.receive(atMost: 1 + 2 * LogPage.Limit().messages),
      let head = parts.first, parts.count % 2 == 1,
      let response = try? JSONDecoder().decode(ReplayResponse.self, from: Data(head)), isSound(response)
    else { return nil }
    let arrival = MonotonicClock.now
    let messages = stride(from: 1, to: parts.count, by: 2).compactMap { index -> Subscriber.Received? in
      guard let message = try? Message(topic: parts[index], json: parts[index + 1]) else { return nil }
      return .init(message: message, topic: parts[index], json: parts[index + 1], arrival: arrival)
    }
    return Answer(response: response, messages: messages)
  }

  private func isSound(_ response: ReplayResponse) -> Bool {
    let numbers = [response.next, response.oldest].compactMap { $0 }
    return response.type == ReplayResponse.type && numbers.allSatisfy(Message.sequences.contains)
      && (response.last ?? 0) < Message.sequences.upperBound
      && (0...60_000).contains(response.retryAfterMilliseconds ?? 0)
  }
}
