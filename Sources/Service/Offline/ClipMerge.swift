import AdaSpot
import Spotting
import Timeline

/// Clips, in any order, to events: puts them in order, averages what they say of each frame and thins the candidates out.
struct ClipMerge {
  private var average: ClipAverage
  private var suppression: OnlineNMS
  /// Clips whose turn has not come, by number.
  private var waiting: [Int: ClipScores] = [:]
  private var next = 0
  private(set) var events: [Event] = []
  private(set) var scores: DetectionScores?

  init(_ configuration: ModelConfiguration, grid: ClipGrid, settings: DetectionSettings) throws(SpottingError) {
    average = try ClipAverage(classes: configuration.classes, clipLength: grid.length, step: grid.stride)
    let window = settings.window ?? DetectionSettings.defaultWindow(for: configuration)
    // Nobody waits for these events, so no candidate is decided before its time.
    suppression = try OnlineNMS(
      rule: NMS(.soft, window: window, threshold: settings.threshold),
      filter: CandidateFilter(threshold: settings.threshold), classes: configuration.classes, longestWait: .max)
    if settings.keepsScores { scores = DetectionScores(classes: configuration.classes, clipLength: grid.length) }
  }

  mutating func add(_ clip: ClipScores) {
    waiting[clip.clip] = clip
    // The newest stays back: only at the end is it known whether it reaches beyond the video.
    while waiting[next + 1] != nil, let ready = waiting.removeValue(forKey: next) {
      merge(ready)
      next += 1
    }
  }

  /// Ends the video, which had `frames` scored frames.
  mutating func finish(frames: Int) {
    if let last = waiting.removeValue(forKey: next) { merge(last, frames: frames) }
    take(average.finish(frameCount: frames))
    events += suppression.finish()
  }

  private mutating func merge(_ clip: ClipScores, frames: Int = .max) {
    scores?.append(clip)
    take(average.add(clip.probabilities, start: clip.start).filter { $0.row.frame < frames })
  }

  private mutating func take(_ means: [ClipAverage.Mean]) {
    for mean in means {
      scores?.append(mean)
      events += suppression.append(mean.row)
    }
  }
}
