internal import AdaSpot
internal import Bus
internal import Evaluation
internal import Foundation
internal import Service
internal import Tensors

/// A reader of untrusted bytes, as fuzzers and tests call it: whatever the bytes are, it takes them or throws its error.
package enum FuzzTarget: String, CaseIterable, Sendable {
  /// `.pt` in both forms, and safetensors: the content tells which it is.
  case weights
  case modelConfiguration = "model-configuration"
  /// The daemon's YAML file.
  case settings
  case truth
  case predictions
  /// `.spotlog`, as `spot replay` reads it.
  case recording
  /// A folder of segments that a daemon finds at its start, and a request out of it.
  case log
  /// What somebody sends to the replay endpoint.
  case request
  /// What somebody sends to a subscriber.
  case message

  /// Has `bytes` read; whether they were taken. Traps where a property of the reader does not hold.
  package func run(_ bytes: [UInt8]) -> Bool {
    do {
      switch self {
      case .weights: try Self.readWeights(bytes)
      case .modelConfiguration: _ = try ModelConfiguration.parse(bytes, path: "fuzz")
      case .settings: try Self.readSettings(bytes)
      case .truth: _ = try EventFile.truth(json: bytes, name: "fuzz")
      case .predictions: _ = try EventFile.predictions(json: bytes, name: "fuzz", video: "fuzz")
      case .recording: return try Self.readRecording(bytes)
      case .log: return try Self.readLog(bytes)
      case .request: return try Self.answerRequest(bytes)
      case .message: try Self.readMessage(bytes)
      }
      return true
    } catch {
      // One line each, wherever it is shown.
      precondition(!"\(error)".isEmpty)
      return false
    }
  }

  /// Decodes every tensor that a machine of any size can hold.
  private static func readWeights(_ bytes: [UInt8]) throws {
    let weights = try StateDict(bytes: bytes, path: "fuzz")
    var left = 1 << 22
    for entry in weights.entries where entry.elementCount <= left {
      left -= entry.elementCount
      let tensor = try weights.tensor(entry.name)
      precondition(tensor.values.count == entry.elementCount)
    }
  }

  private static func readSettings(_ bytes: [UInt8]) throws {
    let file = try ScratchFolder.shared.write(bytes, to: "settings.yaml")
    _ = try DaemonConfiguration(flags: [.model: "model"], environment: [:], file: file).description
  }

  /// Under the topic that the message itself calls for, so that a fuzzer need not guess the same name twice. Where it calls for none,
  /// its type says how the topic goes on.
  private static func readMessage(_ bytes: [UInt8]) throws {
    let decoded = try JSONDecoder().decode(Message.self, from: Data(bytes))
    let topic = decoded.topic?.text ?? Topic.prefix(stream: decoded.stream) + decoded.body.type
    let message = try Message(topic: Array(topic.utf8), json: bytes)
    precondition(topic.utf8.count <= Message.maximumTopicBytes)
    // What was understood can be said again, unless it is too long then, and means the same.
    guard let json = try? message.json() else { return }
    let again = try Message(topic: Array(topic.utf8), json: json)
    precondition(again == message)
  }
}
