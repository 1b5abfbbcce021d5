extension EventFile {
  /// Throws unless what a file says of a video is possible. `key` is where it stands: empty, or ended by a dot.
  static func check(
    video: String, fps: Double?, frameCount: Int?, key: String, file: String
  ) throws(EvaluationError) {
    guard video.utf8.count <= nameLimit else {
      throw .malformed(file: file, key: key + "video", reason: "is longer than \(nameLimit) bytes")
    }
    if let fps, !(fps > 0) { throw .malformed(file: file, key: key + "fps", reason: "\(fps) is not positive") }
    if let fps, !rates.contains(fps) {
      throw .malformed(file: file, key: key + "fps", reason: "\(fps) is no frame rate of a video")
    }
    if let frameCount, !(0...frameLimit).contains(frameCount) {
      throw .malformed(
        file: file, key: key + "num_frames", reason: "\(frameCount) is not a number of frames up to \(frameLimit)")
    }
  }

  /// Throws unless an event can stand in a video of `frameCount` frames. `key` is where it stands.
  package static func check(
    frame: Int, label: String, frameCount: Int?, key: String, file: String
  ) throws(EvaluationError) {
    guard frame >= 0 else {
      throw .malformed(file: file, key: key + ".frame", reason: "\(frame) is negative")
    }
    guard frame < frameLimit else {
      throw .malformed(file: file, key: key + ".frame", reason: "\(frame) is larger than \(frameLimit - 1)")
    }
    if let frameCount, frame >= frameCount {
      throw .malformed(
        file: file, key: key + ".frame", reason: "frame \(frame) lies outside the video's \(frameCount) frames")
    }
    try check(label: label, key: key, file: file)
  }

  /// Throws unless the label can be one and the position, at `fps` frames a second, falls on a frame.
  static func check(_ event: SoccerNetEventJSON, fps: Double, key: String, file: String) throws(EvaluationError) {
    try check(label: event.label, key: key, file: file)
    let frame = event.frame(at: fps)
    guard frame < frameLimit else {
      throw .malformed(
        file: file, key: key + ".position",
        reason: "is frame \(frame) at \(fps) frames a second, larger than \(frameLimit - 1)")
    }
  }

  static func check(label: String, key: String, file: String) throws(EvaluationError) {
    guard !label.isEmpty else {
      throw .malformed(file: file, key: key + ".label", reason: "the label is empty")
    }
    guard label.utf8.count <= nameLimit else {
      throw .malformed(file: file, key: key + ".label", reason: "is longer than \(nameLimit) bytes")
    }
  }
}
