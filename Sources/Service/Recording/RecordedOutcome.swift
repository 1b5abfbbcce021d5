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
  /// Every state of each event in the order of publication, by the event's id.
  private var states: [String: [EventData]] = [:]
  /// The events' ids in the order in which the events were first told of.
  private var ids: [String] = []
  var gaps: Set<GapData> = []
  /// The last status, when the run has ended.
  var end: StatusData?

  /// Frames scored, when the run has ended.
  var frames: Int? { end?.counters["frames"] }
  /// Frames of the video up to the last one scored, when a run of one epoch has ended: those that the model's stride skips
  /// and those that were dropped included, as events count them. Where that cannot be counted, the most that can.
  var videoFrames: Int? { end?.watermark.flatMap { $0.epoch == 0 ? min($0.frame, Int.max - 1) + 1 : nil } }

  /// Where an event was first announced; `ordinal` counts those that were announced at the same place before.
  struct Birth: Hashable, Comparable {
    let place: Place
    let ordinal: Int

    static func < (first: Birth, second: Birth) -> Bool {
      first.place == second.place ? first.ordinal < second.ordinal : first.place < second.place
    }
  }

  /// Every state of each event in the order of publication. Ids do not count: they are opaque, and another run may give others.
  var histories: [Birth: [EventData]] {
    var ordinals: [Place: Int] = [:]
    var histories: [Birth: [EventData]] = [:]
    for states in ids.compactMap({ states[$0] }) {
      let place = Place(states[0])
      histories[Birth(place: place, ordinal: ordinals[place, default: 0])] = states
      ordinals[place, default: 0] += 1
    }
    return histories
  }
}

extension RecordedOutcome.Place {
  init(_ event: EventData) {
    self.init(epoch: event.moment.epoch, frame: event.moment.frame, label: event.label.text)
  }
}

extension RecordedOutcome.Place: CustomStringConvertible {
  var description: String { "\(label) at frame \(frame) of epoch \(epoch)" }
}

extension RecordedOutcome {
  /// The runs of each stream, in order. Throws `ServiceError.bus` for a file that cannot be read, and `ServiceError.argument`
  /// for one that does not hold all: of it nothing can be said.
  static func read(_ path: String) throws(ServiceError) -> [Name: [RecordedOutcome]] {
    var streams: [Name: [RecordedOutcome]] = [:]
    var continuities: [RunOfStream: Continuity] = [:]
    do throws(BusError) {
      let reader = try RecordingReader(path)
      while let item = try reader.next() {
        switch item {
        case .loss(let loss, _): throw .recording(path: path, reason: "is incomplete: \(loss)")
        case .message(let recorded):
          let message = recorded.message
          continuities[RunOfStream(run: message.run, stream: message.stream), default: Continuity()].add(message)
          add(message, to: &streams)
        }
      }
      for (place, continuity) in continuities {
        if continuity.missing > 0 {
          throw .recording(
            path: path,
            reason: "is incomplete: \(place.stream): \(continuity.missing) messages are missing, without a note")
        }
        if continuity.repeated > 0 {
          throw .recording(
            path: path,
            reason: "is no recording of one time: \(place.stream): \(continuity.repeated) messages are repeated")
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

  private struct RunOfStream: Hashable {
    let run: RunID
    let stream: Name
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
    case .event(let event):
      if states[event.id] == nil { ids.append(event.id) }
      states[event.id, default: []].append(event)
      if event.state == .final { events[Place(event)] = event }
    case .gap(let gap): gaps.insert(gap)
    case .status(let status) where status.state == .ended: end = status
    case .status, .watermark, .unknown: break
    }
  }
}
