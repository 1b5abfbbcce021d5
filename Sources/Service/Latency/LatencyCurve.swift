public import AdaSpot
internal import Spotting
internal import Timeline

/// Accuracy of the live profile against its look-ahead, its revisions and the delay of its announcements, beside what it
/// costs: measured on annotated videos.
public struct LatencyCurve: Sendable {
  /// What was measured.
  public enum Method: Sendable, Equatable {
    /// The reference's clips.
    case exact
    /// A fresh window for every frame.
    case bruteForce
    case live(LiveParameters)
  }

  public struct Row: Sendable {
    public let method: Method
    /// nil: as long as a clip.
    public let lookahead: Int?
    /// mAP in percent at 0, 1 and 2 frames.
    public let precision: [Double]
    /// Standard deviation of mAP@1 over resampled pieces of the videos.
    public let noise: Double
    /// mAP@1 less that of the brute force with the same look-ahead, and the noise of that; nil where not measured.
    public let excess: (mean: Double, noise: Double)?
    /// Mean distance of the score rows near true events to those of the brute force with the same look-ahead, as a
    /// share of probability, 0…1 (total variation); nil where not measured.
    public let scoreDistance: Double?
    /// Messages and work; nil for other methods than live.
    public let live: Live?
  }

  /// What only the live profile has.
  public struct Live: Sendable {
    /// Announcements at once.
    public let announced: Announced
    /// Passes a frame: by operators counted, each as long as it takes alone; as the cost model predicts it; and by
    /// processor time.
    public let passes: Double
    public let predictedPasses: Double
    public let measuredPasses: Double
    /// Recurrent steps a frame.
    public let steps: Double
    public let savedSteps: Double
  }

  /// What was announced when so many frames had come after an event.
  public struct Announced: Sendable {
    public let wait: Int
    /// mAP in percent at 1 frame of what was known then.
    public let precision: Double
    /// Mean of the frames from a true event that was found to its first announcement.
    public let delay: Double?
    /// Share of the announced events that were retracted, and revisions an announced event.
    public let retractionRate: Double?
    public let revisionRate: Double?
  }

  /// Announcements of one way of driving with the longest look-ahead, by their wait.
  public struct AnnouncementRow: Sendable {
    public let parameters: LiveParameters
    public let announced: Announced
  }

  public let rows: [Row]
  public let announcements: [AnnouncementRow]
  public let videos: Int
  public let frames: Int
  public let events: Int
  public let settings: LatencyCurveSettings
  /// Frames a clip, and so passes a frame of the brute force.
  public let clipLength: Int
  /// Seconds of one pass on this machine.
  public let pass: Double
}
