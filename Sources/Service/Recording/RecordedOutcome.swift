import Bus

/// What one run of one stream came to, as a recording has it: what is settled, without when it was published.
struct RecordedOutcome {
  /// Where and what an event is.
  struct Place: Hashable, Comparable {
    let epoch: Int
    let frame: Int
    let label: String

    static func < (first: Place, second: Place) -> Bool {
      (first.epoch, first.frame, first.label) < (second.epoch, second.frame, second.label)
    }
  }

  let run: RunID
  /// The final events.
  var events: [Place: EventData] = [:]
  var gaps: Set<GapData> = []
  /// Frames scored, when the run has ended.
  var frames: Int?
}

extension RecordedOutcome {
  /// The runs of each stream, in order. Throws `ServiceError.bus` for a file that cannot be read, and `ServiceError.argument`
  /// for one that does not hold all: of it nothing can be said.
  static func read(_ path: String) throws(ServiceError) -> [Name: [RecordedOutcome]] {
    var streams: [Name: [RecordedOutcome]] = [:]
    do throws(BusError) {
      let reader = try RecordingReader(path)
      while let item = try reader.next() {
        switch item {
        case .loss(let loss, _): throw .recording(path: path, reason: "is incomplete: \(loss)")
        case .message(let recorded): add(recorded.message, to: &streams)
        }
      }
      switch reader.end {
      case .torn: throw .recording(path: path, reason: "ends within a message: its recorder was killed")
      case .damaged(let offset): throw .recording(path: path, reason: "is damaged at byte \(offset)")
      case .whole, nil: break
      }
      if streams.isEmpty { throw .recording(path: path, reason: "holds no message") }
    } catch {
      throw .bus(error)
    }
    return streams
  }

  /// Adds what `message` tells to the present run of its stream.
  static func add(_ message: Message, to streams: inout [Name: [RecordedOutcome]]) {
    if streams[message.stream]?.last?.run != message.run {
      streams[message.stream, default: []].append(RecordedOutcome(run: message.run))
    }
    let last = (streams[message.stream]?.count ?? 0) - 1
    streams[message.stream]?[last].add(message.body)
  }

  private mutating func add(_ body: Message.Body) {
    switch body {
    case .event(let event) where event.state == .final:
      events[Place(epoch: event.moment.epoch, frame: event.moment.frame, label: event.label.text)] = event
    case .gap(let gap): gaps.insert(gap)
    case .status(let status) where status.state == .ended: frames = status.counters["frames"]
    case .event, .status, .watermark, .unknown: break
    }
  }
}
