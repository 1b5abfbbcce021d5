/// A message as it was sent, kept to be sent again.
package struct LogEntry: Sendable, Equatable {
  let key: StreamRun
  let sequence: UInt64
  let topic: [UInt8]
  let json: [UInt8]

  var bytes: Int { topic.count + json.count }

  package init(key: StreamRun, sequence: UInt64, topic: [UInt8], json: [UInt8]) {
    self.key = key
    self.sequence = sequence
    self.topic = topic
    self.json = json
  }
}
