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
    /// Share of the announced events that were retracted, and revisions an announced event.
    public let retractionRate: Double?
    public let revisionRate: Double?
    /// Mean of the frames from a true event that was found to its first announcement.
    public let announcementDelay: Double?
    /// Passes a frame: by operators counted and their cost, and by processor time.
    public let passes: Double
    public let measuredPasses: Double
    /// Recurrent steps a frame.
    public let steps: Double
    public let savedSteps: Double
    /// mAP in percent at 1 frame of what was announced so many frames after each event.
    public let announcedPrecision: [(delay: Int, mean: Double)]
  }

  public let rows: [Row]
  public let videos: Int
  public let frames: Int
  public let events: Int
  public let settings: LatencyCurveSettings
  /// Seconds of one pass on this machine.
  public let pass: Double

  /// Delays at which `Live.announcedPrecision` looks.
  static let delays = [0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32]
}
