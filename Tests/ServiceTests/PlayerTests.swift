import Bus
import Foundation
import Service
import Testing

@Suite struct PlayerTests {
  @Test("Messages that the mark of a replay makes too long are told of, and nobody waits for them")
  func tooLongMessages() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "player-\(UUID().uuidString).spotlog").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let stream = try Name("court1")
    let (run, time) = (RunID(), WallTime.now)
    let writer = try RecordingWriter(path)
    for sequence in 1...6 {
      let message = Message(
        run: run, stream: stream, sequence: UInt64(sequence), topicSequence: UInt64(sequence), time: time,
        body: .status(StatusData(state: .running)))
      var json = try message.json()
      // JSON may end with blanks.
      if sequence.isMultiple(of: 3) { json += [UInt8](repeating: 32, count: Message.maximumBytes - json.count) }
      let topic = Array(Topic.status(stream: stream).text.utf8)
      try writer.append(.init(message: message, topic: topic, json: json, arrival: 1))
    }
    var settings = PlaybackSettings(recording: path)
    settings.endpoint = "tcp://127.0.0.1:*"
    settings.replayEndpoint = "tcp://127.0.0.1:*"
    let player = try Player(settings)
    player.longestQueue = 0
    try player.play()
    #expect(player.messages == 4)
    #expect(
      player.remarks == ["2 messages were not played: marked as replay they are longer than 65536 bytes"])
  }
}
