package import AdaSpot

/// The region of interest of every scored frame: of the clips that cover one, that in whose middle it lies, where the network knows
/// most of what comes before and after.
package struct RegionTrack {
  private let regions: [RegionOfInterest]
  private let clips: ClipChoice

  /// `regions` is [clips, clip length].
  package init(regions: [RegionOfInterest], clips: ClipChoice) {
    self.regions = regions
    self.clips = clips
  }

  init(_ scores: DetectionScores) {
    self.init(regions: scores.regions, clips: ClipChoice(starts: scores.clipStarts, length: scores.clipLength))
  }

  /// The region of scored frame `frame`; nil where no clip covers it.
  package func region(_ frame: Int) -> RegionOfInterest? {
    clips.index(of: frame).map { regions[$0] }
  }
}

/// Chooses for each frame one of the clips that cover it.
package struct ClipChoice {
  /// First frame of each clip, evenly rising.
  package let starts: [Int]
  package let length: Int

  package init(starts: [Int], length: Int) {
    self.starts = starts
    self.length = length
  }

  /// Where `frame` stands in an array [clips, clip length]; nil where no clip covers it.
  package func index(of frame: Int) -> Int? {
    var best: (clip: Int, distance: Int)?
    // Clips lie on a grid, and only its next ones cover a frame.
    let step = starts.count > 1 ? max(1, starts[1] - starts[0]) : length
    let last = starts.isEmpty ? -1 : min(starts.count - 1, max(0, (frame - starts[0]) / step))
    for clip in max(0, last - length / step)..<max(0, last + 1)
    where (starts[clip]..<starts[clip] + length).contains(frame) {
      let distance = abs(2 * (frame - starts[clip]) - length + 1)
      if best.map({ distance < $0.distance }) ?? true { best = (clip, distance) }
    }
    return best.map { $0.clip * length + frame - starts[$0.clip] }
  }
}
