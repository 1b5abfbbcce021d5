extension VideoInfo {
  /// Every fact as (name, value) for people, in reading order.
  public func table() -> [(String, String)] {
    let unknown = "unknown"
    let undeclared = "undeclared"
    var rows = [
      ("container", container),
      ("codec", codec),
      ("pixel format", pixelFormat),
      ("coded size", "\(codedSize)"),
      ("rotation", "\(orientation)"),
      ("sample aspect ratio", sampleAspectRatio.map { "\($0)" } ?? undeclared),
      ("display size", "\(displaySize)"),
      ("output size", "\(outputSize)"),
      ("frame rate", frameRate.map { "\($0) (\(rounded($0.value)) frames/s)" } ?? unknown),
      ("time base", "\(timeBase)"),
      ("duration", duration.map { "\(rounded($0)) s" } ?? unknown),
      ("frames", countedFrames.map { "\($0)" } ?? estimatedFrames.map { "about \($0)" } ?? unknown),
      ("colour matrix", colour.matrix ?? undeclared),
      ("colour range", colour.range ?? undeclared),
      ("colour primaries", colour.primaries ?? undeclared),
      ("colour transfer", colour.transfer ?? undeclared),
      ("chroma location", colour.chromaLocation ?? undeclared),
      ("timecode", timecode ?? "none"),
    ]
    if let aspectMismatch {
      rows.append(("aspect", "the output is \(rounded(aspectMismatch)) times as wide as the display"))
    }
    return rows
  }

  /// Three decimals at most.
  private func rounded(_ value: Double) -> String { "\((value * 1000).rounded() / 1000)" }
}
