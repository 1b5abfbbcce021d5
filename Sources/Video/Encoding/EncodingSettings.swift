/// How pictures become H.264.
public struct EncodingSettings: Sendable, Equatable {
  /// What x264 may spend on a picture, from the least to the most: more effort, fewer bytes for the same quality.
  public enum Preset: String, Sendable, CaseIterable {
    case ultrafast, superfast, veryfast, faster, fast, medium, slow, slower, veryslow
  }

  /// The range of `crf` for 8-bit video.
  public static let crfRange = 0.0...51.0

  /// x264's constant rate factor, 0 (no loss but that of 4:2:0 chroma) to 51; 18 looks like the original, broadcasts like 23 or more.
  public var crf: Double
  public var preset: Preset
  /// The most frames from one key frame to the next, where a reader can begin; 1 or more.
  public var keyFrameInterval: Int

  public init(crf: Double = 18, preset: Preset = .veryfast, keyFrameInterval: Int = 50) {
    self.crf = crf
    self.preset = preset
    self.keyFrameInterval = keyFrameInterval
  }
}

extension EncodingSettings {
  /// Throws if pictures of `size` cannot be encoded, for their size or for `crf`; so it is known before a file is opened.
  ///
  /// - Parameter source: What the error names.
  public func check(for size: PictureSize, source: String) throws(VideoError) {
    guard size.isAcceptable else { throw VideoError(source, .startEncoder, .outputSize(size)) }
    guard size.rows.isMultiple(of: 2), size.columns.isMultiple(of: 2) else {
      throw VideoError(source, .startEncoder, .oddSize(size))
    }
    guard Self.crfRange.contains(crf) else { throw VideoError(source, .startEncoder, .crf(crf)) }
  }
}
