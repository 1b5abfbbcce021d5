import Foundation
import Simulation
import Timeline

/// What happens in a simulated clip, as it is written: with the keys of E2E-Spot's annotations for a file, or those of a training stream.
struct ClipTruth {
  /// Of each frame: column and row in pixels, and 1 where the ball is visible, else 0.
  typealias BallRows = [[Double]]

  /// The annotation of one video, for example `{"video": "clip_0", "fps": 25, "num_frames": 300, …}`.
  struct Annotation: Encodable {
    struct Event: Encodable {
      let frame: Int
      let label: String
    }

    let video: String
    let fps: Double
    let frameCount: Int
    let width: Int
    let height: Int
    let seed: UInt64
    let events: [Event]
    let ball: BallRows

    enum CodingKeys: String, CodingKey {
      case video, fps, width, height, seed, events, ball
      case frameCount = "num_frames"
    }
  }

  /// The line before a clip's pixels in a training stream.
  struct Header: Encodable {
    struct Event: Encodable {
      let frame: Int
      let label: String
      let labelIndex: Int

      enum CodingKeys: String, CodingKey {
        case frame, label
        case labelIndex = "label_index"
      }
    }

    let seed: UInt64
    let frames: Int
    let width: Int
    let height: Int
    let rate: Double
    let events: [Event]
    let ball: BallRows
  }

  private let match: SimulatedMatch
  private let frames: Int
  private let rate: Double
  private let events: [Event]

  init(_ match: SimulatedMatch, frames: Int, rate: Double) {
    self.match = match
    self.frames = frames
    self.rate = rate
    events = match.events(in: 0..<frames)
  }

  var eventCount: Int { events.count }

  func annotation(video: String) -> Annotation {
    Annotation(
      video: video, fps: rate, frameCount: frames, width: match.settings.columns, height: match.settings.rows,
      seed: match.seed, events: events.map { Annotation.Event(frame: $0.frame, label: Self.name($0)) }, ball: ball)
  }

  var header: Header {
    Header(
      seed: match.seed, frames: frames, width: match.settings.columns, height: match.settings.rows, rate: rate,
      events: events.map { Header.Event(frame: $0.frame, label: Self.name($0), labelIndex: $0.label) },
      ball: ball)
  }

  private var ball: BallRows {
    (0..<frames).map { frame in
      let ball = match.ball(in: frame)
      return [hundredths(ball.column), hundredths(ball.row), ball.isVisible ? 1 : 0]
    }
  }

  private static func name(_ event: Event) -> String { RallyLabel(rawValue: event.label)?.name ?? "" }

  private func hundredths(_ value: Double) -> Double { (value * 100).rounded() / 100 }

  /// `value` as JSON on one line.
  static func json(_ value: some Encodable) throws(ServiceError) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do { return [UInt8](try encoder.encode(value)) + [0x0A] } catch {
      throw .argument("the truth cannot be written as JSON: \(error.localizedDescription)")
    }
  }
}
