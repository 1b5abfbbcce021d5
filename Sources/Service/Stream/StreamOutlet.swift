package import Bus
import Timeline

/// Where the messages of one stream go, and what they need besides the engine's word: its name and those of its classes.
package struct StreamOutlet: Sendable {
  let stream: Name
  /// The names of the classes 1, 2, ….
  let labels: [Name]
  /// Frames of the video from one scored frame to the next; messages count the video's own.
  let frameStride: Int
  let publisher: Publisher

  package init(stream: Name, labels: [Name], frameStride: Int, publisher: Publisher) {
    self.stream = stream
    self.labels = labels
    self.frameStride = frameStride
    self.publisher = publisher
  }

  /// False when the publisher's queue is full.
  func publish(_ spotted: EngineOutput.Spotted, _ stamp: FrameStamp) -> Bool {
    let event = EventData(
      id: String(spotted.number), state: spotted.state, revision: spotted.revision,
      label: labels[spotted.event.label - 1], labelIndex: spotted.event.label, moment: moment(stamp),
      score: spotted.event.score, profile: spotted.profile.rawValue, wallClock: stamp.capture.map { wallClock($0) },
      timecode: stamp.timecode?.description)
    return publisher.publish(.event(event), stream: stream, arrival: stamp.arrival)
  }

  func publish(_ status: StatusData) { publisher.publish(.status(status), stream: stream) }

  /// The frames of `gap` are not scored.
  func publish(_ gap: EpochNumbering.Gap) {
    let data = GapData(epoch: gap.epoch, firstFrame: gap.first, lastFrame: gap.last, reason: gap.reason)
    publisher.publish(.gap(data), stream: stream)
  }

  /// Everything up to the frame of `stamp` is settled.
  func publishWatermark(_ stamp: FrameStamp) -> StatusData.Watermark {
    let moment = moment(stamp)
    publisher.publish(.watermark(moment), stream: stream)
    return StatusData.Watermark(epoch: moment.epoch, frame: moment.frame)
  }

  private func wallClock(_ capture: CaptureTime) -> EventData.WallClock {
    let origin: EventData.WallClock.Origin =
      switch capture.origin {
      case .system: .system
      case .rtpNTP: .rtpNTP
      case .stream: .stream
      }
    return EventData.WallClock(
      time: WallTime(nanosecondsSince1970: capture.nanosecondsSince1970), origin: origin)
  }

  private func moment(_ stamp: FrameStamp) -> Moment {
    Moment(frame: stamp.index * frameStride, epoch: stamp.epoch, time: stamp.time)
  }
}
