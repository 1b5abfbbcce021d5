/// A message as it was sent, kept to be sent again.
struct LogEntry: Sendable, Equatable {
  let key: StreamRun
  let sequence: UInt64
  let topic: [UInt8]
  let json: [UInt8]

  var bytes: Int { topic.count + json.count }
}
