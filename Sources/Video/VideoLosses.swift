/// What a source could not give so far. The truncation, the other and the missing pictures are known at the end only.
public struct VideoLosses: Sendable, Equatable {
  /// Packets that the container marks as damaged, or could not read.
  public var damagedPackets = 0
  /// Times that the decoder refused what it was sent.
  public var undecodableFrames = 0
  /// Frames that were decoded with errors concealed, whether or not the stride let them through.
  public var corruptFrames = 0
  /// Whether the data ended before the container's own account of them.
  public var isTruncated = false
  /// Pictures of another stream in the same container, which began after the video was opened and in which it seems to go on: they are
  /// left out. 0 for few, and for a stream that goes on beside this one.
  public var otherPictures = 0
  /// Frames decoded, those that the stride skips included.
  public var decodedFrames = 0
  /// Frames that the container counts, where it does.
  public var expectedFrames: Int?
  /// What breaks the run of a live source's frames, or would have.
  public var breaks = SourceBreaks()

  public init() {}

  /// Frames that the container counts and the decoder never gave.
  public var missingFrames: Int { max(0, (expectedFrames ?? 0) - decodedFrames) }

  /// One line for a person, at the end of the video; nil if nothing was lost.
  public var summary: String? {
    var parts: [String] = []
    if isTruncated { parts.append("cut short") }
    if missingFrames > 0, let expectedFrames { parts.append("\(missingFrames) of \(expectedFrames) frames missing") }
    if damagedPackets > 0 { parts.append("\(damagedPackets) damaged packets") }
    if undecodableFrames > 0 { parts.append("\(undecodableFrames) undecodable frames") }
    if corruptFrames > 0 { parts.append("\(corruptFrames) frames with concealed errors") }
    if otherPictures > 0 { parts.append("\(otherPictures) pictures of a video stream that began later left out") }
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }

  /// Adds what another connection to the same source lost.
  mutating func add(_ other: VideoLosses) {
    damagedPackets += other.damagedPackets
    undecodableFrames += other.undecodableFrames
    corruptFrames += other.corruptFrames
    isTruncated = isTruncated || other.isTruncated
    otherPictures += other.otherPictures
    decodedFrames += other.decodedFrames
    if let expected = other.expectedFrames { expectedFrames = (expectedFrames ?? 0) + expected }
    breaks.add(other.breaks)
  }
}
