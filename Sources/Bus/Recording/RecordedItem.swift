import Foundation

/// What a recording holds.
public enum RecordedItem: Sendable {
  case message(RecordedMessage)
  /// Messages that the recorder could not get, as it learnt at `noticed`.
  case loss(Loss, noticed: WallTime)
}

extension Position {
  /// Where a stream stands after `item`.
  init(_ item: RecordedItem) {
    switch item {
    case .loss(let loss, _): self.init(loss)
    case .message(let recorded):
      let message = recorded.message
      var isEnded = false
      if case .status(let status) = message.body { isEnded = status.state == .ended }
      self.init(run: message.run, stream: message.stream, sequence: message.sequence, isEnded: isEnded)
    }
  }
}

/// A message as it was received.
public struct RecordedMessage: Sendable {
  public let message: Message
  /// The two parts as they came.
  public let topic: [UInt8]
  public let json: [UInt8]
  /// When it was received, by the recorder's system clock.
  public let received: WallTime

  /// The same message as one of another run. Throws `BusError.invalidMessage` when the result is no message.
  public func moved(to run: RunID) throws(BusError) -> RecordedMessage {
    var moved = message
    moved.run = run
    do {
      // Not by way of `Message`: fields of later versions stay.
      guard var object = try JSONSerialization.jsonObject(with: Data(json)) as? [String: Any] else {
        throw BusError.invalidMessage(reason: "it is no JSON object")
      }
      object["run"] = run.text
      object["source"] = moved.source
      let json = try JSONSerialization.data(withJSONObject: object, options: [.sortedKeys, .withoutEscapingSlashes])
      return RecordedMessage(message: moved, topic: topic, json: [UInt8](json), received: received)
    } catch {
      throw .invalidMessage(describing: error)
    }
  }
}

/// How a loss stands in a recording, as JSON.
struct LossRecord: Codable {
  var first: UInt64
  var last: UInt64?
  var reason: Loss.Reason
}
